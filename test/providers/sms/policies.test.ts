import { afterEach, describe, expect, it } from '@jest/globals';
import type { SmsProvider } from '../../../src/providers/sms/index.ts';
import { operationsOf, policy } from '../../docs/policies.ts';
import { Wire } from './wire.ts';

/** How each method of the adapter is called: those that only look, and those that change something. */
const LOOKS: Record<string, (provider: SmsProvider) => Promise<unknown>> = {
  observe: (provider) => provider.observe(),
  catalogState: ({ operations }) => operations.catalogState(),
  connectors: ({ operations }) => operations.connectors(),
  runs: ({ operations }) => operations.runs('sms-job-1'),
};
const REQUEST = { settings: {}, owner: { project: 'ucop', wave: 'a' } };
const CHANGES: typeof LOOKS = {
  create: (provider) => provider.create({ ...REQUEST, serverId: 's-1' }),
  update: (provider) => provider.update({ ...REQUEST, id: 'sms-job-1', after: {} }),
  delete: (provider) => provider.delete('sms-job-1'),
  takeSteps: (provider) =>
    provider.takeSteps('StartOnDemandReplicationRun', [{ ...REQUEST, id: 'sms-job-1', serverId: 's-1' }]),
  importCatalog: ({ operations }) => operations.importCatalog(),
  deleteCatalog: ({ operations }) => operations.deleteCatalog(),
  disassociateConnector: ({ operations }) => operations.disassociateConnector('c-1'),
  startRun: ({ operations }) => operations.startRun('sms-job-1', 'now'),
};

describe('the policies in docs/security.md', () => {
  let wire: Wire;
  afterEach(async () => {
    await wire.close();
  });

  /** The actions that all these methods need, sorted. */
  async function actionsOf(methods: typeof LOOKS): Promise<readonly string[]> {
    wire = await Wire.open(() => ({ replicationJobId: 'sms-job-1', replicationRunId: 'sms-run-1' }));
    const provider = wire.provider() as SmsProvider;
    for (const call of Object.values(methods)) await call(provider);
    return [...new Set(wire.calls.map(({ operation }) => `sms:${operation}`))].toSorted();
  }

  it('let the plan role do what looking takes, and nothing else', async () => {
    expect(policy('plan-policy')).toEqual(await actionsOf(LOOKS));
  });

  it('let the apply role do everything that the code calls, and nothing else', async () => {
    const made = operationsOf('@aws-sdk/client-sms').map((operation) => `sms:${operation}`);
    expect(policy('apply-policy')).toEqual(made);
    expect(await actionsOf({ ...LOOKS, ...CHANGES })).toEqual(made);
  });

  it('let the pipeline assume the role, and name nothing of STS that needs no permission', async () => {
    wire = await Wire.open(() => ({}));
    const needed = operationsOf('@aws-sdk/client-sts').filter((one) => one !== 'GetCallerIdentity');
    expect(policy('pipeline-policy')).toEqual(needed.map((operation) => `sts:${operation}`));
  });

  it('know every method of the adapter', async () => {
    wire = await Wire.open(() => ({}));
    const provider = wire.provider() as SmsProvider;
    const methods = [...Object.keys(provider), ...Object.keys(provider.operations)];
    // `account` asks STS, for what needs no permission; `now` asks nobody.
    const others = ['account', 'now', 'operations', 'close'];
    expect(methods.filter((name) => !others.includes(name)).toSorted()).toEqual(
      Object.keys({ ...LOOKS, ...CHANGES }).toSorted(),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { mockClient } from 'aws-sdk-client-mock';
import type { Settings } from '../../../src/core/desired.ts';
import { limitsOf } from '../../../src/core/observed.ts';
import { readQuotas } from '../../../src/providers/mgn/account/service-quotas.ts';
import { mgnTraits } from '../../../src/providers/mgn/traits.ts';
import { observe, planOf, server, target, vm, wave } from '../../plan/plan-input.ts';
import { checkDocuments, project, wave as waveFile } from '../../manifest/documents.ts';
import { FakeClock } from '../sms/mocked.ts';

const EXCEEDED = 'quota.exceeded';
const names = (count: number, prefix = 'vm'): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, '0')}`);

/** Plans VMs that start to replicate in an account that has something already. */
function plan(
  vms: readonly (readonly [name: string, settings: Settings])[],
  usage: Readonly<Record<string, number>> = {},
  limits: object = {},
) {
  const quotas = {
    serversPerApplication: 3,
    applicationsPerWave: 3,
    applications: 4,
    waves: 2,
    servers: 100,
  };
  return planOf({
    vms: vms.map(([name, settings]) => vm(name, { settings })),
    waves: [wave('sdsc-01')],
    servers: vms.map(([name]) => server(name)),
    observed: { usage },
    input: {
      desired: {
        project: 'ucop',
        defaultTarget: 'production',
        targets: [{ ...target(), limits: { ...target().limits, ...quotas, ...limits } }],
        waves: [wave('sdsc-01')],
        vms: vms.map(([name, settings]) => vm(name, { settings })),
      },
      traits: new Map([['production', mgnTraits]]),
    },
  });
}

const blocked = ({ changes }: ReturnType<typeof plan>): readonly string[] =>
  changes.filter(({ blockedBy }) => blockedBy.includes(EXCEEDED)).map(({ address }) => address.slice(8));

describe('quotas of the account, in a plan', () => {
  it('let as many servers into an application as fit beside those that are there', () => {
    const vms = names(4).map((name) => [name, { app: 'crm' }] as const);
    const full = plan(vms, { applications: 1, 'application crm': 1, 'wave sdsc-01': 1, waves: 1 });
    expect(blocked(full)).toEqual(['vm-0002', 'vm-0003']);
    expect(full.concerns).toMatchObject([
      {
        id: EXCEEDED,
        severity: 'critical',
        message: expect.stringContaining('would have 5 source servers, 1 of them are there') as unknown,
        remedy: expect.stringContaining('crm-2') as unknown,
      },
    ]);
    expect(blocked(plan(vms.slice(0, 2), { 'application crm': 1 }))).toEqual([]);
  });

  it('count new applications and waves, and the applications of a wave', () => {
    const apps = names(3, 'app').map((app) => [`vm-${app}`, { app }] as const);
    expect(blocked(plan(apps, { applications: 2, waves: 1, 'wave sdsc-01': 0 }))).toEqual(['vm-app-0002']);
    expect(blocked(plan(apps, { waves: 2 }))).toHaveLength(3);
    expect(blocked(plan(apps, { 'wave sdsc-01': 2, waves: 1 }))).toEqual(['vm-app-0001', 'vm-app-0002']);
    expect(blocked(plan(apps, { 'wave sdsc-01': 2, 'application app-0001': 1, waves: 1 }))).toEqual([
      'vm-app-0002',
    ]);
  });

  it('warn of a region that has almost as many servers as it may', () => {
    const { concerns } = plan([['vm', { app: 'crm' }]], { servers: 95 });
    expect(concerns).toMatchObject([{ id: 'quota.near', severity: 'warning' }]);
    expect(plan([['vm', { app: 'crm' }]], { servers: 94 }).concerns).toEqual([]);
  });

  it('take the place of defaults, and of what git gives only where they are lower', () => {
    const given = { ...target(), limits: { ...target().limits, activeJobs: 20, waves: 100 } };
    const account = observe({ quotas: { activeJobs: 40, waves: 50 } });
    expect(limitsOf(given, account)).toMatchObject({ activeJobs: 20, waves: 50 });
    expect(limitsOf({ ...given, defaultLimits: ['activeJobs'] }, account)).toMatchObject({ activeJobs: 40 });
  });
});

describe('quotas, in git alone', () => {
  const found = (vms: readonly object[], limits: object = {}) => {
    const targets = { mgn: { provider: 'mgn', region: 'us-west-2', limits } };
    const world = project({ defaultTarget: 'mgn', targets });
    const file = waveFile({ defaults: null, vms }, 'crm');
    return checkDocuments(world, file).concerns.filter(({ id }) => id === EXCEEDED);
  };

  it('refuse 201 servers in one application, at the first that does not fit', () => {
    const vms = names(201).map((name) => ({ name }));
    expect(found(vms)).toMatchObject([
      {
        address: 'crm/vm-0200',
        message: 'application "crm" has 201 VMs, and MGN takes 200 into one',
        remedy: expect.stringContaining('"crm-2"') as unknown,
      },
    ]);
    expect(found(vms.slice(1))).toEqual([]);
    expect(found(vms, { serversPerApplication: 300 })).toEqual([]);
  });

  it('refuse more applications than a wave and the account take', () => {
    const vms = names(4).map((name) => ({ name, app: name }));
    expect(found(vms, { applicationsPerWave: 3 })).toHaveLength(1);
    expect(found(vms, { applications: 3 })).toHaveLength(1);
    expect(found(vms, { applicationsPerWave: 4, applications: 4 })).toEqual([]);
  });
});

describe('Service Quotas', () => {
  const options = {
    region: 'us-west-2',
    local: false,
    sessionName: 'x',
    apiRequests: 8,
    clock: new FakeClock(),
  };

  it('are read on AWS itself, by their codes', async () => {
    const quotas = mockClient(ServiceQuotasClient);
    quotas.on(ListServiceQuotasCommand).resolves({
      Quotas: [
        { QuotaCode: 'L-FE2EBE17', Value: 40 },
        { QuotaCode: 'L-50980698', Value: 6000 },
        { QuotaCode: 'L-00000000', Value: 1 },
      ],
    });
    expect(await readQuotas(options)).toEqual({ quotas: { activeJobs: 40, servers: 6000 } });
    expect(await readQuotas({ ...options, endpoint: 'https://mgn.internal' })).toEqual({});
    quotas.restore();
  });

  it('are left out, with a note, where the role may not read them', async () => {
    const quotas = mockClient(ServiceQuotasClient);
    const denied = Object.assign(new Error('not allowed'), { name: 'AccessDeniedException', $metadata: {} });
    quotas.on(ListServiceQuotasCommand).rejects(denied);
    const { quotas: none, note } = await readQuotas(options);
    expect(none).toBeUndefined();
    expect(note).toContain('the limits of the target hold');
    quotas.restore();
  });
});

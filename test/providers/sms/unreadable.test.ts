import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { UNREADABLE } from '../unreadable.ts';
import { Wire } from './wire.ts';

const OWNER = { project: 'ucop', wave: 'sdsc-01' };
const DESCRIPTION = '[landfall:ucop/sdsc-01]';
const CHANGES = [
  { operation: 'CreateReplicationJob', act: 'create' },
  { operation: 'UpdateReplicationJob', act: 'update' },
  { operation: 'DeleteReplicationJob', act: 'delete' },
  { operation: 'StartOnDemandReplicationRun', act: 'run' },
] as const;
type Act = (typeof CHANGES)[number]['act'];
const cases = CHANGES.flatMap((one) => UNREADABLE.map((unreadable) => ({ ...one, unreadable })));

let wire: Wire;
afterEach(() => wire.close());

/** An account with one job, whose changes are executed or not, and answered by something else. */
async function open(
  { body, type }: (typeof UNREADABLE)[number],
  executes: boolean,
  readable = true,
): Promise<void> {
  const job = { replicationJobId: 'sms-job-1', serverId: 's-1', state: 'ACTIVE', description: DESCRIPTION };
  let jobs: Record<string, unknown>[] = [];
  let runs: Record<string, unknown>[] = [];
  const send = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': type, server: 'squid/5.7' }).end(body);
  };
  wire = await Wire.open(({ operation, input }, response) => {
    const fields = input as Record<string, unknown>;
    if (!/^Get/.test(operation)) {
      if (executes && operation === 'CreateReplicationJob') jobs = [{ ...job, ...fields }];
      if (executes && operation === 'UpdateReplicationJob') jobs = [{ ...job, ...fields }];
      if (executes && operation === 'DeleteReplicationJob') jobs = [{ ...job, state: 'DELETED' }];
      if (executes && operation === 'StartOnDemandReplicationRun')
        runs = [
          {
            replicationRunId: 'sms-run-1',
            type: 'ON_DEMAND',
            scheduledStartTime: Date.parse('2026-12-01T12:00:01Z') / 1000,
            ...fields,
          },
        ];
      send(response);
      return undefined;
    }
    if (!readable) {
      send(response);
      return undefined;
    }
    if (operation === 'GetReplicationRuns') return { replicationJob: job, replicationRunList: runs };
    return { replicationJobList: jobs };
  });
  if (executes) return;
  jobs = [job];
}

async function change(act: Act): Promise<unknown> {
  const provider = wire.provider();
  const settings = { frequency: 24, licenseType: 'BYOL' as const };
  if (act === 'create') return provider.create({ serverId: 's-2', settings, owner: OWNER });
  if (act === 'update') {
    return provider.update({ id: 'sms-job-1', settings, after: settings, owner: OWNER });
  }
  if (act === 'delete') return provider.delete('sms-job-1');
  const { operations } = provider as unknown as {
    operations: { startRun(id: string, description: string): Promise<string> };
  };
  return operations.startRun('sms-job-1', 'cut');
}

const callsOf = (operation: string) => wire.calls.filter((call) => call.operation === operation);

describe('the response to a change that is', () => {
  it.each(cases)('$unreadable.name: $operation was executed', async ({ operation, act, unreadable }) => {
    await open(unreadable, true);
    const found = { create: 'sms-job-1', run: 'sms-run-1', update: undefined, delete: undefined }[act];
    expect(await change(act)).toBe(found);
    // A create or a run is never repeated while it may have been executed.
    if (found !== undefined) expect(callsOf(operation)).toHaveLength(1);
  });

  it.each(cases)('$unreadable.name: $operation was not executed', async ({ act, unreadable }) => {
    await open(unreadable, false);
    await expect(change(act)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: expect.stringMatching(/was not (made|executed)/) as unknown,
      remedy: expect.stringContaining('proxy') as unknown,
    });
  });

  it.each(cases)(
    '$unreadable.name, as all others are: $operation',
    async ({ operation, act, unreadable }) => {
      await open(unreadable, true, false);
      await expect(change(act)).rejects.toMatchObject({
        code: 'SERVICE_ERROR',
        message: expect.stringMatching(
          /^it is unknown whether .*cannot be read: HTTP 200, .*squid/,
        ) as unknown,
        remedy: expect.stringMatching(/plan again|landfall runs/) as unknown,
      });
      if (act === 'create' || act === 'run') expect(callsOf(operation)).toHaveLength(1);
    },
  );
});

describe('the response to a call that reads', () => {
  it.each(UNREADABLE)('that is $name is an error that names the proxy', async (unreadable) => {
    await open(unreadable, true, false);
    await expect(wire.provider().observe()).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: expect.stringMatching(
        /^the response to Get\w+ cannot be read: HTTP 200, .*squid\/5\.7/,
      ) as unknown,
      remedy: expect.stringContaining('proxy') as unknown,
    });
  });
});

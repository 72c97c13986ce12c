import {
  DescribeJobsCommand,
  DescribeSourceServersCommand,
  MgnClient,
  type SourceServer,
  StartTestCommand,
  type StartTestCommandInput,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import type { StepResult } from '../../../src/core/provider.ts';
import type { Clock } from '../../../src/core/time.ts';
import { createMgnProvider } from '../../../src/providers/mgn/index.ts';
import { tries } from '../../setup/tries.ts';

const OWNER = { project: 'ucop', wave: 'sdsc-01' };
const BUSY = 'One or more of the Source Servers included in API call are currently being processed by a Job';
const NOW = Date.parse('2026-12-01T12:00:00Z');

/** The service's own exception, as the SDK throws it. */
function exception(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 409 }, ...more });
}

/** An adapter whose service refuses each call with one of some servers in it, by an error that the test makes. */
function service(bad: readonly string[], error: (wrong: readonly string[]) => Error) {
  const mgn = mockClient(MgnClient);
  const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() };
  const launched: string[] = [];
  mgn.on(DescribeJobsCommand).resolves({ items: [] });
  mgn.on(DescribeSourceServersCommand).resolves({ items: [] });
  mgn.on(StartTestCommand).callsFake(({ sourceServerIDs = [] }: StartTestCommandInput) => {
    const wrong = sourceServerIDs.filter((id) => bad.includes(id));
    if (wrong.length > 0) throw error(wrong);
    launched.push(...sourceServerIDs);
    return { job: { jobID: `mgnjob-${launched.length}` } };
  });
  const provider = createMgnProvider({
    region: 'us-west-2',
    endpoint: 'http://127.0.0.1:1',
    local: true,
    sessionName: 'landfall-ucop',
    apiRequests: 8,
    clock,
    prune: 'release',
  });
  const take = (ids: readonly string[]): Promise<readonly StepResult[]> =>
    provider.takeSteps(
      'StartTest',
      ids.map((id) => ({ id, serverId: id, owner: OWNER, settings: {} })),
    );
  return { mgn, launched, take, calls: () => mgn.commandCalls(StartTestCommand).length };
}

const ready = (id: string, state: SourceServer['lifeCycle'] = { state: 'READY_FOR_TEST' }) => ({
  sourceServerID: id,
  lifeCycle: state,
});
const failures = (results: readonly StepResult[]) =>
  results.flatMap(({ id, error }) => (error === undefined ? [] : [id]));

describe('a call that the service refuses for some of its servers', () => {
  it.each([
    [
      'errors',
      (wrong: readonly string[]) =>
        exception('ConflictException', BUSY, {
          errors: wrong.map((resourceId) => ({ resourceId, message: 'busy' })),
        }),
    ],
    ['resourceId', ([resourceId]: readonly string[]) => exception('ConflictException', BUSY, { resourceId })],
    [
      'its words',
      (wrong: readonly string[]) =>
        exception('ValidationException', `${wrong.join(', ')} cannot be launched.`),
    ],
  ])('is made again without those that it names in %s', async (_, error) => {
    const { take, launched } = service(['s-2', 's-4'], error);
    const results = await take(['s-1', 's-2', 's-3', 's-4', 's-5']);
    expect(failures(results)).toEqual(['s-2', 's-4']);
    expect(launched).toEqual(['s-1', 's-3', 's-5']);
    const [first] = results.filter(({ id }) => id === 's-2');
    expect(first?.error?.message).toMatch(/^the service refused StartTest of s-2: /);
    expect(first?.error?.remedy).toContain('plan again');
  });

  it('looks for them where it names none', async () => {
    const { take, launched, mgn, calls } = service(['s-1', 's-2', 's-3'], () =>
      exception('ConflictException', BUSY),
    );
    mgn.on(DescribeSourceServersCommand).resolves({
      items: [
        ready('s-1', { state: 'READY_FOR_CUTOVER' }),
        ready('s-2'),
        { ...ready('s-3'), isArchived: true },
        ready('s-4'),
      ],
    });
    const running = { jobID: 'mgnjob-9', status: 'STARTED', initiatedBy: 'START_TEST' } as const;
    mgn
      .on(DescribeJobsCommand)
      .resolves({ items: [{ ...running, participatingServers: [{ sourceServerID: 's-2' }] }] });
    const results = await take(['s-1', 's-2', 's-3', 's-4']);
    expect(launched).toEqual(['s-4']);
    expect(calls()).toBe(2);
    expect(results.flatMap(({ error }) => error?.message ?? [])).toEqual([
      'the service refused StartTest of s-1: it is READY_FOR_CUTOVER',
      'the service refused StartTest of s-2: a job processes it',
      'the service refused StartTest of s-3: it is archived',
    ]);
  });

  it('finds them by halves where nothing is to be seen, and launches each of the others once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (wrong) => {
        const ids = wrong.map((_, index) => `s-${index}`);
        const bad = ids.filter((_, index) => wrong[index]);
        const { take, launched, mgn } = service(bad, () => exception('ConflictException', BUSY));
        mgn.on(DescribeSourceServersCommand).resolves({ items: ids.map((id) => ready(id)) });
        const results = await take(ids);
        expect(results.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
        expect(failures(results).toSorted()).toEqual(bad.toSorted());
        expect(launched.toSorted()).toEqual(ids.filter((id) => !bad.includes(id)).toSorted());
      }),
      tries(12),
    );
  });

  it('fails as a whole where nobody can look', async () => {
    const { take, mgn, calls } = service(['s-1'], () => exception('ConflictException', BUSY));
    mgn.on(DescribeJobsCommand).rejects(exception('AccessDeniedException', 'You may not.'));
    const results = await take(['s-1', 's-2']);
    expect(failures(results)).toEqual(['s-1', 's-2']);
    expect(results[0]?.error?.message).toContain(BUSY);
    expect(calls()).toBe(1);
  });

  it('fails as a whole, and without another try, where the refusal is of the call', async () => {
    const { take, calls } = service(['s-1'], () =>
      exception('ServiceQuotaExceededException', 'Too many jobs.'),
    );
    expect(failures(await take(['s-1', 's-2']))).toEqual(['s-1', 's-2']);
    expect(calls()).toBe(1);
  });

  it('does not quote without end what the service says of many servers', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `s-${String(index).padStart(17, '0')}`);
    const { take } = service(ids, (wrong) => exception('ConflictException', wrong.join(', ')));
    for (const { error } of await take(ids)) expect(error?.message.length).toBeLessThan(300);
  });
});

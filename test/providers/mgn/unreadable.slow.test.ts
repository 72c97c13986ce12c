import { describe, expect, it } from '@jest/globals';
import { UNREADABLE } from '../unreadable.ts';
import { beginSteps, CUT_OVER, FINALIZED, READY_FOR_CUTOVER, type Steps, TESTED } from './steps.ts';

type Unreadable = (typeof UNREADABLE)[number];

const STEPS = [
  { step: 'StartReplication', before: [] },
  { step: 'StartTest', before: [] },
  { step: 'ChangeServerLifeCycleState READY_FOR_CUTOVER', before: TESTED },
  { step: 'ChangeServerLifeCycleState READY_FOR_TEST', before: READY_FOR_CUTOVER },
  { step: 'TerminateTargetInstances', before: READY_FOR_CUTOVER },
  { step: 'StartCutover', before: CUT_OVER.slice(0, 3) },
  { step: 'FinalizeCutover', before: CUT_OVER },
  { step: 'MarkAsArchived', before: FINALIZED },
] as const;

interface Proxied extends Steps {
  /**
   * Lets something else answer calls.
   * @returns the operations of all calls that reach the service from now on
   */
  answer(
    concerns: (operation: string) => boolean,
    unreadable: Unreadable,
    executed: boolean,
  ): readonly string[];
}

/** A server in the state before a step, whose replication is stopped before it is started. */
async function begin(step: string, before: readonly string[]): Promise<Proxied> {
  const test = await beginSteps(['awsscrum-lnx1']);
  const passed: string[] = [];
  let replacement:
    ((operation: string) => (Unreadable & { readonly executed: boolean }) | undefined) | undefined;
  test.context.api.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '');
        const replaced = replacement?.(operation);
        if (replaced?.executed !== false) passed.push(operation);
        if (replaced === undefined) return next(args);
        if (replaced.executed) await next(args);
        const headers = { 'content-type': replaced.type, via: '1.1 proxy.corp' };
        const response = { statusCode: 200, headers, body: Buffer.from(replaced.body) };
        return { response, output: {} as never };
      },
    // Nearest to the network.
    { step: 'deserialize', priority: 'low', name: 'proxy' },
  );
  if (step === 'StartReplication')
    await test.context.api.stopReplication({ sourceServerID: test.ids[0] ?? '' });
  await test.go(...before);
  await test.observed();
  return {
    ...test,
    answer(concerns, unreadable, executed) {
      passed.length = 0;
      replacement = (operation) => (concerns(operation) ? { ...unreadable, executed } : undefined);
      return passed;
    },
  };
}

const operationOf = (step: string): string => step.split(' ')[0] ?? '';
const cases = STEPS.flatMap((one) => UNREADABLE.map((unreadable) => ({ ...one, unreadable })));

describe('a step whose response is', () => {
  it.each(cases)('$unreadable.name: $step was executed', async ({ step, before, unreadable }) => {
    const test = await begin(step, before);
    const passed = test.answer((operation) => operation === operationOf(step), unreadable, true);
    const results = await test.take(step);
    expect(results.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
    const jobs = await test.jobs();
    // A second call would launch or terminate a second time.
    if (/^(Start(Test|Cutover)|Terminate)/.test(step)) {
      expect(passed.filter((operation) => operation === step)).toEqual([step]);
      expect(results).toEqual([{ id: test.ids[0], detail: jobs[0]?.jobID }]);
    }
  });

  it.each(cases)('$unreadable.name: $step was not executed', async ({ step, before, unreadable }) => {
    const test = await begin(step, before);
    const jobs = await test.jobs();
    const passed = test.answer((operation) => operation === operationOf(step), unreadable, false);
    const [result] = await test.take(step);
    expect(result?.error?.message).toMatch(
      /^the response to \w+ cannot be read: HTTP 200, .*sent by "1\.1 proxy\.corp"; a lookup shows that it was not executed$/,
    );
    expect(result?.error?.remedy).toContain('proxy');
    expect(passed).not.toContain(operationOf(step));
    expect(await test.jobs()).toEqual(jobs);
  });

  it.each(STEPS)('unreadable, as all others are: $step', async ({ step, before }) => {
    const test = await begin(step, before);
    const [unreadable] = UNREADABLE;
    if (unreadable === undefined) return;
    const passed = test.answer(() => true, unreadable, true);
    const [result] = await test.take(step);
    expect(result?.error?.message).toMatch(
      /^it is unknown whether .* has been executed: the response to \w+/,
    );
    expect(result?.error?.remedy).toContain('plan again');
    const launches = passed.filter(
      (operation) => operation === step && !/^(Change|Finalize|Mark)/.test(step),
    );
    expect(launches.length).toBeLessThan(2);
  });
});

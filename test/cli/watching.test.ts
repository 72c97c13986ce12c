import { describe, expect, it } from '@jest/globals';
import type { Host } from '../../src/cli/host.ts';
import type { Operations, RunHistory } from '../../src/core/operations.ts';
import type { Status } from '../../src/core/status.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import { isRunning, watchRuns } from '../../src/workflow/runs/watching.ts';
import { job, NOW, vm, planInput } from '../plan/plan-input.ts';
import { history, HOUR, run } from '../journey/runs.ts';

/** Watches the VMs, whose histories come one after the other as they are asked for. */
async function watch(histories: Readonly<Record<string, readonly RunHistory[]>>) {
  const vms = Object.keys(histories);
  const coming = new Map(Object.entries(histories).map(([name, list]) => [`sms-job-${name}`, [...list]]));
  const next = (id: string): RunHistory => {
    const history = coming.get(id)?.shift();
    if (history === undefined) throw new Error(`${id} is asked for too often`);
    return history;
  };
  const { desired, concerns, observed, traits } = planInput({
    vms: vms.map((name) => vm(name)),
    servers: vms,
    jobs: vms.map((name) => ({ ...job(name), runs: next(`sms-job-${name}`).runs })),
  });
  const subjects = findSubjects(desired, observed, traits);

  const asked: string[] = [];
  const shown: Status[] = [];
  const slept: number[] = [];
  const operations = {
    runs: (id: string) => {
      asked.push(id);
      return Promise.resolve(next(id));
    },
  } as Partial<Operations> as Operations;
  const host = {
    clock: { now: () => NOW, sleep: (span: number) => Promise.resolve(void slept.push(span)) },
    onInterrupt: () => () => undefined,
  } as Partial<Host> as Host;
  await watchRuns(
    host,
    {
      desired,
      concerns,
      observed,
      unreachable: [],
      instances: new Map(),
      operations: new Map([['production', operations]]),
      observeAgain: () => Promise.resolve(new Map()),
      traits,
      subjects,
      chosen: subjects,
    },
    {
      interval: 10_000,
      onStatus: (status) => void shown.push(status),
      waitsFor: isRunning,
    },
  );
  return { asked, shown, slept };
}

const ACTIVE = history('busy', [run('active', -1)]);
const DONE = history('busy', [run('completed', -1)]);

describe('watching', () => {
  it('asks for the jobs with a run under way, and for no others', async () => {
    const idle = history('idle', [run('pending', 9)]);
    const { asked, shown, slept } = await watch({ busy: [ACTIVE, ACTIVE, DONE], idle: [idle] });
    expect(asked).toEqual(['sms-job-busy', 'sms-job-busy']);
    expect(slept).toEqual([10_000, 10_000]);
    expect(shown.map(({ vms }) => vms.map((one) => one.run?.state))).toEqual([
      ['active', undefined],
      ['active', undefined],
      [undefined, undefined],
    ]);
  });

  it('takes up a run that falls due meanwhile', async () => {
    const due = history('idle', [run('pending', 0.5)]);
    const ran = history('idle', [run('completed', 0.5)]);
    const { asked } = await watch({ busy: [ACTIVE, { ...DONE, at: NOW + HOUR }], idle: [due, ran] });
    expect(asked).toEqual(['sms-job-busy', 'sms-job-idle']);
  });
});

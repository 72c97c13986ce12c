// Random walks of a wave against the built-in endpoint: the phase goes forward, back and away, time passes, connectors and
// runs fail, jobs are deleted by hand. After each step plan, drift and status must agree, and an apply of the plan at
// once must be accepted by the service.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Faults, findRunning, setFaults } from '../../src/local/index.ts';
import { ask, livingJobs } from './jobs-of.ts';
import { type Service, SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const CONFIRMED = [
  ...['finalize', 'revert', 'cutover'].flatMap((what) => [`--confirm-${what}`, 'w1']),
  '--force=destroys',
];
const BAD_ANSWERS = /OperationNotPermitted|NoConnectorsAvailable|ConflictException|INTERNAL|RunLimitExceeded/;

interface Step {
  /** A phase by its place among those of the service; beyond them: the wave names none. */
  readonly phase: number;
  readonly hours: number;
  readonly weather: 'good' | 'good ' | 'connector down' | 'runs fail';
  readonly byHand: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    phase: fc.constantFrom(0, 1, 1, 2, 2, 3, 3, 4, 9),
    hours: fc.constantFrom(0, 1, 5, 13, 30, 100),
    weather: fc.constantFrom(
      'good' as const,
      'good ' as const,
      'connector down' as const,
      'runs fail' as const,
    ),
    byHand: fc.constantFrom(false, false, false, false, true),
  }),
  { minLength: 6, maxLength: 12 },
);

const WEATHER: Readonly<Record<Step['weather'], Faults>> = {
  good: {},
  'good ': {},
  'connector down': { unhealthyConnectors: ['c-415fef98f4c66c487'] },
  'runs fail': {
    failures: [{ server: '*', stage: 'Uploading', message: 'ServerError' }],
    launchFailures: [{ server: '*' }],
    stalls: [{ server: '*' }],
  },
};

interface PlanJson {
  readonly changes: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
    readonly blocked_by: readonly string[];
    readonly step?: string;
  }[];
  readonly summary: Readonly<Record<string, number>>;
  readonly stages: Readonly<Record<string, number>>;
  readonly concerns: readonly { readonly address?: string; readonly severity: string }[];
}
interface StatusJson {
  readonly stages: Readonly<Record<string, number>>;
  readonly vms: readonly {
    readonly address: string;
    readonly listed: boolean;
    readonly stage: string;
    readonly phase?: { readonly name: string };
    readonly evidence: readonly { readonly id?: string }[];
    readonly next: { readonly actor: string };
  }[];
}

/** Walks, and checks after each step that the commands agree and that the service accepts what was promised. */
async function walk(
  service: Service,
  phases: readonly string[],
  names: readonly string[],
  path: readonly Step[],
): Promise<void> {
  const world = new ScratchProject({ 'landfall.yaml': service.project() });
  const folder = join(world.folder, '.landfall', 'local');
  const told: string[] = [];
  const finalized = new Set<string>();
  try {
    await world.serve({});
    await service.ready(world);
    for (const { phase, hours, weather, byHand } of path) {
      const named = phases[phase];
      world.write(
        'waves/w1.yaml',
        service.wave(
          'w1',
          names.map((name) => service.vm(name)),
          named === undefined ? [] : [`phase: ${named}`],
        ),
      );
      await setFaults(folder, WEATHER[weather]);
      world.now += hours * HOUR;
      if (byHand && service.name === 'sms') await deleteByHand((await findRunning(folder))?.url ?? '');
      told.push(`${named ?? 'no phase'}, ${hours} h, ${weather}${byHand ? ', by hand' : ''}`);
      await check(world, finalized);
    }
  } catch (error) {
    throw new Error(`after ${told.join('; ')}`, { cause: error });
  } finally {
    await world.dispose();
  }
}

async function deleteByHand(url: string): Promise<void> {
  const [job] = await livingJobs(url);
  if (job !== undefined) await ask(url, 'DeleteReplicationJob', { replicationJobId: job.replicationJobId });
}

async function check(world: ScratchProject, finalized: Set<string>): Promise<void> {
  const json = async <T>(...argv: readonly string[]): Promise<T> =>
    JSON.parse((await world.run(...argv, '--format', 'json')).stdout) as T;
  const plan = await json<PlanJson>('plan', ...CONFIRMED);
  const unconfirmed = await json<PlanJson>('plan');
  const status = await json<StatusJson>('status');
  const drift = await json<{ drift: readonly { address: string }[]; summary: { matching: number } }>('drift');
  expect(status.stages).toEqual(plan.stages);
  const executable = ({ change, blocked_by: blocked }: PlanJson['changes'][number]) =>
    blocked.length === 0 && !['no-op', 'defer'].includes(change.actions[0] ?? '');
  expect(status.vms.filter(({ next }) => next.actor === 'apply').map(({ address }) => address)).toEqual(
    unconfirmed.changes.filter(executable).map(({ address }) => address),
  );
  const drifted = new Set(drift.drift.map(({ address }) => address));
  // The test has ended, and its wave has phase test: a plan keeps the VM there, and drift says that it is ahead.
  const ahead = new Set(
    status.vms
      .filter(({ stage, phase }) => stage === 'ready-for-cutover' && phase?.name === 'test')
      .map(({ address }) => address),
  );
  for (const { address, change } of plan.changes) {
    const settled =
      change.actions[0] === 'no-op' &&
      !ahead.has(address) &&
      !plan.concerns.some((concern) => concern.address === address);
    if (settled) expect(drifted).not.toContain(address);
    if (change.actions[0] !== 'no-op') expect(drifted).toContain(address);
    // What has been finalized once is never replicated again.
    if (finalized.has(address)) expect([address, change.actions[0]]).not.toEqual([address, 'create']);
  }
  for (const { address, stage, evidence } of status.vms) {
    if (stage === 'finalized') expect(evidence[0]?.id).toBeDefined();
    if (stage === 'finalized') finalized.add(address);
    else if (finalized.has(address)) expect([address, stage]).toEqual([address, 'archived']);
  }
  const { stdout, stderr } = await world.run(
    'apply',
    '--auto-approve',
    '--force=deletes,updates',
    ...CONFIRMED,
    '--format',
    'json',
  );
  expect(stderr).not.toMatch(BAD_ANSWERS);
  const { results } = JSON.parse(stdout) as {
    results: readonly { address: string; status: string; message?: string }[];
  };
  expect(results.filter((one) => one.status === 'failed')).toEqual([]);
  expect(
    results
      .filter((one) => one.status === 'done')
      .map(({ address }) => address)
      .toSorted(),
  ).toEqual(
    plan.changes
      .filter(executable)
      .map(({ address }) => address)
      .toSorted(),
  );
}

/** Declares the tests of so many random walks on each service. */
export function describeWalks(numRuns: number): void {
  const [SMS, MGN] = SERVICES;
  describe('any walk of a wave', () => {
    it('on SMS is told alike by all commands, and promises only what the service accepts', async () => {
      const names = ['awsscrum-lnx1', 'awsscrum-lnx2'];
      const phases = ['replicate', 'cutover', 'cutover', 'finalize'];
      await fc.assert(
        fc.asyncProperty(steps, (path) => walk(SMS, phases, names, path)),
        { numRuns, endOnFailure: true },
      );
    }, 600_000);

    it('on MGN is told alike by all commands, and promises only what the service accepts', async () => {
      const names = ['p-payroll-web01', 'p-ledger-db01'];
      const phases = ['replicate', 'test', 'ready', 'cutover', 'finalize'];
      await fc.assert(
        fc.asyncProperty(steps, (path) => walk(MGN, phases, names, path)),
        { numRuns, endOnFailure: true },
      );
    }, 600_000);
  });
}

// Carries random projects of waves through a service in memory, with an apply whenever a plan of it may go on.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { DesiredVm, DesiredWave, MaintenanceWindow, Phase } from '../../../src/core/desired.ts';
import { isEarlierPhase } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import { isExecutable, type Change, type Plan } from '../../../src/core/plan.ts';
import { planProject } from '../../../src/plan/index.ts';
import { gatesOf } from '../../../src/plan/schedule/gates.ts';
import { mgnTraits } from '../../../src/providers/mgn/traits.ts';
import { openWindows } from '../../../src/schedule/windows.ts';
import { displayInZone } from '../../../src/schedule/zones.ts';
import { tries } from '../../setup/tries.ts';
import { job, NOW, observe, PROJECT, server, target, vm, wave } from '../plan-input.ts';

const HOUR = 3_600_000;
const STEP_PHASES: Readonly<Record<string, Phase>> = {
  StartTest: 'test',
  'ChangeServerLifeCycleState READY_FOR_CUTOVER': 'ready',
  StartCutover: 'cutover',
  FinalizeCutover: 'finalize',
};

/** A window of each day: open from an hour of UTC, for some hours. */
interface Daily {
  readonly kind: 'allow' | 'deny';
  readonly from: number;
  readonly hours: number;
  readonly phase: Phase;
}

interface Project {
  readonly waves: readonly (DesiredWave & { readonly size: number })[];
  readonly daily: readonly Daily[];
  readonly limit: number;
  /** Whether the next launches fail, in their order. */
  readonly failures: readonly boolean[];
  /** How many minutes later than possible each run is. */
  readonly delays: readonly number[];
}

/** Projects that can arrive: no circles, a window for each phase, and as many failures as the service tries again. */
const projects: fc.Arbitrary<Project> = fc
  .record({
    waves: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 3 }),
        priority: fc.integer({ min: 0, max: 2 }),
        depends: fc.array(fc.tuple(fc.nat(3), fc.constantFrom<Phase>('replicate', 'test', 'cutover')), {
          maxLength: 2,
        }),
        batch: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
        finalizeAfter: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    daily: fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom('allow' as const, 'deny' as const),
        from: fc.integer({ min: 0, max: 23 }),
        hours: fc.integer({ min: 4, max: 9 }),
        phase: fc.constantFrom<Phase>('replicate', 'test', 'cutover', 'finalize'),
      }),
      { selector: ({ phase }) => phase, maxLength: 3 },
    ),
    room: fc.integer({ min: 0, max: 3 }),
    failures: fc
      .array(fc.boolean(), { maxLength: 4 })
      .map((all) => all.filter((_, index) => index % 2 === 0)),
    delays: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 8 }),
  })
  .map(({ waves, room, ...rest }) => ({
    ...rest,
    // A wave is finalized once all of its VMs are cut over: until then it keeps its slots.
    limit: Math.max(...waves.map(({ size }) => size)) + room,
    waves: waves.map(({ size, priority, depends, batch, finalizeAfter }, index) => ({
      ...{ ...wave(`w${index}`), phase: 'finalize' as const, priority, size },
      dependsOn: depends
        .filter(([other]) => other < index)
        .map(([other, phase]) => ({ wave: `w${other}`, phase })),
      ...(batch !== undefined && { stagger: { every: HOUR, batch } }),
      ...(finalizeAfter !== undefined && {
        cutover: { timeZone: 'UTC', finalizeAfter: finalizeAfter * HOUR },
      }),
    })),
  }));

/** Each VM waits for the one before it in every second wave. */
function vmsOf({ waves }: Project): readonly DesiredVm[] {
  return waves.flatMap(({ name, size }, index) =>
    Array.from({ length: size }, (_, number): DesiredVm => {
      const id = `${name}-v${9 - number}`;
      const before = vm(`${name}-v${10 - number}`, { wave: name }).address;
      const isChained = index % 2 === 1 && number > 0;
      return vm(id, { wave: name, settings: {}, ...(isChained && { after: [before] }) });
    }),
  );
}

function windowsOf({ daily, waves }: Project): readonly MaintenanceWindow[] {
  return daily.map(({ kind, from, hours, phase }, index) => ({
    ...{
      name: `window-${index}`,
      kind,
      schedule: `0 ${from} * * *`,
      duration: hours * HOUR,
      timeZone: 'UTC',
    },
    ...{ phases: [phase], waves: waves.map(({ name }) => name), strict: false },
    place: { file: 'landfall.yaml', line: 1, column: 1 },
  }));
}

/** Whether a daily window is open at an hour of the day, in the plainest of ways. */
function allows({ kind, from, hours }: Daily, at: number): boolean {
  const hour = (at / HOUR) % 24;
  const isOpen = (hour - from + 24) % 24 < hours;
  return kind === 'allow' ? isOpen : !isOpen;
}

/** A migration that has ended, and what was wrong on the way. */
interface Migration {
  readonly problems: readonly string[];
  readonly arrived: number;
  readonly of: number;
}

/** Runs a project until nothing is left to do, or for a year. */
function migrate(project: Project): Migration {
  const vms = vmsOf(project);
  const jobs = new Map<string, ObservedJob>();
  const reached = new Map<string, Phase | 'none'>();
  const problems: string[] = [];
  const failures = [...project.failures];
  let now = NOW;
  for (let round = 0; now < NOW + 365 * 24 * HOUR && round < 3000; round += 1) {
    for (const [address, one] of jobs) reached.set(address, phaseOf(one));
    const plan = planAt(project, vms, [...jobs.values()], now, (name) =>
      vms.every((one) => one.wave !== name || isPast(reached.get(one.address), 'cutover')),
    );
    const executable = plan.changes.filter(isExecutable);
    for (const change of executable) {
      problems.push(...problemsOf(project, vms, reached, change, now));
      carryOut(change, jobs, now, failures);
    }
    const active = [...jobs.values()].filter(({ state }) => state !== 'completed').length;
    if (active > project.limit) problems.push(`${active} of ${project.limit} replicate`);
    if (vms.every(({ address }) => reached.get(address) === 'finalize')) break;
    const moments = plan.changes.flatMap(({ opensAt }) => opensAt ?? []);
    const delay = (project.delays[round % project.delays.length] ?? 0) * 60_000;
    const next =
      executable.length > 0 || moments.length === 0 ? now + HOUR : Math.min(...moments, now + 6 * HOUR);
    now = Math.max(next, now + 60_000) + delay;
    for (const [address, one] of jobs) jobs.set(address, advanced(one));
  }
  return {
    problems,
    arrived: [...reached.values()].filter((one) => one === 'finalize').length,
    of: vms.length,
  };
}

/** Whether a phase is another one or a later one. */
function isPast(found: Phase | 'none' | undefined, wanted: Phase): boolean {
  return found !== undefined && found !== 'none' && !isEarlierPhase(found, wanted);
}

function planAt(
  project: Project,
  vms: readonly DesiredVm[],
  jobs: readonly ObservedJob[],
  at: number,
  isCutOver: (wave: string) => boolean,
): Plan {
  const waves = project.waves.map((one): DesiredWave => ({
    ...one,
    phase: isCutOver(one.name) ? 'finalize' : 'cutover',
  }));
  const own = target('production', project.limit);
  const limits = { ...own.limits, activeJobs: 20, serversInJobs: 200 };
  const servers = vms.map(({ reference }) => server(reference.name ?? ''));
  return planProject({
    desired: {
      ...{ project: PROJECT, defaultTarget: 'production', waves, vms },
      targets: [
        { ...own, provider: 'mgn', limits, guards: { maxDeletes: 1, maxUpdates: 1, maxDestroys: 1 } },
      ],
      windows: windowsOf(project),
    },
    concerns: [],
    observed: new Map([['production', observe({ at, servers, jobs, jobsRunning: { jobs: 0, servers: 0 } })]]),
    traits: new Map([['production', mgnTraits]]),
    confirm: { finalize: () => true, revert: () => true },
    makeGates: (input) => gatesOf(input, { openWindows, display: displayInZone }),
  });
}

const PHASES: readonly (readonly [RegExp, Phase])[] = [
  [/^CUTOVER$/, 'finalize'],
  [/^CUTTING_OVER$/, 'cutover'],
  [/^READY_FOR_CUTOVER$/, 'ready'],
  [/^TESTING$/, 'test'],
];

/** The phase that a server has reached; nothing of a launch that is under way or has failed counts. */
function phaseOf({ facts = {} }: ObservedJob): Phase | 'none' {
  const { lifecycle = '', launch, shipped } = facts;
  const phase = PHASES.find(([pattern]) => pattern.test(String(lifecycle)))?.[1];
  const before: Readonly<Partial<Record<Phase, Phase>>> = { cutover: 'ready', test: 'replicate' };
  if (phase !== undefined && launch !== 'LAUNCHED') return before[phase] ?? phase;
  return phase ?? (shipped === true ? 'replicate' : 'none');
}

/** What is wrong with starting a change now. */
function problemsOf(
  { waves, daily }: Project,
  vms: readonly DesiredVm[],
  reached: ReadonlyMap<string, Phase | 'none'>,
  change: Change,
  now: number,
): readonly string[] {
  const phase = change.action === 'create' ? 'replicate' : STEP_PHASES[change.step ?? ''];
  if (phase === undefined) return [];
  const isThere = (address: string, wanted: Phase): boolean => isPast(reached.get(address), wanted);
  const own = waves.find(({ name }) => name === change.wave);
  const held = (own?.dependsOn ?? []).filter((each) => !isEarlierPhase(phase, each.phase));
  const missing = held.flatMap((each) =>
    vms.filter((one) => one.wave === each.wave && !isThere(one.address, each.phase)),
  );
  const { after = [] } = vms.find(({ address }) => address === change.address) ?? {};
  const before = phase === 'replicate' ? [] : after.filter((address) => !isThere(address, phase));
  const shut = daily.filter((one) => one.phase === phase && !allows(one, now));
  const what = `${change.address} ${phase}`;
  return [
    ...missing.map(({ address }) => `${what} before ${address}`),
    ...before.map((address) => `${what} before ${address}`),
    ...shut.map(({ from }) => `${what} outside the window from ${from}`),
  ];
}

/** Does what the service does at once. */
function carryOut(change: Change, jobs: Map<string, ObservedJob>, now: number, failures: boolean[]): void {
  const { address, action, step } = change;
  const owner = { project: PROJECT, wave: change.wave };
  if (action === 'create') {
    const name = address.slice(change.wave.length + 1);
    const facts = { lifecycle: 'NOT_READY', shipped: false };
    jobs.set(address, job(name, { owner, settings: {}, lag: 0, startsAt: now, facts }));
    return;
  }
  const found = jobs.get(address);
  if (found === undefined || step === undefined) throw new Error(`${action} of ${address}`);
  const launches = (of: 'test' | 'cutover', lifecycle: string): void => {
    const facts = {
      ...found.facts,
      lifecycle,
      launch: 'PENDING',
      launchOf: of,
      busy: true,
      fails: failures.shift() ?? false,
    };
    const event = of === 'test' ? 'test launched' : 'cut-over launched';
    jobs.set(address, { ...found, facts, milestones: [{ event, at: now }] });
  };
  if (step === 'StartTest') launches('test', 'TESTING');
  else if (step === 'StartCutover') launches('cutover', 'CUTTING_OVER');
  else if (step === 'FinalizeCutover')
    jobs.set(address, { ...found, state: 'completed', facts: { ...found.facts, lifecycle: 'CUTOVER' } });
  else if (step.endsWith('READY_FOR_CUTOVER'))
    jobs.set(address, { ...found, facts: { ...found.facts, lifecycle: 'READY_FOR_CUTOVER' } });
  else throw new Error(`no step ${step} was asked for`);
}

/** Does what the service does in time: seeds and launches end. */
function advanced(one: ObservedJob): ObservedJob {
  const { facts = {} } = one;
  if (facts['lifecycle'] === 'NOT_READY')
    return { ...one, facts: { ...facts, lifecycle: 'READY_FOR_TEST', shipped: true } };
  if (facts['launch'] !== 'PENDING') return one;
  const { fails } = facts;
  const others = Object.fromEntries(
    Object.entries(facts).filter(([key]) => key !== 'busy' && key !== 'fails'),
  );
  if (fails === true) return { ...one, facts: { ...others, launch: 'FAILED' } };
  return { ...one, facts: { ...others, launch: 'LAUNCHED', instance: `i-${String(facts['launchOf'])}` } };
}

/** Tries random projects: no VM goes before what it waits for, outside its window or over a cap, and every VM arrives. */
export function expectOrder(cases: number): void {
  fc.assert(
    fc.property(projects, (project) => {
      const { problems, arrived, of } = migrate(project);
      expect(problems).toEqual([]);
      expect(arrived).toBe(of);
    }),
    tries(cases),
  );
}

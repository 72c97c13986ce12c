import { describe, expect, it } from '@jest/globals';
import type { DesiredVm, DesiredWave, MaintenanceWindow, Phase } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import type { Change } from '../../../src/core/plan.ts';
import { planProject } from '../../../src/plan/index.ts';
import type { PlanInput } from '../../../src/plan/input.ts';
import { gatesOf } from '../../../src/plan/schedule/gates.ts';
import { mgnTraits } from '../../../src/providers/mgn/traits.ts';
import { openWindows } from '../../../src/schedule/windows.ts';
import { displayInZone } from '../../../src/schedule/zones.ts';
import { job, NOW, planInput, server, target, vm, wave } from '../plan-input.ts';

const HOUR = 3_600_000;
const PHASES_BEYOND: readonly Phase[] = ['test', 'ready', 'cutover', 'finalize', 'archive'];

/** A VM of wave `w1` on MGN, and the lifecycle of its source server. */
interface Member {
  readonly lifecycle?: 'NOT_READY' | 'READY_FOR_TEST' | 'TESTING' | 'READY_FOR_CUTOVER' | 'CUTTING_OVER';
  readonly wave?: string;
  readonly after?: readonly string[];
}

interface World {
  readonly waves: readonly DesiredWave[];
  readonly vms: Readonly<Record<string, Member>>;
  readonly windows?: readonly MaintenanceWindow[];
  readonly confirmed?: boolean;
  readonly input?: Partial<PlanInput>;
}

function window(more: Partial<MaintenanceWindow>): MaintenanceWindow {
  return {
    ...{ name: 'weekends', kind: 'allow', schedule: '0 22 * * 6', duration: 6 * HOUR, strict: false },
    ...{ timeZone: 'America/Los_Angeles', phases: PHASES_BEYOND, waves: ['w1'] },
    place: { file: 'landfall.yaml', line: 1, column: 1 },
    ...more,
  };
}

/** Plans the VMs on MGN. NOW is Tuesday 2026-12-01 18:00 UTC. */
function plan({ waves, vms, windows, confirmed, input }: World) {
  const base = planInput({ waves });
  const desired: DesiredVm[] = [];
  const jobs: ObservedJob[] = [];
  for (const [name, { lifecycle, wave: of = 'w1', after }] of Object.entries(vms)) {
    const one = vm(name, { wave: of, settings: {} });
    desired.push({
      ...one,
      ...(after !== undefined && { after: after.map((other) => vm(other, { wave: of }).address) }),
    });
    if (lifecycle === undefined) continue;
    const isLaunched = lifecycle === 'TESTING' || lifecycle === 'CUTTING_OVER';
    const of2 = lifecycle === 'TESTING' ? 'test' : 'cutover';
    const event = lifecycle === 'TESTING' ? 'test launched' : 'cut-over launched';
    jobs.push(
      job(name, {
        owner: { project: 'ucop', wave: of },
        settings: {},
        lag: 0,
        facts: {
          ...{ lifecycle, shipped: true },
          ...(isLaunched && { instance: 'i-1', launch: 'LAUNCHED', launchOf: of2 }),
        },
        ...(isLaunched && { milestones: [{ event, at: NOW - HOUR, instanceId: 'i-1' }] }),
      }),
    );
  }
  const account = base.observed.get('production');
  if (account === undefined) throw new Error('no account');
  const servers = Object.keys(vms).map((name) => server(name));
  const limits = { ...target().limits, activeJobs: 20, serversInJobs: 200 };
  return planProject({
    ...base,
    desired: {
      ...base.desired,
      targets: [{ ...target(), provider: 'mgn', limits }],
      vms: desired,
      ...(windows !== undefined && { windows }),
    },
    observed: new Map([['production', { ...account, servers, jobs, jobsRunning: { jobs: 0, servers: 0 } }]]),
    traits: new Map([['production', mgnTraits]]),
    ...(confirmed === true && { confirm: { finalize: () => true, revert: () => true } }),
    makeGates: (all) => gatesOf(all, { openWindows, display: displayInZone }),
    ...input,
  });
}

/** What becomes of each VM: `a: StartTest`, or why it waits. */
function texts(world: World): Readonly<Record<string, string>> {
  const text = ({ action, step, reason }: Change): string => (action === 'defer' ? reason : (step ?? action));
  return Object.fromEntries(
    plan(world).changes.map((change) => [change.address.replace('w1/', ''), text(change)]),
  );
}

function w(name: string, phase: Phase, more: Partial<DesiredWave> = {}): DesiredWave {
  return { ...wave(name), phase, ...more };
}

describe('gates of a plan', () => {
  it('a suspended wave starts no replication and takes no step', () => {
    const waves = [w('w1', 'test', { suspend: true })];
    expect(texts({ waves, vms: { a: {}, b: { lifecycle: 'READY_FOR_TEST' } } })).toEqual({
      a: 'wave w1 is suspended',
      b: 'wave w1 is suspended',
    });
  });

  it('a wave waits until all VMs of another have reached the phase, and takes earlier steps meanwhile', () => {
    const waves = [w('db', 'cutover'), w('w1', 'cutover', { dependsOn: [{ wave: 'db', phase: 'cutover' }] })];
    const vms = (cut: Member['lifecycle']): World['vms'] => ({
      d1: { wave: 'db', lifecycle: 'CUTTING_OVER' },
      d2: { wave: 'db', ...(cut !== undefined && { lifecycle: cut }) },
      a: { lifecycle: 'READY_FOR_CUTOVER' },
      b: { lifecycle: 'READY_FOR_TEST' },
    });
    expect(texts({ waves, vms: vms('READY_FOR_CUTOVER') })).toMatchObject({
      a: 'waits for db: 1 of 2 not cut over',
      b: 'StartTest',
    });
    expect(texts({ waves, vms: vms('CUTTING_OVER') })).toMatchObject({ a: 'StartCutover', b: 'StartTest' });
  });

  it('a wave waits for one that git takes back before the phase, though its VMs are there still', () => {
    const world = (phase?: Phase): World => ({
      waves: [
        phase === undefined ? wave('db') : w('db', phase),
        w('w1', 'cutover', { dependsOn: [{ wave: 'db', phase: 'cutover' }] }),
      ],
      vms: { d1: { wave: 'db', lifecycle: 'CUTTING_OVER' }, a: { lifecycle: 'READY_FOR_CUTOVER' } },
      confirmed: true,
    });
    expect(texts(world('ready'))).toMatchObject({
      'db/d1': 'ChangeServerLifeCycleState READY_FOR_CUTOVER',
      a: 'waits for db: its phase is ready, before cutover',
    });
    expect(texts(world('finalize'))).toMatchObject({ a: 'StartCutover' });
    // Without a phase, nothing is taken back.
    expect(texts(world())).toMatchObject({ a: 'StartCutover' });
  });

  it('a dependency on a target that is not in the run cannot be known', () => {
    const waves = [
      { ...w('db', 'cutover'), target: 'other' },
      w('w1', 'test', { dependsOn: [{ wave: 'db', phase: 'replicate' }] }),
    ];
    expect(texts({ waves, vms: { a: {} } })).toEqual({
      a: 'waits for db: target other is not in this run, so where it is cannot be known',
    });
  });

  it('a VM waits for the VMs that it names, phase by phase', () => {
    const waves = [w('w1', 'cutover', { phase: 'cutover' })];
    const a = { after: ['b'], lifecycle: 'READY_FOR_CUTOVER' } as const;
    expect(texts({ waves, vms: { a, b: { lifecycle: 'READY_FOR_CUTOVER' } } })).toEqual({
      a: 'waits for b: not cut over',
      b: 'StartCutover',
    });
    expect(texts({ waves, vms: { a: { after: ['b'] }, b: {} } })).toEqual({ a: 'create', b: 'create' });
  });

  it('a step that begins a phase waits for its window, and says when it opens', () => {
    const world = {
      waves: [w('w1', 'cutover')],
      vms: { a: { lifecycle: 'READY_FOR_CUTOVER' }, b: {} },
      windows: [window({ phases: ['cutover'] })],
    } as const;
    expect(texts(world)).toEqual({
      a: 'window weekends opens 2026-12-05 22:00 PST',
      b: 'create',
    });
    expect(plan(world).changes[0]?.opensAt).toBe(Date.parse('2026-12-06T06:00:00Z'));
  });

  it('a step in an open window carries the moment at which the window shuts', () => {
    const windows = [window({ schedule: '0 9 * * 2', duration: 2 * HOUR })];
    const [change] = plan({
      waves: [w('w1', 'test')],
      vms: { a: { lifecycle: 'READY_FOR_TEST' } },
      windows,
    }).changes;
    expect(change).toMatchObject({ action: 'advance', closesAt: Date.parse('2026-12-01T19:00:00Z') });
  });

  it('a window that denies names its reason and its end', () => {
    const windows = [
      window({ name: 'freeze', kind: 'deny', schedule: '0 0 1 12 *', duration: 48 * HOUR, reason: 'CHG' }),
    ];
    const waves = [w('w1', 'test')];
    expect(texts({ waves, vms: { a: { lifecycle: 'READY_FOR_TEST' } }, windows })).toEqual({
      a: 'window freeze (CHG) is in the way until 2026-12-03 00:00 PST',
    });
  });

  it('what has begun is finished, and taken back, outside of a window unless the window is strict', () => {
    const back = { waves: [w('w1', 'replicate')], vms: { a: { lifecycle: 'TESTING' } } } as const;
    const confirmed = true;
    const step = 'ChangeServerLifeCycleState READY_FOR_TEST';
    expect(texts({ ...back, confirmed, windows: [window({})] })).toEqual({ a: step });
    expect(texts({ ...back, confirmed, windows: [window({ strict: true })] })).toEqual({
      a: 'window weekends opens 2026-12-05 22:00 PST',
    });
  });

  it('a cut-over begins in the time of its wave only', () => {
    const at = NOW + 5 * HOUR;
    const world = (cutover: { readonly at: number; readonly until: number }): World => ({
      waves: [w('w1', 'cutover', { cutover: { ...cutover, timeZone: 'UTC' } })],
      vms: { a: { lifecycle: 'READY_FOR_CUTOVER' }, b: { lifecycle: 'READY_FOR_TEST' } },
    });
    expect(texts(world({ at, until: at + HOUR }))).toEqual({
      a: 'its cut-over begins 2026-12-01 23:00 UTC',
      b: 'StartTest',
    });
    expect(texts(world({ at: NOW - 5 * HOUR, until: NOW })).a).toBe(
      'the time of its cut-over ended 2026-12-01 18:00 UTC: set a later cutover.at',
    );
    expect(texts(world({ at: NOW, until: NOW + HOUR })).a).toBe('StartCutover');
  });

  it('a VM is finalized once it has been cut over for long enough', () => {
    const world = (finalizeAfter: number): World => ({
      waves: [w('w1', 'finalize', { cutover: { finalizeAfter, timeZone: 'UTC' } })],
      vms: { a: { lifecycle: 'CUTTING_OVER' } },
      confirmed: true,
    });
    expect(texts(world(7 * HOUR)).a).toBe('may be finalized 2026-12-02 00:00 UTC');
    expect(texts(world(HOUR)).a).toBe('FinalizeCutover');
  });
});

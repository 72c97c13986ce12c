import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AdvanceRules, DesiredVm } from '../../src/core/desired.ts';
import { toServerId } from '../../src/core/names.ts';
import { isExecutable, type Plan } from '../../src/core/plan.ts';
import type { ProviderTraits } from '../../src/core/provider.ts';
import { planProject } from '../../src/plan/index.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { tries } from '../setup/tries.ts';
import { job, planInput, server, target, vm, wave } from './plan-input.ts';

type Together = NonNullable<AdvanceRules['together']>;

/** A VM of a wave, and where it stands before its cut-over or after the start of it. */
interface Member {
  readonly app: string;
  readonly state:
    'ready' | 'testing' | 'syncing' | 'new' | 'unknown' | 'drifted' | 'refused' | 'failed' | 'cut over';
  /** An instance of its test still runs: its end must be confirmed. */
  readonly hasInstance?: boolean;
  readonly isLeftOut?: boolean;
}

const LIFECYCLES: Readonly<Record<Member['state'], string | undefined>> = {
  ready: 'READY_FOR_CUTOVER',
  drifted: 'READY_FOR_CUTOVER',
  refused: 'READY_FOR_CUTOVER',
  testing: 'TESTING',
  syncing: 'NOT_READY',
  failed: 'CUTTING_OVER',
  'cut over': 'CUTTING_OVER',
  new: undefined,
  unknown: undefined,
};

interface Rules {
  readonly together?: Together;
  readonly serversInJobs?: number;
  readonly isConfirmed?: boolean;
}

/** The plan of a wave that should be cut over, with the VMs `v0`, `v1`, …. */
function planOf(
  members: readonly Member[],
  { together, serversInJobs = 200, isConfirmed }: Rules = {},
): Plan {
  const vms = members.map(({ app, state }, index): DesiredVm =>
    vm(`v${index}`, {
      wave: 'w1',
      settings: { app: app, ...(state === 'drifted' && { description: 'new' }) },
      ...(together !== undefined && { advance: { together } }),
    }),
  );
  const jobs = members.flatMap(({ app, state, hasInstance }, index) => {
    const lifecycle = LIFECYCLES[state];
    if (lifecycle === undefined) return [];
    const launch = state === 'failed' ? 'FAILED' : 'LAUNCHED';
    const launchOf = lifecycle === 'CUTTING_OVER' ? 'cutover' : 'test';
    const runs = state !== 'failed' && (hasInstance === true || state === 'cut over' || state === 'testing');
    return [
      job(`v${index}`, {
        ...{ id: `s-v${index}`, owner: { project: 'ucop', wave: 'w1' }, settings: { app } },
        facts: {
          ...{ lifecycle, shipped: state !== 'syncing', launch, launchOf },
          ...(runs && { instance: `i-${index}`, firstBoot: 'SUCCEEDED' }),
        },
      }),
    ];
  });
  const servers = members.flatMap(({ state }, index) =>
    state === 'unknown' ? [] : [server(`v${index}`, { serverId: toServerId(`s-v${index}`) })],
  );
  const input = planInput({ vms, servers, jobs, waves: [{ ...wave('w1'), phase: 'cutover' }] });
  const mgn = target();
  const limits = { ...mgn.limits, activeJobs: 20, serversInJobs };
  const leftOut = new Set(
    members.flatMap(({ isLeftOut }, index) => (isLeftOut === true ? [`v${index}`] : [])),
  );
  return planProject({
    ...input,
    desired: { ...input.desired, targets: [{ ...mgn, provider: 'mgn', limits }] },
    traits: new Map<string, ProviderTraits>([['production', mgnTraits]]),
    force: ['destroys', 'updates'],
    concerns: vms.flatMap(({ address }, index) =>
      members[index]?.state === 'refused'
        ? [{ id: 'app.two-waves', severity: 'critical', address, message: 'no' } as const]
        : [],
    ),
    ...(leftOut.size > 0 && { selection: { vm: (name) => /^v\d+$/.test(name) && !leftOut.has(name) } }),
    confirm: { revert: () => isConfirmed === true },
  });
}

/** The VMs that start their cut-over in a plan, by position. */
function starting({ changes }: Plan): readonly number[] {
  return changes
    .filter((change) => isExecutable(change) && change.step === 'StartCutover')
    .map(({ address }) => Number(address.slice('w1/v'.length)));
}

const reasonsOf = ({ changes }: Plan) =>
  changes.flatMap(({ action, reason = '' }) => (action === 'defer' ? [reason] : []));

const READY: Member = { app: 'crm', state: 'ready' };
const LATE: Member = { app: 'crm', state: 'syncing' };

describe('the VMs of an application', () => {
  it('start their cut-over when each of them can, and name those that cannot', () => {
    expect(starting(planOf([READY, READY, { app: 'mail', state: 'syncing' }]))).toEqual([0, 1]);
    const held = planOf([READY, READY, LATE, { app: 'mail', state: 'ready' }]);
    expect(starting(held)).toEqual([3]);
    expect(reasonsOf(held)).toEqual([
      'waits for v2 of application crm: waits for its initial sync',
      'waits for v2 of application crm: waits for its initial sync',
      'waits for its initial sync',
    ]);
    expect(held.changes[0]).toMatchObject({ action: 'defer', step: 'StartCutover', effects: [] });
    expect(reasonsOf(planOf([READY, ...Array<Member>(5).fill(LATE)]))[0]).toBe(
      'waits for v1, v2, v3 and 2 others of application crm: waits for its initial sync',
    );
    expect(
      reasonsOf(planOf([READY, LATE, { app: 'crm', state: 'testing' }, { app: 'crm', state: 'new' }]))[0],
    ).toBe(
      'waits for v1 (waits for its initial sync), v2 (takes ChangeServerLifeCycleState READY_FOR_CUTOVER first), v3 (starts its replication first) of application crm',
    );
  });

  it('wait for a VM that is refused, unknown, to be changed, or left out of the run', () => {
    const first = (more: Partial<Member>) => reasonsOf(planOf([READY, { ...READY, ...more }]))[0];
    expect(first({ state: 'refused' })).toBe('waits for v1 of application crm: blocked: app.two-waves');
    expect(first({ state: 'unknown' })).toBe('waits for v1 of application crm: refused: vm.unknown');
    expect(first({ state: 'drifted' })).toBe('waits for v1 of application crm: changes description first');
    expect(first({ isLeftOut: true })).toBe('waits for v1 of application crm: left out of this run (--vm)');
  });

  it('ask for no confirmation while they wait, and wait for the one that is not confirmed', () => {
    const tested: Member = { ...READY, hasInstance: true };
    const unconfirmed = planOf([READY, tested]);
    expect(unconfirmed.changes.map(({ action, blockedBy }) => [action, ...blockedBy])).toEqual([
      ['defer'],
      ['advance', 'phase.revert-unconfirmed'],
    ]);
    expect(starting(planOf([READY, tested], { isConfirmed: true }))).toEqual([0, 1]);
    const late = planOf([tested, LATE]);
    expect(late.changes.map(({ action }) => action)).toEqual(['defer', 'defer']);
    expect(late.concerns).toEqual([]);
  });

  it('do not wait for one that was cut over, and let one go again whose launch failed', () => {
    expect(starting(planOf([READY, { ...READY, state: 'cut over' }, { ...READY, state: 'failed' }]))).toEqual(
      [0, 2],
    );
    expect(starting(planOf([LATE, { ...READY, state: 'failed' }]))).toEqual([1]);
  });

  it('fit under the quotas of jobs together, unless there are more of them than a quota', () => {
    const mail: Member = { app: 'mail', state: 'ready' };
    const full = planOf([READY, READY, mail, mail], { serversInJobs: 3 });
    expect(starting(full)).toEqual([0, 1]);
    expect(reasonsOf(full)[0]).toBe(
      'target production has 2 of 3 servers in jobs, 2 of them starting now; the 2 VMs of application mail start together',
    );
    expect(full.capacity.find(({ of }) => of === 'servers-in-jobs')).toMatchObject({
      starting: 2,
      deferred: 2,
    });
    const parts = planOf([READY, READY, READY], { serversInJobs: 2 });
    expect(starting(parts)).toEqual([0, 1]);
    expect(parts.changes[0]?.effects.at(-1)).toBe(
      'application crm has more VMs than the quota of jobs allows: it starts in parts',
    );
  });
});

describe('a wave', () => {
  it('starts together, or each VM alone, where it says so', () => {
    const mail: Member = { app: 'mail', state: 'ready' };
    expect(starting(planOf([LATE, mail], { together: 'wave' }))).toEqual([]);
    expect(reasonsOf(planOf([LATE, mail], { together: 'wave' }))[1]).toBe(
      'waits for v0 of wave w1: waits for its initial sync',
    );
    expect(starting(planOf([LATE, READY], { together: 'each' }))).toEqual([1]);
  });

  it('has in any plan all open VMs of a group start, or none', () => {
    const member: fc.Arbitrary<Member> = fc.record({
      app: fc.constantFrom('a', 'b'),
      state: fc.constantFrom(
        ...(['ready', 'ready', 'ready', 'ready', 'ready', 'cut over', 'failed'] as const),
        ...(['testing', 'syncing', 'new', 'unknown', 'drifted', 'refused'] as const),
      ),
      hasInstance: fc.constantFrom(false, false, false, true),
      isLeftOut: fc.constantFrom(false, false, false, false, false, true),
    });
    const rules = fc.record({
      together: fc.constantFrom<Together[]>('application', 'wave', 'each'),
      serversInJobs: fc.constantFrom(200, 8, 6),
      isConfirmed: fc.boolean(),
    });
    const seen = { all: 0, none: 0, alone: 0 };
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), rules, (members, { together, ...more }) => {
        const going = new Set(starting(planOf(members, { together, ...more })));
        const open = members.flatMap(({ state, app }, index) =>
          state === 'cut over' || state === 'failed' ? [] : [{ app: together === 'wave' ? '' : app, index }],
        );
        for (const group of ['', 'a', 'b']) {
          const ofGroup = open.filter(({ app }) => app === group);
          const count = ofGroup.filter(({ index }) => going.has(index)).length;
          if (together === 'each') seen.alone += count > 0 && count < ofGroup.length ? 1 : 0;
          else expect([0, ofGroup.length]).toContain(count);
          if (count > 1 && together !== 'each') seen.all += 1;
          if (count === 0 && ofGroup.length > 0) seen.none += 1;
        }
      }),
      tries(300),
    );
    expect(Object.values(seen).every((count) => count > 0)).toBe(true);
  });
});

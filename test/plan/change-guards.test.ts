import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../src/core/desired.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import { type Destruction, hasChanges, type Plan, runRefusals } from '../../src/core/plan.ts';
import type { PhaseDecision } from '../../src/core/provider.ts';
import { planProject } from '../../src/plan/index.ts';
import type { Guard } from '../../src/plan/input.ts';
import {
  job,
  observe,
  planOf,
  raised,
  RULES,
  server,
  SETTINGS,
  target,
  unmarked,
  traitsOf,
  vm,
  planInput,
} from './plan-input.ts';
import type { PlanParts } from './plan-input.ts';

const names = (count: number, prefix = 'vm'): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const SLOWER: Settings = { ...SETTINGS, frequency: 24 };

/** Jobs of ours of which git no longer wants the first few, and wants the next few otherwise. */
function plan(
  jobs: number,
  deleted: number,
  changed = 0,
  more: PlanParts = {},
  settings: Settings = SLOWER,
): Plan {
  const all = names(jobs);
  return planOf({
    vms: all.slice(deleted).map((name, index) => vm(name, index < changed ? { settings } : {})),
    servers: all,
    jobs: all.map((name) => job(name)),
    ...more,
  });
}

describe('the guards against changing too many jobs', () => {
  it('let a quarter of the jobs be deleted, and refuse half of them', () => {
    expect(raised(plan(20, 5))).toEqual([]);
    const refused = plan(20, 10);
    expect(refused.concerns).toEqual([
      {
        id: 'guard.max-deletes',
        severity: 'critical',
        message:
          '10 of the 20 managed jobs of target "production" would be deleted or replaced: 50 %, and one run may do that to 30 %',
        remedy: 'look for a mistake in the manifests; if the changes are intended, run with --force=deletes',
        target: 'production',
        place: target().place,
      },
    ]);
    expect(runRefusals(refused)).toHaveLength(1);
    expect(refused.summary).toMatchObject({ delete: 0, blocked: 10, noOp: 10 });
    expect(refused.capacity).toMatchObject([{ active: 20, freed: 0, starting: 0 }]);
  });

  it('let exactly the limit pass, and not one job more', () => {
    expect(raised(plan(10, 3))).toEqual([]);
    expect(raised(plan(10, 4))).toEqual(['guard.max-deletes']);
    expect(raised(plan(10, 0, 3))).toEqual([]);
    expect(raised(plan(10, 0, 4))).toEqual(['guard.max-updates']);
  });

  it('leave a target with fewer than ten managed jobs alone', () => {
    expect(raised(plan(9, 5))).toEqual([]);
    const others = names(5, 'theirs').map((name) => unmarked(job(name)));
    const ours = names(9).map((name) => job(name));
    expect(raised(plan(9, 5, 0, { jobs: [...ours, ...others] }))).toEqual([]);
  });

  it('are lifted one by one', () => {
    const force = (...guards: ('deletes' | 'updates')[]) =>
      raised(plan(20, 10, 10, { input: { force: guards } }));
    expect(force()).toEqual(['guard.max-deletes', 'guard.max-updates']);
    expect(force('deletes')).toEqual(['guard.max-updates']);
    expect(force('updates')).toEqual(['guard.max-deletes']);
    expect(force('deletes', 'updates')).toEqual([]);
  });

  it('count a replaced job as deleted', () => {
    const replaced = plan(10, 2, 2, {}, { runOnce: true });
    expect(replaced.concerns).toMatchObject([{ id: 'guard.max-deletes' }]);
    expect(replaced.concerns[0]?.message).toContain('4 of the 10');
  });

  it('hold a narrowed run against all jobs of the target', () => {
    const vmGlob = (count: number) => ({
      selection: { vm: (text: string) => Number(text.slice(3)) < count },
    });
    expect(raised(plan(20, 10, 0, { input: vmGlob(6) }))).toEqual([]);
    expect(raised(plan(20, 10, 0, { input: vmGlob(7) }))).toEqual(['guard.max-deletes']);
  });

  it('take the limits of the target', () => {
    const { desired, ...input } = planInput({
      vms: names(10)
        .slice(5)
        .map((name) => vm(name)),
      servers: names(10),
      jobs: names(10).map((name) => job(name)),
    });
    const limited = (maxDeletes: number): readonly string[] => {
      const targets = desired.targets.map((one) => ({
        ...one,
        guards: { maxDestroys: 1, maxDeletes, maxUpdates: 0 },
      }));
      return raised(planProject({ ...input, desired: { ...desired, targets } }));
    };
    expect(limited(0.5)).toEqual([]);
    expect(limited(0.49)).toEqual(['guard.max-deletes']);
  });

  it('count what destroys on a target of any size, where it takes something back', () => {
    const reverting = (count: number, of: number, kind: Destruction, force: readonly Guard[] = []) => {
      const all = names(of);
      const next = ({ job: { server: found } }: { readonly job: ObservedJob }): PhaseDecision => {
        if (all.indexOf(found.name ?? '') >= count) return { kind: 'reached' };
        return { kind: 'step', step: 'Revert', remaining: [], effects: [], destroys: kind };
      };
      const base = planInput({
        vms: all.map((name) => vm(name)),
        servers: all,
        jobs: all.map((name) => job(name)),
      });
      const traits = new Map(
        [...base.traits].map(([name, own]) => [name, { ...own, phases: { ...own.phases, next } }]),
      );
      const confirm = { finalize: () => true, revert: () => true };
      return raised(planProject({ ...base, traits, force, confirm }));
    };
    expect(reverting(1, 1, 'revert')).toEqual([]);
    expect(reverting(2, 4, 'revert')).toEqual([]);
    expect(reverting(3, 4, 'revert')).toEqual(['guard.max-destroys']);
    expect(reverting(3, 4, 'revert', ['destroys'])).toEqual([]);
    // Finalizing ends no instance: below ten jobs it is not counted.
    expect(reverting(4, 4, 'finalize')).toEqual([]);
    expect(reverting(6, 11, 'finalize')).toEqual(['guard.max-destroys']);
  });

  it('count neither what is blocked anyway nor jobs that are only being adopted', () => {
    const all = names(20);
    const blocked = planOf({
      vms: [vm('typo'), ...all.slice(10).map((name) => vm(name))],
      servers: all,
      jobs: all.map((name) => job(name)),
    });
    expect(raised(blocked)).toEqual(['delete.unresolved', 'vm.unknown sdsc-01/typo']);

    const adopted = names(10, 'free');
    const adopting = planOf({
      vms: [...all.map((name) => vm(name)), ...adopted.map((name) => vm(name, { adopt: true }))],
      servers: [...all, ...adopted],
      jobs: [...all.map((name) => job(name)), ...adopted.map((name) => unmarked(job(name)))],
    });
    expect(raised(adopting)).toEqual([]);
    expect(adopting.summary.update).toBe(10);
  });

  it('block creates of the target too, leave other targets as they are, and still refuse the run', () => {
    const all = names(10);
    const base = planInput({
      vms: [...all.slice(5), 'new'].map((name) => vm(name)),
      servers: [...all, 'new'],
      jobs: all.map((name) => job(name)),
    });
    const other = vm('pilot', { wave: 'pilot', target: 'other', settings: SETTINGS });
    const refused = planProject({
      ...base,
      desired: {
        ...base.desired,
        targets: [...base.desired.targets, { ...target('other'), region: 'eu-west-1' }],
        vms: [...base.desired.vms, other],
      },
      observed: new Map([...base.observed, ['other', observe({ servers: [server('pilot')] })]]),
      traits: new Map([...base.traits, ['other', traitsOf(RULES)]]),
    });
    expect(refused.summary).toMatchObject({ create: 1, blocked: 6 });
    expect(hasChanges(refused)).toBe(true);
    expect(runRefusals(refused)).toHaveLength(1);
  });
});

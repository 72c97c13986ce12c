import { type Approval, vmKey } from '../../apply/approved.ts';
import { findStandings, type Standings } from '../../apply/standing.ts';
import type { Concern } from '../../core/concern.ts';
import { type DesiredWave, isEarlierPhase } from '../../core/desired.ts';
import type { Stage } from '../../core/journey.ts';
import { isOwnedBy, limitsOf, type Observed, type ObservedJob } from '../../core/observed.ts';
import { type Change, type ExecutableChange, isExecutable, type Plan, runRefusals } from '../../core/plan.ts';
import type { VmEntry } from '../../core/status.ts';
import type { Instant } from '../../core/time.ts';
import { findSubjects } from '../../journey/subjects.ts';
import { guardChanges } from '../../plan/guards.ts';
import { planProject } from '../../plan/index.ts';
import { isSelected, type PlanInput, targetInput } from '../../plan/input.ts';
import { buildStatus } from '../../plan/status.ts';

export type FollowInput = PlanInput & {
  readonly observed: ReadonlyMap<string, Observed>;
  /** Targets that the run only reads, and on which others may bring waves further; absent: none. */
  readonly elsewhere?: ReadonlySet<string>;
};

/** What the run has approved, done and seen until now. */
export interface FollowMemory {
  readonly approval: Approval;
  /** The VMs that were cut over when the run was approved, by key; absent: nothing has been planned yet. */
  cutOver?: ReadonlySet<string>;
  /** Why the run changes a VM no more, by its key. Planning a round adds to it. */
  readonly stopped: Map<string, string>;
  /** All changes that the run has made or tried. */
  readonly tried: readonly ExecutableChange[];
  /** All jobs that the run has seen, by target and id: guards of the whole run count shares of them. */
  readonly jobs: Map<string, Map<string, ObservedJob>>;
}

/** What a round may change now, and where its VMs stand. */
export interface Round extends Standings {
  /** Its executable changes are those that may be made now. */
  readonly plan: Plan;
  /** Why nothing more may be changed. */
  readonly refusal?: Concern;
  /** The earliest time of the machine at which something is tried again. */
  readonly retryAt: Instant;
}

/**
 * Plans what a round may change: what the user has approved and the accounts allow now. A VM whose next change is outside
 * of that, or was tried too often, is left out from then on, so that the VMs of its application wait for it.
 * @param now the machine's time
 */
export function planRound(input: FollowInput, memory: FollowMemory, now: Instant): Round {
  const { approval, stopped } = memory;
  const entries = entriesOf(input);
  const whole = planAll(input, entries);
  approval.observed(whole.plan);
  memory.cutOver ??= new Set(whole.status.vms.filter(({ stage }) => CUT_OVER.has(stage)).map(vmKey));
  const waves = new Map(input.desired.waves.map((wave) => [wave.name, wave]));
  let decided = { ...whole, ...permitAll(whole, memory, now, waves) };
  const known = [...whole.plan.changes, ...entries];
  while (decided.plan.changes.some((change) => stopped.has(vmKey(change)))) {
    const left = known.filter((vm) => !stopped.has(vmKey(vm)));
    const addresses = new Set<string>(left.map(({ address }) => address));
    const selection = { ...input.selection, vm: (name: string) => addresses.has(name) };
    const again = planAll({ ...input, selection }, entries);
    decided = { ...again, ...permitAll(again, memory, now, waves) };
  }
  const { plan, status, later, retryAt } = decided;
  const ready = { ...plan, changes: plan.changes.filter((change) => !later.has(change)) };
  const refusal = runRefusals(whole.plan)[0] ?? guardRun(input, memory, ready.changes.filter(isExecutable));
  return {
    ...findStandings({ plan, status, stopped, later, waitsElsewhere: elsewhereOf(input) }),
    ...{ plan: ready, retryAt },
    ...(refusal !== undefined && { refusal }),
  };
}

/**
 * Tells whether a change waits for a wave that another run may bring further. One that git keeps at an earlier phase does not
 * get there: this run does not read git again.
 */
function elsewhereOf({ desired, elsewhere = new Set() }: FollowInput): (change: Change) => boolean {
  const waves = new Map(desired.waves.map((wave) => [wave.name, wave]));
  return ({ wave, heldBy, reason = '' }) =>
    heldBy === 'dependency' &&
    (waves.get(wave)?.dependsOn ?? []).some(({ wave: name, phase }) => {
      const other = waves.get(name);
      if (other === undefined || !elsewhere.has(other.target)) return false;
      const isShort = other.phase !== undefined && isEarlierPhase(other.phase, phase);
      return !isShort && reason.startsWith(`waits for ${name}: `);
    });
}

/** The VMs of the run, and the jobs of the project that are in no manifest. */
function entriesOf({ desired, observed, traits, selection = {} }: FollowInput): readonly VmEntry[] {
  return findSubjects(desired, observed, traits).filter(({ address, label, wave, vm, isPast }) => {
    if (wave === undefined || isPast === true) return false;
    const names = { ...(label !== undefined && { label }), ...(vm && { reference: vm.reference }) };
    return isSelected(selection, { address, wave, ...names });
  });
}

type Planned = Pick<Round, 'plan'> & { readonly status: ReturnType<typeof buildStatus> };

function planAll(input: FollowInput, entries: readonly VmEntry[]): Planned {
  return { plan: planProject(input), status: buildStatus(input, entries) };
}

/** The stages of VMs whose cut-over somebody could check before the run. */
const CUT_OVER: ReadonlySet<Stage> = new Set<Stage>(['cut-over', 'replicated-once', 'finalized', 'archived']);

const UNSEEN =
  'its cut-over is of this run, so that nobody has seen it when finalizing was confirmed: check it, and run the same command again; `cutover.finalizeAfter` in its wave is the time that you need to check it';

/**
 * Whether a step that cannot be undone follows a cut-over with no time in between to check it. A wave with
 * `finalizeAfter` has that time in git.
 */
function isUnseen(change: Change, wave: DesiredWave | undefined): boolean {
  const isFinal = isExecutable(change) && change.destroys === 'finalize';
  return isFinal && wave?.cutover?.finalizeAfter === undefined;
}

/** Asks of each change whether it may be made. Remembers the VMs that are stopped by that. */
function permitAll(
  { plan, status }: Planned,
  { approval, stopped, cutOver }: FollowMemory,
  now: Instant,
  waves: ReadonlyMap<string, DesiredWave>,
): { readonly later: ReadonlySet<Change>; readonly retryAt: Instant } {
  const takenBack = new Map(status.vms.map((vm) => [vmKey(vm), vm.takenBack]));
  const later = new Set<Change>();
  let retryAt = Infinity;
  for (const change of plan.changes) {
    const key = vmKey(change);
    if (stopped.has(key)) continue;
    if (isUnseen(change, waves.get(change.wave)) && cutOver?.has(key) !== true) {
      stopped.set(key, UNSEEN);
      continue;
    }
    const permission = approval.permit(change, takenBack.get(key), now);
    if (permission.kind === 'later') {
      later.add(change);
      retryAt = Math.min(retryAt, permission.until);
    } else if (permission.kind !== 'allowed') stopped.set(key, permission.reason);
  }
  return { later, retryAt };
}

/** Refuses a round after which the whole run would have changed a larger share of a target's jobs than one run may. */
function guardRun(
  input: FollowInput,
  { tried, jobs }: FollowMemory,
  changes: readonly ExecutableChange[],
): Concern | undefined {
  for (const target of input.desired.targets) {
    const account = input.observed.get(target.name);
    if (account === undefined) continue;
    const seen = jobs.get(target.name) ?? new Map<string, ObservedJob>();
    jobs.set(target.name, seen);
    for (const job of account.jobs) if (isOwnedBy(job, input.desired.project)) seen.set(job.id, job);
    const all = { ...account, jobs: [...seen.values()] };
    const limited = { ...target, limits: limitsOf(target, account) };
    const ofTarget = [
      ...new Map([...tried, ...changes].map((change) => [triedKey(change), change])).values(),
    ].filter((change) => change.target === target.name);
    const [concern] = guardChanges(targetInput(input, limited, all, new Map()), ofTarget).concerns;
    if (concern !== undefined) return concern;
  }
  return undefined;
}

/** The same change of a VM counts once, however often it is tried. */
function triedKey(change: ExecutableChange): string {
  return JSON.stringify([vmKey(change), change.action, change.step]);
}

import { Approval, LONGEST_WAIT, vmKey } from '../../apply/approved.ts';
import type { Standing } from '../../apply/standing.ts';
import type {
  ApplyReport,
  ChangeResult,
  FollowedVm,
  FollowOutcome,
  FollowRound,
} from '../../core/apply-result.ts';
import { unreachableTargets } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { byKeys } from '../../core/lists.ts';
import { scopeOf } from '../../core/observed.ts';
import { isExecutable, type Plan, type StepAhead } from '../../core/plan.ts';
import { stepsAhead } from '../../plan/confirmations.ts';
import { planProject } from '../../plan/index.ts';
import { isSelected, type PlanInput } from '../../plan/input.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import { Locks } from '../locking/locks.ts';
import { readManifests } from '../manifests.ts';
import { scopeOfPlan } from '../selection.ts';
import {
  type ApplyOptions,
  type ApplyResult,
  endingNotApproved,
  endingOfRefusal,
  endingOfSavedPlan,
  executePlan,
  withLostLock,
} from './apply.ts';
import { type FollowInput, type FollowMemory, planRound, type Round } from './follow-round.ts';
import { observeManifests } from './planning.ts';
import { narrowedAs, readPlanFile } from './saved-plan.ts';

export interface FollowOptions extends Omit<ApplyOptions, 'approve'> {
  /**
   * Whether to carry out the plan and the steps that follow it; absent: yes.
   * @param ahead the later steps that must be confirmed by name
   */
  readonly approve?: (plan: Plan, ahead: readonly StepAhead[]) => Promise<boolean>;
  /** A saved plan, which is what was approved. */
  readonly file?: string;
  /** Milliseconds after which the run starts nothing more. */
  readonly timeout?: number;
  /** Milliseconds between two observations at least; absent: 30 s, and 1 s if all targets are the built-in endpoint. */
  readonly interval?: number;
  /** Is told of each round after its observation, before anything is changed. */
  readonly onRound?: (round: FollowRound) => void;
}

const INTERVAL = 30_000;
/** On the built-in endpoint, whose answers cost nothing. */
const LOCAL_INTERVAL = 1000;
const MAX_ATTEMPTS = 3;
/** Observations in a row that may fail before the VMs of a target count as stuck. */
const MAX_UNREAD = 20;

interface Scene {
  readonly accounts: Accounts;
  readonly locks: Locks;
  readonly first: FollowInput;
  /** The plan that was shown, and the one that was approved: the same, unless that is a saved one. */
  readonly plan: Plan;
  readonly approved: Plan;
}

/**
 * Plans, asks for approval, and takes each VM the whole way to the phase of its wave, under the locks of the targets: it
 * makes the changes of the plan and takes the steps that the plan lists after them, each as soon as the service allows it,
 * and nothing else. The manifests are read once. Tells of the plan with the event `planned` before it asks.
 * @returns exit code 0 once all VMs have arrived, 6 otherwise
 * @throws LandfallError as `apply`, before anything was changed
 */
export async function follow(workspace: Workspace, options: FollowOptions = {}): Promise<ApplyResult> {
  await using locks = new Locks(workspace, options, 'apply');
  const { file = '' } = options;
  const saved = options.file === undefined ? undefined : await readPlanFile(workspace, file);
  const manifests = await readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { selection, narrowing } =
    saved === undefined ? { selection: options, narrowing: {} } : narrowedAs(saved, manifests, options);
  const scope = await locks.take(scopeOfPlan(manifests, selection, narrowing));
  await using accounts = await openAccounts(workspace, scope);
  const first = await observeManifests(workspace, manifests, accounts, selection, narrowing);
  const plan = planProject(first);
  workspace.onEvent?.({ kind: 'planned', plan });
  const ended = async (report: ApplyReport): Promise<ApplyResult> => ({
    kind: 'ended',
    report: await withLostLock(report, locks),
  });
  const end = saved === undefined ? endingOfRefusal(plan) : endingOfSavedPlan(saved, plan, file, first);
  if (end !== undefined) return await ended(end);
  const hasSteps = plan.changes.some((change) => isExecutable(change) || change.action === 'defer');
  if (hasSteps && !locks.signal.aborted && (await options.approve?.(plan, stepsAhead(first, plan))) === false)
    return await ended(endingNotApproved(plan));
  // The answer may have taken hours.
  await locks.canContinue();
  const follower = new Follower(workspace, options, {
    ...{ accounts, locks, first, plan },
    approved: saved?.plan ?? plan,
  });
  return await ended(await follower.run());
}

class Follower {
  readonly #workspace: Workspace;
  readonly #options: FollowOptions;
  readonly #scene: Scene;
  readonly #memory: FollowMemory & { readonly tried: FollowMemory['tried'][number][] };
  readonly #interval: number;
  /** The longest wait; the clock of the built-in endpoint may be moved at any time. */
  readonly #longest: number;
  readonly #startedAt: number;
  readonly #results: ChangeResult[] = [];
  #vms: ReadonlyMap<string, FollowedVm> = new Map();
  /** How many milliseconds the last observation took. */
  #readTime = 0;
  /** How often in a row each target could not be read. */
  readonly #unread = new Map<string, number>();

  constructor(workspace: Workspace, options: FollowOptions, scene: Scene) {
    this.#workspace = workspace;
    this.#options = options;
    this.#scene = scene;
    const isLocal = scene.accounts.targets.every(({ endpoint }) => endpoint === 'local');
    this.#interval = options.interval ?? (isLocal ? LOCAL_INTERVAL : INTERVAL);
    this.#longest = isLocal ? this.#interval : LONGEST_WAIT;
    const repairs = new Set(
      [...scene.accounts.traits.values()].flatMap(({ phases }) => phases.repairs ?? []),
    );
    const attempts = options.maxAttempts ?? MAX_ATTEMPTS;
    const approval = new Approval(scene.approved, attempts, this.#interval, repairs);
    this.#memory = { approval, stopped: new Map(), tried: [], jobs: new Map() };
    this.#startedAt = workspace.host.clock.now();
  }

  /** Repeats: observe, plan, change what may be changed now, wait. */
  async run(): Promise<ApplyReport> {
    const { clock } = this.#workspace.host;
    const { first, locks } = this.#scene;
    const deadline = this.#startedAt + (this.#options.timeout ?? Infinity);
    let input: FollowInput = { ...first, elsewhere: new Set(first.waitedFor?.observed.keys()) };
    for (let count = 1; ; count += 1) {
      const round = planRound({ ...input, replace: this.#replaces() }, this.#memory, clock.now());
      const isLate = clock.now() >= deadline;
      const mayStart = round.refusal === undefined && !isLate && !locks.signal.aborted;
      const changes = mayStart ? round.plan.changes.filter(isExecutable) : [];
      const isOver = this.#show(count, round, changes) && changes.length === 0;
      if (changes.length > 0) await this.#execute(round.plan);
      if (locks.signal.aborted) return this.#ending('interrupted', count);
      if (round.refusal !== undefined) return this.#ending('failed', count, round.refusal);
      if (this.#failures() >= (this.#options.maxFailures ?? Infinity)) return this.#ending('failed', count);
      if (isOver || isLate) return this.#ending(isOver ? 'stuck' : 'timeout', count);
      // What was done may allow the next step at once.
      if (changes.length === 0) await this.#wait(round, deadline);
      if (await locks.canContinue()) input = await this.#observe();
    }
  }

  async #wait({ retryAt, vms, plan }: Round, deadline: number): Promise<void> {
    const { clock } = this.#workspace.host;
    const { locks } = this.#scene;
    const now = clock.now();
    const isUnread = [...this.#unread.values()].some((times) => times > 0);
    const opens = vms.map(({ opensAt }) => (opensAt ?? Infinity) - plan.at);
    const isTimed = vms.every(({ state, opensAt }) => state !== 'waiting' || opensAt !== undefined);
    // If all wait for a moment that is known, there is nothing to see before it.
    const known = Math.min(retryAt - now, ...opens, ...(isTimed ? [] : [this.#interval]));
    const wanted = isUnread ? this.#longest : known;
    // Where reading takes minutes, it is not repeated without a pause.
    const wait = Math.max(Math.min(wanted, this.#longest), this.#interval, this.#readTime);
    await clock.sleep(Math.min(wait, Math.max(deadline - now, 0)), locks.signal);
  }

  async #execute(plan: Plan): Promise<void> {
    const { maxFailures, ...options } = this.#options;
    const left = maxFailures === undefined ? {} : { maxFailures: maxFailures - this.#failures() };
    const { accounts, locks } = this.#scene;
    const { outcome } = await executePlan(this.#workspace, { ...options, ...left }, plan, accounts, locks);
    for (const result of outcome?.results ?? []) {
      this.#results.push(result);
      if (result.status !== 'not-tried') this.#memory.tried.push(result.change);
      this.#memory.approval.ended(result, plan.at, this.#workspace.host.clock.now());
    }
  }

  #failures(): number {
    return this.#results.filter(({ status }) => status === 'failed').length;
  }

  /** Observes the accounts again. A target that cannot be read now may be read later. */
  async #observe(): Promise<FollowInput> {
    const { accounts, first } = this.#scene;
    const { desired, selection: { wave } = {} } = first;
    const scope = scopeOf(desired, (vm) => isSelected(wave === undefined ? {} : { wave }, vm));
    const names = accounts.targets.map(({ name }) => name);
    const elsewhere = [...(first.waitedFor?.observed.keys() ?? [])];
    const count = (observed: FollowInput['observed']): void => {
      for (const name of [...names, ...elsewhere])
        this.#unread.set(name, observed.has(name) ? 0 : (this.#unread.get(name) ?? 0) + 1);
    };
    const { clock } = this.#workspace.host;
    const startedAt = clock.now();
    try {
      const { observed, unreachable, waitedFor } = await accounts.observe(scope);
      this.#readTime = clock.now() - startedAt;
      count(new Map([...observed, ...(waitedFor?.observed ?? [])]));
      return {
        ...{ ...first, observed, unreachable },
        ...(waitedFor !== undefined && { waitedFor }),
        elsewhere: new Set(elsewhere.filter((name) => (this.#unread.get(name) ?? 0) < MAX_UNREAD)),
      };
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      for (const target of names) this.#workspace.onEvent?.({ kind: 'target-unreachable', target, error });
      count(new Map());
      return { ...first, observed: new Map() };
    }
  }

  /** The VMs whose jobs are still to be replaced: each once in a run. */
  #replaces(): NonNullable<PlanInput['replace']> {
    const { first, approved } = this.#scene;
    const { approval } = this.#memory;
    const isDone = (vm: Parameters<typeof approval.hasDone>[0]): boolean =>
      approval.hasDone(vm, 'replace') || approval.hasDone(vm, 'create');
    const { replace = () => false } = first;
    if (!approved.changes.some(isDone)) return replace;
    const open = first.desired.vms.filter((vm) => replace(vm.address) && !isDone(vm));
    const addresses = new Set<string>(open.map(({ address }) => address));
    return (name) => addresses.has(name);
  }

  /** Tells of a round. Returns whether nothing brings any VM further. */
  #show(count: number, round: Round, changes: FollowRound['changes']): boolean {
    const now = this.#workspace.host.clock.now();
    const standings = new Map(round.vms.map((vm) => [vmKey(vm), vm]));
    const before = [...this.#vms.values()].filter((vm) => !standings.has(vmKey(vm)));
    const others = before.map((vm) => this.#unseen(vm));
    const vms = [...round.vms, ...others].map((vm): FollowedVm => {
      const known = this.#vms.get(vmKey(vm));
      const isSame = known?.state === vm.state && known.reason === vm.reason;
      return { ...vm, since: isSame ? known.since : now };
    });
    this.#vms = new Map(vms.toSorted(inOrder).map((vm) => [vmKey(vm), vm]));
    const { at } = round.plan;
    const all = [...this.#vms.values()];
    this.#options.onRound?.({ round: count, at, startedAt: this.#startedAt, changes, vms: all });
    return round.isOver && others.every(({ state }) => state !== 'waiting');
  }

  /** Where a VM stands that an observation does not show: its target could not be read, or its job is gone. */
  #unseen({ address, label, target, wave, stage }: FollowedVm): Standing {
    const times = this.#unread.get(target) ?? 0;
    const vm = { address, target, wave, stage, ...(label !== undefined && { label }) };
    if (times === 0) return { ...vm, state: 'arrived', reason: 'its job is deleted' };
    const reason = `target ${target} cannot be read`;
    return { ...vm, state: times < MAX_UNREAD ? 'waiting' : 'stuck', reason };
  }

  #ending(end: FollowOutcome['end'], rounds: number, refusal?: Round['refusal']): ApplyReport {
    const { plan } = this.#scene;
    const vms = [...this.#vms.values()];
    const hasUnread = unreachableTargets(plan.concerns).length > 0;
    const isDone = vms.every(({ state }) => state === 'arrived') && !hasUnread;
    const milliseconds = this.#workspace.host.clock.now() - this.#startedAt;
    const outcome = { results: this.#results, interrupted: end === 'interrupted', milliseconds };
    const error = refusal && {
      ...{ code: refusal.id, message: refusal.message },
      ...(refusal.remedy !== undefined && { remedy: refusal.remedy }),
    };
    return {
      ...{ exitCode: isDone ? EXIT.done : EXIT.partial, plan, outcome },
      follow: { end: isDone ? 'arrived' : end, rounds, milliseconds, vms },
      ...(error !== undefined && { error }),
    };
  }
}

const inOrder = byKeys<FollowedVm>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
);

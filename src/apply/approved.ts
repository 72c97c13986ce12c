import type { ChangeResult } from '../core/apply-result.ts';
import { type Change, isExecutable, type Plan } from '../core/plan.ts';
import type { VmStage } from '../core/journey.ts';
import type { Instant } from '../core/time.ts';

/** Longest wait between two attempts, and for the service to show what was done, in milliseconds. */
export const LONGEST_WAIT = 300_000;

/** Whether a followed apply makes a change of a later plan. */
export type Permission =
  | { readonly kind: 'allowed' }
  /** Not before this time of the machine: it was tried, and the service may not show it yet. */
  | { readonly kind: 'later'; readonly until: Instant }
  /** The user has not approved it, or it was tried too often: its VM is left as it is for the rest of the run. */
  | { readonly kind: 'outside' | 'exhausted'; readonly reason: string };

interface Attempts {
  tried: number;
  /** The account's time and the machine's at the end of the last attempt. */
  at: Instant;
  endedAt: Instant;
  isDone: boolean;
  /** A later observation has shown another state of the VM. */
  isShown: boolean;
  failure?: string;
}

/** What the user has approved for one VM, and what has been done of it. */
interface ApprovedVm {
  /** The approved action that is no step, and what it changes. */
  readonly action?: string;
  readonly steps: readonly string[];
  /** The number of the step that the VM has come to. */
  reached: number;
  /** By action, or by number and name of the step. */
  readonly attempts: Map<string, Attempts>;
}

const ALLOWED: Permission = { kind: 'allowed' };

/**
 * What the user has approved with a plan: of each VM its change and the steps that follow it, those that are deferred
 * too. A blocked change is not approved. Remembers what the run has done of it, so that a step that somebody has taken
 * back is not taken again.
 */
export class Approval {
  readonly #vms = new Map<string, ApprovedVm>();
  readonly #maxAttempts: number;
  readonly #interval: number;
  readonly #repairs: ReadonlySet<string>;

  /**
   * @param interval milliseconds before a change that failed is tried again; doubled with each attempt
   * @param repairs steps that the services take to repair a replication: they are approved with every plan
   */
  constructor({ changes }: Plan, maxAttempts: number, interval: number, repairs: ReadonlySet<string>) {
    this.#repairs = repairs;
    this.#maxAttempts = Math.max(maxAttempts, 1);
    this.#interval = interval;
    for (const change of changes) {
      if (change.blockedBy.length > 0) continue;
      const action = actionOf(change);
      const steps = [change.step ?? [], change.remaining ?? []].flat();
      const approved = { steps, reached: 0, attempts: new Map<string, Attempts>() };
      this.#vms.set(vmKey(change), action === undefined ? approved : { ...approved, action });
    }
  }

  /** Whether the run has made the change that deletes, creates, updates or replaces the job of a VM. */
  hasDone(vm: Named, action: string): boolean {
    const all = [...(this.#vms.get(vmKey(vm))?.attempts ?? [])];
    return all.some(([key, { isDone }]) => isDone && key.startsWith(action));
  }

  /**
   * Decides whether a change of a later plan may be made. Also for deferred changes: a VM whose next step is outside of
   * the plan waits for nothing.
   * @param now the machine's time
   */
  permit(change: Change, takenBack: VmStage['takenBack'], now: Instant): Permission {
    if (change.action === 'no-op' || change.blockedBy.length > 0) return ALLOWED;
    const vm = this.#vms.get(vmKey(change));
    const { step } = change;
    if (step !== undefined) return this.#permitStep(change, step, vm, takenBack, now);
    const action = actionOf(change);
    if (action === undefined) return ALLOWED;
    if (vm?.action !== action) return outside(change.action);
    const attempts = vm.attempts.get(action);
    if (attempts?.isDone === true && attempts.isShown)
      return outside(`its ${change.action} was undone since this run made it`);
    return this.#permitAttempt(change, attempts, now);
  }

  #permitStep(
    change: Change,
    step: string,
    vm: ApprovedVm | undefined,
    takenBack: VmStage['takenBack'],
    now: Instant,
  ): Permission {
    if (vm !== undefined && this.#repairs.has(step) && change.destroys === undefined) return ALLOWED;
    const number = vm === undefined ? -1 : numberOf(vm, change);
    if (vm === undefined || number < 0) return outside(step);
    const attempts = vm.attempts.get(stepKey(number, step));
    if (number < vm.reached && attempts === undefined)
      return outside(`it was past ${step}, and was taken back since`);
    if (attempts?.isDone === true && takenBack !== undefined && takenBack.at >= attempts.at)
      return outside(`its ${takenBack.what} was taken back after this run had taken ${step}`);
    vm.reached = Math.max(vm.reached, number);
    return this.#permitAttempt(change, attempts, now);
  }

  #permitAttempt(change: Change, attempts: Attempts | undefined, now: Instant): Permission {
    if (attempts === undefined || !isExecutable(change)) return ALLOWED;
    const { tried, isDone, isShown, endedAt, failure } = attempts;
    if (tried >= this.#maxAttempts && (!isDone || isShown)) {
      const what = change.step ?? change.action;
      const words = failure === undefined ? 'without the expected result' : `last with ${failure}`;
      const times = tried === 1 ? 'once' : `${tried} times`;
      return { kind: 'exhausted', reason: `${what} was tried ${times} in this run, ${words}` };
    }
    const wait =
      isDone && !isShown ? LONGEST_WAIT : Math.min(this.#interval * 2 ** (tried - 1), LONGEST_WAIT);
    const until = endedAt + wait;
    return until > now ? { kind: 'later', until } : ALLOWED;
  }

  /** Remembers how a change ended. */
  ended(result: ChangeResult, at: Instant, now: Instant): void {
    const { change, status } = result;
    const vm = this.#vms.get(vmKey(change));
    const key = vm === undefined ? undefined : attemptKey(vm, change);
    if (status === 'not-tried' || vm === undefined || key === undefined) return;
    const tried = (vm.attempts.get(key)?.tried ?? 0) + 1;
    const isDone = status === 'done';
    const failure = status === 'failed' ? { failure: `${result.code}: ${result.message}` } : {};
    vm.attempts.set(key, { tried, at, endedAt: now, isDone, isShown: false, ...failure });
    if (isDone && change.step !== undefined) vm.reached = Math.max(vm.reached, numberOf(vm, change) + 1);
  }

  /** Remembers what a new observation shows: a VM with another change than the last one that was made has moved on. */
  observed({ changes }: Plan): void {
    const now = new Map(changes.map((change) => [vmKey(change), change]));
    for (const [name, vm] of this.#vms) {
      const change = now.get(name);
      const key = change === undefined ? undefined : attemptKey(vm, change);
      const isAsked = change !== undefined && isExecutable(change);
      for (const [tried, attempts] of vm.attempts) if (tried !== key || !isAsked) attempts.isShown = true;
    }
  }
}

type Named = Pick<Change, 'target' | 'address'>;

/** The key of a VM: an address is unique within its target. */
export function vmKey({ target, address }: Named): string {
  return JSON.stringify([target, address]);
}

/** The action of a change that is no step, with the fields that an update changes; undefined: it only waits or is a step. */
function actionOf(change: Change): string | undefined {
  const { action, id, fields } = change;
  switch (action) {
    case 'create':
    case 'replace':
    case 'delete':
      return action;
    case 'update':
      return `update ${JSON.stringify(fields.map(({ field, after }) => [field, after]))}`;
    case 'defer':
      if (change.step !== undefined) return undefined;
      if (id === undefined) return 'create';
      // A VM that has only to wait has a list of steps, if an empty one.
      return change.remaining === undefined ? 'replace' : undefined;
    case 'advance':
    case 'no-op':
      return undefined;
  }
}

function attemptKey(vm: ApprovedVm, change: Change): string | undefined {
  const { step } = change;
  return step === undefined ? actionOf(change) : stepKey(numberOf(vm, change), step);
}

function stepKey(number: number, step: string): string {
  return `${number} ${step}`;
}

/** The number of the step of a change among those of its VM; -1: it has no such step. */
function numberOf({ steps, reached }: ApprovedVm, { step, remaining = [] }: Change): number {
  if (step === undefined) return -1;
  // A step may occur twice, and the steps that follow it tell which one it is.
  const first = steps.length - remaining.length - 1;
  const isEnd = [step, ...remaining].every((one, index) => steps[first + index] === one);
  if (first >= 0 && isEnd) return first;
  const ahead = steps.indexOf(step, reached);
  return ahead < 0 ? steps.lastIndexOf(step) : ahead;
}

function outside(reason: string): Permission {
  return { kind: 'outside', reason: `outside of the approved plan: ${reason}` };
}

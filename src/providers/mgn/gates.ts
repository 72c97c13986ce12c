import type { Check, DesiredVm } from '../../core/desired.ts';
import type { Actor } from '../../core/journey.ts';
import type { PhaseDecision } from '../../core/provider.ts';
import { fullName } from '../../core/names.ts';
import { quoteShellWord } from '../../core/text.ts';
import { formatDuration, type Instant } from '../../core/time.ts';
import {
  END_TEST,
  factsOf,
  FINALIZE,
  isBusy,
  type MgnFacts,
  type MgnJob,
  type MgnStep,
  RETRY,
  REVERT,
  START_CUTOVER,
  START_TEST,
  stepEffects,
} from './steps/sequence.ts';

/** What a step waits for, and who can end the wait. */
interface Wait {
  readonly reason: string;
  readonly actor: Actor;
  /** Post-launch actions have failed, in words: nothing happens before a person acts. */
  readonly failedActions?: string;
}

type Reached = Extract<PhaseDecision, { readonly kind: 'reached' }>;

/** What the wave says about its steps, and the time. */
interface GateContext {
  readonly advance?: DesiredVm['advance'];
  readonly now: Instant;
}

/** The largest lag at which a cut-over starts: what AWS's Cloud Migration Factory waits for (domain, MGN: learnt since). */
const MAX_LAG = 180 * 60_000;
/** Steps that need a snapshot to launch from: all disks have been shipped once. */
const NEEDS_SNAPSHOT: ReadonlySet<MgnStep> = new Set<MgnStep>([START_TEST, START_CUTOVER, END_TEST, REVERT]);

const REPLICATION_PROBLEMS: Readonly<Record<string, string>> = {
  STALLED: 'stalled',
  PAUSED: 'paused',
  STOPPED: 'stopped',
  DISCONNECTED: 'disconnected',
};

/** Returns what the next step must wait for, by the rules of the service and of the wave; undefined: nothing. */
export function gateReason(
  step: MgnStep,
  lifecycle: string,
  job: MgnJob,
  context: GateContext,
): Wait | undefined {
  const facts = factsOf(job);
  const problem = REPLICATION_PROBLEMS[facts.replication ?? ''];
  const actor = problem === undefined ? 'service' : 'person';
  // In READY_FOR_TEST the service itself says that there is a snapshot.
  const launchable = facts.shipped !== false || lifecycle === 'READY_FOR_TEST';
  if (NEEDS_SNAPSHOT.has(step) && (lifecycle === 'NOT_READY' || !launchable)) {
    return { reason: `its initial sync${problem === undefined ? '' : `, which is ${problem}`}`, actor };
  }
  if (step === START_CUTOVER) {
    // The service would launch from the last snapshot, however old: a test may, a cut-over loses data.
    if (problem !== undefined)
      return { reason: `its replication, which is ${problem}: a cut-over would lose later changes`, actor };
    return lagGate(job, context);
  }
  const passesTest = step === END_TEST && lifecycle === 'TESTING';
  return passesTest || step === FINALIZE ? instanceGate(facts, context) : undefined;
}

/** Steps before which a stalled replication is retried: those that need data, or that pass a test. */
const AFTER_RETRY: ReadonlySet<MgnStep | undefined> = new Set([
  undefined,
  START_TEST,
  START_CUTOVER,
  END_TEST,
]);
/** A retry begins with the next handshake of the server (API reference), so its effect is not seen at once (?). */
const RETRY_INTERVAL = 10 * 60_000;
const MAX_RETRIES = 3;

/** How often a stalled replication is retried, and how often that has been done since it last went on. */
export function retriesOf({ advance }: Pick<DesiredVm, 'advance'>, job: MgnJob) {
  return { done: factsOf(job).retries ?? 0, most: advance?.maxRetries ?? MAX_RETRIES };
}

/**
 * Decides whether a stalled replication is retried before the next steps. What is paused, stopped or disconnected is left
 * alone, and so is a server that is being cut over: its next step does not need the replication.
 * @param lifecycle where the server is
 * @param steps the steps to the phase of its wave
 */
export function retryStalled(
  job: MgnJob,
  lifecycle: string | undefined,
  steps: readonly MgnStep[],
  context: Pick<DesiredVm, 'advance'> & Pick<GateContext, 'now'>,
): PhaseDecision<MgnStep> | undefined {
  const facts = factsOf(job);
  const { done, most } = retriesOf(context, job);
  if (facts.replication !== 'STALLED' || lifecycle === 'CUTTING_OVER' || done >= most) return undefined;
  if (isBusy(facts) || !AFTER_RETRY.has(steps[0])) return undefined;
  if (context.now - (facts.retriedAt ?? -Infinity) < RETRY_INTERVAL) {
    const reason = `waits for the effect of retry ${done} of ${most} of its replication`;
    return { kind: 'wait', reason, remaining: [RETRY, ...steps], actor: 'service' };
  }
  const effects = [`retry ${done + 1} of ${most}`, ...stepEffects(RETRY, facts)];
  return { kind: 'step', step: RETRY, remaining: steps, effects };
}

/** Waits for a small lag: a cut-over loses what the source has written since the snapshot that it launches from. */
function lagGate(job: MgnJob, { advance, now }: GateContext): Wait | undefined {
  if (job.isRescanning === true) {
    return { reason: `the end of its ${job.statusMessage ?? 'rescan'}`, actor: 'service' };
  }
  const lag = lagOf(job, now);
  const { maxLag = MAX_LAG } = advance ?? {};
  if (lag === undefined || lag <= maxLag) return undefined;
  return {
    reason: `a lag below ${formatDuration(maxLag)} (cutover.maxLag); it is ${formatDuration(lag)}`,
    actor: 'service',
  };
}

/** How far the data in AWS is behind the source, in milliseconds: as the service says, or since the latest snapshot. */
function lagOf({ lag, recoveryPointAt }: MgnJob, now: Instant): number | undefined {
  return lag ?? (recoveryPointAt === undefined ? undefined : Math.max(0, now - recoveryPointAt));
}

/** Formats how far the data in AWS is behind the source; undefined: not known. */
export function lagText(job: MgnJob, { now }: Pick<GateContext, 'now'>): string | undefined {
  const lag = lagOf(job, now);
  if (lag === undefined) return undefined;
  return lag < 60_000 ? 'less than a minute' : formatDuration(lag);
}

/** Waits until the instance runs as the wave requires, before a test counts as passed or a cut-over is finalized. */
function instanceGate(facts: MgnFacts, { advance }: GateContext): Wait | undefined {
  const { instance = 'its instance', firstBoot } = facts;
  const { firstBoot: boot = 'succeeded' } = advance ?? {};
  if (boot === 'succeeded' && firstBoot !== undefined && firstBoot !== 'SUCCEEDED') {
    const actor = firstBoot === 'WAITING' ? 'service' : 'person';
    return { reason: `the first boot of ${instance} to succeed (firstBoot is ${firstBoot})`, actor };
  }
  return postLaunchGate(facts, advance?.postLaunchActions ?? 'required');
}

/** Waits for the post-launch actions that the wave requires: by default those that must succeed for the cut-over. */
function postLaunchGate(facts: MgnFacts, required: 'succeeded' | 'required' | 'any'): Wait | undefined {
  const { instance = 'its instance', postLaunch, postLaunchRequired, postLaunchAwaited } = facts;
  const state = { succeeded: postLaunch, required: postLaunchRequired, any: undefined }[required];
  if (state === undefined || state === 'SUCCESS') return undefined;
  const which = required === 'required' ? 'post-launch actions that must succeed' : 'post-launch actions';
  if (state === 'IN_PROGRESS') {
    const how = postLaunchAwaited === true ? `have not begun: ${NO_AGENT}` : 'are running';
    return { reason: `the ${which} of ${instance}, which ${how}`, actor: 'service' };
  }
  const error = required === 'required' ? facts.postLaunchRequiredError : facts.postLaunchError;
  const why = error ?? facts.postLaunchError;
  const words = `the ${which} of ${instance}, which have failed${why === undefined ? '' : ` (${why})`}`;
  return {
    reason: words,
    actor: 'person',
    failedActions: `${which} of ${instance} have failed${why === undefined ? '' : `: ${why}`}`,
  };
}

/** Why post-launch actions do not begin (user guide, post-launch settings: they need the agent of Systems Manager). */
const NO_AGENT = 'Systems Manager has not found its agent on the instance yet';

/**
 * Refuses to go on after post-launch actions that had to succeed: the service runs them again only on a new instance.
 * @param failed which have failed, and why
 */
export function actionsFailed(step: MgnStep, vm: DesiredVm, facts: MgnFacts, failed: string) {
  return {
    id: 'phase.actions-failed',
    message: `${fullName(vm)}: ${failed}`,
    remedy: actionsRemedy(step, vm, facts),
  } as const;
}

/**
 * Warns of failed post-launch actions before the phase of the wave asks for them; empty: none has failed that the
 * next phase requires.
 */
export function actionsWarning(vm: DesiredVm, facts: MgnFacts): Pick<Reached, 'failure'> {
  const { lifecycle } = facts;
  if (lifecycle !== 'TESTING' && lifecycle !== 'CUTTING_OVER') return {};
  const failed = postLaunchGate(facts, vm.advance?.postLaunchActions ?? 'required')?.failedActions;
  if (failed === undefined) return {};
  const failure = {
    id: 'job.actions-failed',
    message: `${fullName(vm)}: ${failed}; ${lifecycle === 'TESTING' ? 'its test does not count as passed' : 'its cut-over is not finalized'}`,
    remedy: actionsRemedy(lifecycle === 'TESTING' ? END_TEST : FINALIZE, vm, facts),
  } as const;
  return { failure };
}

/** Says how actions that have failed run again, and how to go on without them. */
function actionsRemedy(step: MgnStep, vm: DesiredVm, { postLaunchRequired }: MgnFacts): string {
  const again =
    step === FINALIZE
      ? `run \`landfall rollback ${quoteShellWord(vm.address)}\` and apply with --confirm-cutover ${quoteShellWord(vm.wave)}, which launches a new instance`
      : 'launch its test instance again in the console of AWS MGN, which';
  // The service itself finalizes no cut-over whose actions had to succeed and have not.
  const isRefusedByService = step === FINALIZE && postLaunchRequired === 'FAILED';
  const without = '; to go on without them, set cutover.requires.postLaunchActions: any in its wave';
  return `fix the cause, then ${again}${step === FINALIZE ? ' and' : ''} runs them again${isRefusedByService ? '' : without}`;
}

/** Warns that the last launch has failed, before it is tried again. */
export function launchFailedWarning(step: MgnStep, address: string, { launchError }: MgnFacts) {
  const what = step === START_TEST ? 'test' : 'cut-over';
  const why = launchError === undefined ? '' : `: ${launchError}`;
  return {
    id: 'phase.launch-failed',
    message: `the last launch of the ${what} instance of ${address} has failed${why}`,
    remedy: 'fix the cause, such as its launch settings or licence; the next apply launches it again',
  } as const;
}

/** Returns the checks of a VM, with its name in place of `{name}`. */
export function checksOf({ advance, reference }: DesiredVm): readonly Check[] {
  const { name = '' } = reference;
  return (advance?.checks ?? []).map((check) => {
    if (check.kind === 'http')
      return { ...check, url: check.url.replaceAll('{name}', encodeURIComponent(name)) };
    return check.host === undefined ? check : { ...check, host: check.host.replaceAll('{name}', name) };
  });
}

/** Names a check, as plans and errors do: `tcp 443`, `http https://10.0.0.7/health`. */
export function checkText(check: Check): string {
  if (check.kind === 'http') return `http ${check.url}`;
  return `tcp ${check.host === undefined ? '' : `${check.host}:`}${check.port}`;
}

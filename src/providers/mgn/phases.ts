import { isEarlierPhase, type Phase, type SettingValue } from '../../core/desired.ts';
import type { Actor } from '../../core/journey.ts';
import { fullName } from '../../core/names.ts';
import type { PhaseContext, PhaseDecision, PhaseRules, PhaseWithoutJob } from '../../core/provider.ts';
import {
  actionsFailed,
  actionsWarning,
  checksOf,
  checkText,
  gateReason,
  lagText,
  launchFailedWarning,
  retryStalled,
} from './gates.ts';
import { notReady } from './readiness.ts';
import { destroysLater, destroysOf } from './steps/destroys.ts';
import { rollbackCutover } from './steps/rollback.ts';
import {
  ARCHIVE,
  disconnectedWords,
  END_TEST,
  factsOf,
  FINALIZE,
  hasOldCutover,
  isBusy,
  isMigrating,
  type Mgn,
  type MgnFacts,
  type MgnJob,
  type MgnStep,
  type Position,
  RETRY,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  STEP_PHASES,
  stepEffects,
  stepsTo,
  TERMINATE,
} from './steps/sequence.ts';

type Decision = PhaseDecision<MgnStep>;

/** The lifecycle states of a server whose cut-over has been started. */
const PAST_START: ReadonlySet<string | undefined> = new Set(['CUTTING_OVER', 'CUTOVER']);

function textOf(value: SettingValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const MAKES_JOB: ReadonlySet<MgnStep> = new Set<MgnStep>([START_TEST, START_CUTOVER, TERMINATE]);
/** The phases of a VM on AWS MGN, in the service's own steps (domain, MGN: agentless flow). */
export const mgnPhases: PhaseRules<Mgn> = {
  phases: ['replicate', 'test', 'ready', 'cutover', 'finalize', 'archive'],
  stepTexts: {
    [START_REPLICATION]: 'start its replication again',
    [START_TEST]: 'launch the test instance',
    [END_TEST]: 'mark it as ready for cut-over',
    [REVERT]: 'take the test or cut-over back',
    [TERMINATE]: 'terminate its instance',
    [START_CUTOVER]: 'launch the cut-over instance',
    [FINALIZE]: 'finalize it: replication ends',
    [ARCHIVE]: 'archive it',
    [RETRY]: 'retry its stalled replication',
  },
  stepPhases: STEP_PHASES,
  repairs: [RETRY],
  batch: 200,
  destroysLater,
  makesJob: (step) => MAKES_JOB.has(step),
  barrier: {
    step: START_CUTOVER,
    isPast: (job) => PAST_START.has(factsOf(job).lifecycle),
    applicationOf: ({ settings }, job) => textOf(settings['app'] ?? job?.settings['app']),
  },
  next: nextStep,
  withoutJob,
  notReady,
  rollback: rollbackCutover,
};

function nextStep(context: PhaseContext & { readonly job: MgnJob }): Decision {
  const { job, isDefault } = context;
  const facts = factsOf(job);
  const { lifecycle } = facts;
  const rules = { ...context.vm, now: context.now };
  if (isDefault === true && isPastReplication(job))
    return retryStalled(job, lifecycle, [], rules) ?? pastReplication(job);
  if (facts.archived === true || lifecycle === 'CUTOVER') return decideFinalized(context, facts);
  if (lifecycle === 'DISCONNECTED') return refuseDisconnected(context, facts);
  if (!isMigrating(lifecycle)) {
    return waitFor(
      lifecycle === undefined ? 'a lifecycle state' : `the end of ${lifecycle}, a state that is not known`,
      [],
    );
  }
  const position: Position = { lifecycle, ...launchState(lifecycle, facts) };
  // StartReplication is for servers without an agent (API reference).
  if (lifecycle === 'STOPPED' && job.server.hasAgent === true) {
    const remaining = stepsTo(context.phase, { ...position, lifecycle: 'NOT_READY' });
    return waitFor('its agent: somebody has stopped it, start it or install it again', remaining, 'person');
  }
  return decideMigrating(context, job, position);
}

/** Whether a server is tested, being cut over or cut over, or still has an instance of a test or cut-over. */
function isPastReplication(job: MgnJob): boolean {
  const { lifecycle = '', instance } = factsOf(job);
  const ready = lifecycle === 'NOT_READY' || lifecycle === 'READY_FOR_TEST';
  return PAST_REPLICATION_STATES.has(lifecycle) || (ready && instance !== undefined);
}

const PAST_REPLICATION_STATES: ReadonlySet<string> = new Set([
  'TESTING',
  'READY_FOR_CUTOVER',
  'CUTTING_OVER',
  'CUTOVER',
]);

/** Reaches the default phase `replicate`: no manifest asks for more, so tests and cut-overs by hand are left alone. */
function pastReplication(job: MgnJob): Decision {
  const facts = factsOf(job);
  const what = facts.archived === true ? 'archived' : (facts.lifecycle ?? '');
  return { kind: 'reached', reason: `${what}; its wave sets no phase` };
}

/** Decides for a server that was only discovered, or was stopped: create, or refuse a phase that it cannot reach. */
function withoutJob({ phase, vm }: PhaseContext): PhaseWithoutJob {
  const skipTest = vm.advance?.skipTest === true;
  const started = { lifecycle: 'NOT_READY', instance: false, launched: false, skipTest } as const;
  const create = { kind: 'create', remaining: stepsTo(phase, started) } as const;
  return isEarlierPhase(phase, 'finalize') ? create : { ...create, unconfirmed: true };
}

/** Decides for a server whose cut-over is finalized, or that is archived: it cannot go back. */
function decideFinalized(context: PhaseContext, facts: MgnFacts): Decision {
  const { phase, vm } = context;
  const archived = facts.archived === true;
  if (phase === 'archive') {
    // The step is complete once its application and wave are archived too, if all of their servers are.
    const open = facts.groupsOpen === true;
    if (archived && !open) return { kind: 'reached', reason: 'archived' };
    if (isBusy(facts)) return waitFor('a job that processes it', [ARCHIVE]);
    const archive = {
      kind: 'step',
      step: ARCHIVE,
      remaining: [],
      effects: stepEffects(ARCHIVE, facts),
    } as const;
    return archived ? archive : { ...archive, destroys: 'finalize' };
  }
  if (phase === 'finalize' && !archived) return { kind: 'reached', reason: withInstance('finalized', facts) };
  if (facts.lifecycle === 'DISCONNECTED') return refuseDisconnected(context, facts);
  const kept = archived ? '`phase: archive`' : '`phase: finalize`';
  return {
    kind: 'refused',
    id: 'phase.not-back',
    message: `${fullName(vm)} is ${archived ? 'archived' : 'finalized'}, and cannot go back to phase ${phase}`,
    remedy: `leave ${kept} in its wave, or move it to a wave that says so; to replicate it again, delete its source server in AWS MGN first`,
  };
}

/** Refuses a server that has no further step. Its instance may be in production, so it is not replicated again. */
function refuseDisconnected({ vm, server }: PhaseContext, facts: MgnFacts): Decision {
  const { instance } = facts;
  return {
    kind: 'refused',
    id: 'phase.disconnected',
    message: `${fullName(vm)} was ${disconnectedWords(facts)}`,
    remedy:
      instance === undefined
        ? `${server.hasAgent === true ? 'install the agent on the VM again: it replicates from the start' : `delete source server ${server.serverId} in AWS MGN, so that the VM is discovered again`}, or remove it from the manifests`
        : `if ${instance} is in use, archive source server ${server.serverId} in AWS MGN and remove the VM from the manifests; delete the source server only to replicate the VM again from the start`,
  };
}

/** Reads from the facts whether there is an instance, and whether the current test or cut-over launched it. */
function launchState(lifecycle: string, facts: MgnFacts): Pick<Position, 'instance' | 'launched'> {
  const instance = facts.instance !== undefined;
  const status = launchStatus(lifecycle, facts);
  // A job whose record is gone leaves its instance.
  return { instance, launched: instance && (status === 'LAUNCHED' || facts.launch === undefined) };
}

/** The status of the launch of the current test or cut-over; undefined: the newest launch is another one, or unknown. */
function launchStatus(lifecycle: string, { launch, launchOf }: MgnFacts): string | undefined {
  const of = lifecycle === 'TESTING' ? 'test' : lifecycle === 'CUTTING_OVER' ? 'cutover' : undefined;
  return launchOf === undefined || launchOf === of ? launch : undefined;
}

function decideMigrating(context: PhaseContext, job: MgnJob, found: Position): Decision {
  const { phase, vm } = context;
  const facts = factsOf(job);
  const { lifecycle } = found;
  const isKept = lifecycle === 'READY_FOR_CUTOVER' && hasOldCutover(facts);
  const kept = isKept || (found.instance && lifecycle === 'CUTTING_OVER');
  const position: Position = { ...found, kept, skipTest: vm.advance?.skipTest === true };
  const status = launchStatus(lifecycle, facts);
  if (isBusy(facts)) {
    const { until, after } = runningJob(position, facts);
    return waitFor(until, stepsTo(phase, after));
  }
  const steps = stepsTo(phase, position);
  const retry = retryStalled(job, lifecycle, steps, { ...vm, now: context.now });
  if (retry !== undefined) return retry;
  const [step, ...remaining] = steps;
  if (step === undefined) return { ...reachedPhase(phase, position, facts), ...actionsWarning(vm, facts) };
  const wait = gateReason(step, lifecycle, job, { ...vm, now: context.now });
  if (wait !== undefined) {
    const waiting = waitFor(wait.reason, [step, ...remaining], wait.actor);
    if (wait.failedActions === undefined) return waiting;
    return { ...waiting, concern: actionsFailed(step, vm, facts, wait.failedActions) };
  }
  const launches = step === START_TEST || step === START_CUTOVER;
  // Failed launches of a cut-over that was taken back say nothing of a test.
  const isSameKind = facts.launchOf === undefined || (step === START_TEST) === (facts.launchOf === 'test');
  if (
    launches &&
    isSameKind &&
    (facts.failedLaunches ?? 0) >= (vm.advance?.maxLaunchAttempts ?? MAX_LAUNCH_ATTEMPTS)
  )
    return refuseLaunch(step, fullName(vm), facts);
  const destroys = destroysOf([step, ...remaining], position, facts);
  const checks = step === FINALIZE ? checksOf(vm) : [];
  const decision = {
    kind: 'step',
    step,
    remaining,
    effects: [
      ...stepEffects(step, { ...facts, lifecycle }, lagText(job, context)),
      ...(checks.length > 0 ? [`only if these checks succeed: ${checks.map(checkText).join(', ')}`] : []),
    ],
    ...(checks.length > 0 && { checks }),
    ...(destroys !== undefined && { destroys }),
  } as const;
  // The step of the current lifecycle state failed: it is taken again.
  const again = launches && status === 'FAILED';
  return again ? { ...decision, failure: launchFailedWarning(step, fullName(vm), facts) } : decision;
}

const MAX_LAUNCH_ATTEMPTS = 3;

/** Refuses a launch that has failed too often: what makes it fail does not go away by itself. */
function refuseLaunch(
  step: MgnStep,
  address: string,
  { failedLaunches = 0, launchError }: MgnFacts,
): Decision {
  const what = step === START_TEST ? 'test' : 'cut-over';
  const why = launchError === undefined ? '' : `: ${launchError}`;
  return {
    kind: 'refused',
    id: 'phase.launch-attempts',
    message: `the launch of the ${what} instance of ${address} has failed ${failedLaunches} times${why}`,
    remedy:
      'fix the cause, such as its launch settings or licence; then launch it in the console of AWS MGN, or increase maxLaunchAttempts in its wave',
  };
}

/** Returns what the running job does, and the position of the server after it has succeeded. */
function runningJob(position: Position, { instance }: MgnFacts): { until: string; after: Position } {
  const { lifecycle } = position;
  if (lifecycle === 'TESTING' || lifecycle === 'CUTTING_OVER') {
    const what = lifecycle === 'TESTING' ? 'test' : 'cut-over';
    return {
      until: `its ${what} instance, which is being launched`,
      after: { lifecycle, instance: true, launched: true },
    };
  }
  if (instance === undefined) return { until: 'a job that processes it', after: position };
  return { until: `${instance}, which is being terminated`, after: { ...position, instance: false } };
}

type Reached = Extract<Decision, { readonly kind: 'reached' }>;

function reachedPhase(phase: Phase, { lifecycle, kept }: Position, facts: MgnFacts): Reached {
  if (phase === 'replicate') return { kind: 'reached' };
  if (phase === 'cutover') return { kind: 'reached', reason: withInstance('cut over', facts) };
  if (lifecycle !== 'READY_FOR_CUTOVER') {
    const reason = lifecycle === 'TESTING' ? withInstance('under test', facts) : 'its wave skips the test';
    return { kind: 'reached', reason };
  }
  const of = kept === true ? `; ${facts.instance ?? ''} of the cut-over that was taken back still runs` : '';
  return { kind: 'reached', reason: `ready for cut-over${of}` };
}

function withInstance(what: string, { instance }: MgnFacts): string {
  return instance === undefined ? what : `${what}: ${instance}`;
}

function waitFor(what: string, remaining: readonly MgnStep[], actor: Actor = 'service') {
  return { kind: 'wait', reason: `waits for ${what}`, remaining, actor } as const;
}

import { isEarlierPhase, type Phase } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { PhaseContext, PhaseDecision, PhaseRules, PhaseWithoutJob } from '../../core/provider.ts';
import {
  ARCHIVE,
  END_TEST,
  factsOf,
  FINALIZE,
  isMigrating,
  type MgnFacts,
  type Position,
  REVERT,
  START_CUTOVER,
  START_TEST,
  stepEffects,
  stepsTo,
  TERMINATE,
} from './steps/sequence.ts';

const MAKES_JOB: ReadonlySet<string> = new Set([START_TEST, START_CUTOVER, TERMINATE]);
/** What the service does only with a server that has been shipped as a whole: there is something to launch. */
const NEEDS_SNAPSHOT: ReadonlySet<string> = new Set([START_TEST, START_CUTOVER, END_TEST, REVERT]);

/**
 * The way of a VM on AWS MGN: a test, the cut-over, its finalization, the archive, in the service's own steps
 * (domain, MGN: agentless flow). Loads no SDK.
 */
export const mgnPhases: PhaseRules = {
  phases: ['replicate', 'test', 'cutover', 'finalize', 'archive'],
  batch: 200,
  makesJob: (step) => MAKES_JOB.has(step),
  next: nextStep,
  withoutJob,
};

function nextStep(context: PhaseContext & { readonly job: ObservedJob }): PhaseDecision {
  const { job, isDefault } = context;
  if (isDefault === true && isPastReplication(job)) return pastReplication(job);
  const facts = factsOf(job);
  const { lifecycle } = facts;
  if (facts.archived === true || lifecycle === 'CUTOVER') return decideFinalized(context, facts);
  if (lifecycle === 'DISCONNECTED') return refuseDisconnected(context);
  if (!isMigrating(lifecycle)) {
    return waitFor(
      lifecycle === undefined ? 'a lifecycle state' : `the end of ${lifecycle}, a state that is not known`,
      [],
    );
  }
  return decideMigrating(context, job, { lifecycle, ...launchState(lifecycle, facts) });
}

/** Whether a server is under test, being cut over or through with it, or has an instance of that left. */
function isPastReplication(job: ObservedJob): boolean {
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

/** That it is to replicate is all that is said: what people do with its instances beside that is theirs. */
function pastReplication(job: ObservedJob): PhaseDecision {
  const facts = factsOf(job);
  const what = facts.archived === true ? 'archived' : (facts.lifecycle ?? '');
  return { kind: 'reached', reason: `${what}, of which its wave says nothing` };
}

/** A server that only was discovered, or was stopped: it is to replicate, unless it should have been through already. */
function withoutJob({ phase, vm }: PhaseContext): PhaseWithoutJob {
  if (isEarlierPhase(phase, 'finalize')) return { kind: 'create' };
  return {
    kind: 'refused',
    id: 'phase.never-replicated',
    message: `${vm.address} is to be ${phase === 'archive' ? 'archived' : 'finalized'}, and does not replicate`,
    remedy: 'move it to a wave that still replicates, or take it out of the manifests',
  };
}

/** A server whose cut-over is finalized, or that is archived: nothing leads back from there. */
function decideFinalized(context: PhaseContext, facts: MgnFacts): PhaseDecision {
  const { phase, vm } = context;
  const archived = facts.archived === true;
  if (phase === 'archive') {
    // Its application or wave is left, and has no other servers: the step is not over before they are archived too.
    const open = facts.groupsOpen === true;
    if (archived && !open) return { kind: 'reached', reason: 'archived' };
    if (isBusy(facts)) return waitFor('a job that processes it', [ARCHIVE]);
    return { kind: 'step', step: ARCHIVE, remaining: [], effects: stepEffects(ARCHIVE, facts) };
  }
  if (phase === 'finalize' && !archived) return { kind: 'reached', reason: withInstance('finalized', facts) };
  if (facts.lifecycle === 'DISCONNECTED') return refuseDisconnected(context);
  const kept = archived ? '`phase: archive`' : '`phase: finalize`';
  return {
    kind: 'refused',
    id: 'phase.not-back',
    message: `${vm.address} is ${archived ? 'archived' : 'finalized'}, and cannot go back to phase ${phase}`,
    remedy: `leave ${kept} in its wave, or move it to a wave that says so; to replicate it anew, delete its source server in AWS MGN first`,
  };
}

function refuseDisconnected({ vm, server }: PhaseContext): PhaseDecision {
  return {
    kind: 'refused',
    id: 'phase.disconnected',
    message: `${vm.address} was disconnected from AWS MGN before it was cut over`,
    remedy: `delete source server ${server.serverId} in AWS MGN, so that the VM is discovered anew, or take it out of the manifests`,
  };
}

/** What the facts say of instances: those of the test or cut-over that the lifecycle is in. */
function launchState(lifecycle: string, facts: MgnFacts): Pick<Position, 'instance' | 'launched'> {
  const instance = facts.instance !== undefined;
  const status = launchStatus(lifecycle, facts);
  // A job whose record is gone leaves its instance.
  return { instance, launched: instance && (status === 'LAUNCHED' || facts.launch === undefined) };
}

/** How the launch went that the lifecycle speaks of; undefined: the newest launch is another one, or none is known. */
function launchStatus(lifecycle: string, { launch, launchOf }: MgnFacts): string | undefined {
  const of = lifecycle === 'TESTING' ? 'test' : lifecycle === 'CUTTING_OVER' ? 'cutover' : undefined;
  return launchOf === undefined || launchOf === of ? launch : undefined;
}

function decideMigrating({ phase, vm }: PhaseContext, job: ObservedJob, position: Position): PhaseDecision {
  const facts = factsOf(job);
  const { lifecycle } = position;
  const status = launchStatus(lifecycle, facts);
  if (isBusy(facts)) {
    const { until, after } = runningJob(position, facts);
    return waitFor(until, stepsTo(phase, after));
  }
  const [step, ...remaining] = stepsTo(phase, position);
  if (step === undefined) return reachedPhase(phase, position, facts);
  const hindrance = waitReason(step, lifecycle, facts);
  if (hindrance !== undefined) return waitFor(hindrance, [step, ...remaining]);
  const verdict = {
    kind: 'step',
    step,
    remaining,
    effects: stepEffects(step, { ...facts, lifecycle }),
  } as const;
  if (step === FINALIZE) return { ...verdict, irreversible: true };
  // The step is the one that the lifecycle is in: it is taken once more.
  const again = (step === START_TEST || step === START_CUTOVER) && status === 'FAILED';
  return again ? { ...verdict, failure: launchFailedWarning(step, vm.address, facts) } : verdict;
}

function isBusy({ busy, launch }: MgnFacts): boolean {
  return busy === true || launch === 'PENDING' || launch === 'IN_PROGRESS';
}

/** What the job that processes a server will come to, if all goes well, and where the server stands then. */
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

function reachedPhase(phase: Phase, { lifecycle }: Position, facts: MgnFacts): PhaseDecision {
  if (phase === 'replicate') return { kind: 'reached' };
  if (phase === 'cutover') return { kind: 'reached', reason: withInstance('cut over', facts) };
  const over = lifecycle === 'READY_FOR_CUTOVER';
  return { kind: 'reached', reason: over ? 'ready for cut-over' : withInstance('under test', facts) };
}

function withInstance(what: string, { instance }: MgnFacts): string {
  return instance === undefined ? what : `${what}: ${instance}`;
}

/** What a step that is next has to wait for. */
function waitReason(step: string, lifecycle: string, { replication, shipped }: MgnFacts): string | undefined {
  const trouble = REPLICATION_TROUBLE[replication ?? ''];
  // READY_FOR_TEST is the service's own word that there is something to launch.
  const launchable = shipped !== false || lifecycle === 'READY_FOR_TEST';
  if (NEEDS_SNAPSHOT.has(step) && (lifecycle === 'NOT_READY' || !launchable)) {
    return trouble === undefined ? 'its initial sync' : `its initial sync, which is ${trouble}`;
  }
  // The service would launch from the last snapshot, however old: a test may, a cut-over loses data.
  if (step !== START_CUTOVER || trouble === undefined) return undefined;
  return `its replication, which is ${trouble}: a cut-over would lose what has changed since`;
}

const REPLICATION_TROUBLE: Readonly<Record<string, string>> = {
  STALLED: 'stalled',
  PAUSED: 'paused',
  STOPPED: 'stopped',
  DISCONNECTED: 'disconnected',
};

function launchFailedWarning(step: string, address: string, { launchError }: MgnFacts) {
  const what = step === START_TEST ? 'test' : 'cut-over';
  const why = launchError === undefined ? '' : `: ${launchError}`;
  return {
    id: 'phase.launch-failed',
    message: `the last launch of the ${what} instance of ${address} has failed${why}`,
    remedy: 'mend the cause, such as its launch settings or licence; the next apply launches it again',
  } as const;
}

function waitFor(what: string, remaining: readonly string[]): PhaseDecision {
  return { kind: 'wait', reason: `waits for ${what}`, remaining };
}

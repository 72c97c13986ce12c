import { type DesiredVm, isEarlierPhase } from '../../core/desired.ts';
import type { Actor } from '../../core/journey.ts';
import { fullName } from '../../core/names.ts';
import { activeOrDueRun, isActive } from '../../core/observed.ts';
import type { PhaseContext, PhaseDecision, PhaseRules, PhaseWithoutJob } from '../../core/provider.ts';
import { quoteShellWord } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { forcedReplaceCommand, pauseEndText } from './concerns.ts';
import { nextOnDemandRunAt, notReady } from './readiness.ts';
import { cutoverImage, endedText, latestCutoverRun } from './images.ts';
import {
  FINALIZE,
  REVERT,
  type Sms,
  type SmsFacts,
  type SmsJob,
  type SmsStep,
  START_CUTOVER_RUN,
} from './types.ts';

type Decision = PhaseDecision<SmsStep>;

/**
 * The phases of a VM on AWS SMS, which has none of its own: the cut-over is a last on-demand run, and finalizing deletes
 * the job once that run is complete; the AMI stays. There is no test and no archive (domain: what a manifest says, on
 * each service).
 */
export const smsPhases: PhaseRules<Sms> = {
  phases: ['replicate', 'cutover', 'finalize'],
  stepTexts: {
    [START_CUTOVER_RUN]: 'start the final run',
    [REVERT]: 'take the cut-over back',
    [FINALIZE]: 'finalize it: the job is deleted',
  },
  stepPhases: {
    [START_CUTOVER_RUN]: { begins: 'cutover' },
    [REVERT]: 'back',
    [FINALIZE]: { begins: 'finalize' },
  },
  batch: 1,
  destroysLater: (step) => (step === FINALIZE ? 'finalize' : undefined),
  next: nextStep,
  withoutJob,
  notReady,
};

/** Reads from a job's runs what a saved plan of its cut-over depends on. */
export function cutoverFacts(job: SmsJob, at: number): SmsFacts {
  const last = latestCutoverRun(job);
  return {
    ...(last !== undefined && { cutOver: last.state }),
    ...(last?.amiId !== undefined && { ami: last.amiId }),
    ...(activeOrDueRun(job, job.runs ?? [], at) !== undefined && { busy: true }),
    ...(!hasRunsLeft(job, at) && { noRunsLeft: true }),
  };
}

function hasRunsLeft(job: SmsJob, at: Instant): boolean {
  return nextOnDemandRunAt(job, at) === undefined;
}

/** The start of a replication that no step follows. */
const CREATE: PhaseWithoutJob = { kind: 'create' };

function withoutJob(context: PhaseContext): PhaseWithoutJob {
  const { phase, vm, stage, connectorProblem } = context;
  if (stage.stage === 'finalized') return decideFinalized(context);
  if (stage.stage === 'unproven') return refuseUnproven(context);
  const isLost = stage.stage === 'lost';
  if (isLost && !isEarlierPhase(phase, 'cutover')) return refuseLost(context);
  if (connectorProblem !== undefined) return { kind: 'wait', reason: connectorProblem, actor: 'person' };
  const isCutover = !isEarlierPhase(phase, 'cutover');
  const isFinalizing = !isEarlierPhase(phase, 'finalize');
  const isOnce = vm.settings['runOnce'] === true;
  if (!isCutover && !isLost) return CREATE;
  const remaining = [
    ...(isCutover && !isOnce ? [START_CUTOVER_RUN] : []),
    ...(isFinalizing ? [FINALIZE] : []),
  ];
  return {
    ...{ kind: 'create', remaining },
    ...(isFinalizing && ({ unconfirmed: true } as const)),
    ...(isCutover && isOnce && { begins: 'cutover' }),
    ...(isLost && { warning: lostWarning(context) }),
  };
}

function decideFinalized({ phase, isDefault, vm, stage }: PhaseContext): PhaseWithoutJob {
  const reason = `finalized: ${stage.detail ?? ''}`;
  if (!isEarlierPhase(phase, 'finalize')) return { kind: 'reached', reason };
  if (isDefault === true)
    return { kind: 'reached', reason: `${reason}; its wave sets no phase`, mayReplace: true };
  return {
    kind: 'refused',
    id: 'phase.not-back',
    message: `${fullName(vm)} is finalized (${stage.detail ?? ''}), and cannot go back to phase ${phase}`,
    remedy: `leave \`phase: finalize\` in its wave; to replicate the VM from the start, run ${replaceCommand(vm)}`,
    mayReplace: true,
  };
}

function refuseUnproven({ phase, vm, stage }: PhaseContext): PhaseWithoutJob {
  const isFinalizing = !isEarlierPhase(phase, 'finalize');
  return {
    kind: 'refused',
    id: 'phase.not-proven',
    message: `whether ${fullName(vm)} was cut over cannot be proven: ${stage.detail ?? ''}`,
    remedy: `look for its AMI in EC2; if it was cut over, remove the VM from the manifests; else ${restartRemedy(vm, isFinalizing)}`,
    ...(!isFinalizing && { mayReplace: true }),
  };
}

function refuseLost({ phase, vm, stage }: PhaseContext): PhaseWithoutJob {
  const isFinalizing = !isEarlierPhase(phase, 'finalize');
  return {
    kind: 'refused',
    id: 'phase.lost',
    message: `${fullName(vm)} cannot be ${isFinalizing ? 'finalized' : 'cut over'}: ${stage.detail ?? ''}`,
    remedy: `if it was migrated by other means, remove it from the manifests; else ${restartRemedy(vm, isFinalizing)}`,
    ...(!isFinalizing && { mayReplace: true }),
  };
}

function lostWarning({ vm, stage }: PhaseContext) {
  return {
    id: 'job.lost',
    message: `${fullName(vm)} is replicated from the start again: ${stage.detail ?? ''}`,
    remedy:
      'check why the job was deleted; remove the VM from the manifests if it was migrated by other means',
  } as const;
}

function restartRemedy(vm: DesiredVm, isFinalizing: boolean): string {
  return isFinalizing
    ? 'move it to a wave that still replicates'
    : `run ${replaceCommand(vm)} to replicate it from the start`;
}

function replaceCommand({ address }: DesiredVm): string {
  return `\`landfall apply --replace ${quoteShellWord(address)}\``;
}

function nextStep(context: PhaseContext & { readonly job: SmsJob }): Decision {
  const { phase, job, stage } = context;
  if (isEarlierPhase(phase, 'cutover')) return revertDecision(context);
  const isFinalizing = !isEarlierPhase(phase, 'finalize');
  const after: readonly SmsStep[] = isFinalizing ? [FINALIZE] : [];
  const image = cutoverImage(job);
  if (image === undefined) return cutoverDecision(context, after);
  const ami = image.amiId ?? 'its AMI';
  if (!isFinalizing) return { kind: 'reached', reason: `cut over: ${ami}` };
  if (stage.activity !== undefined && stage.activity.isWaiting !== true) {
    return waitFor('the replication in progress', [FINALIZE]);
  }
  const newer = stage.recoveryPoint?.id;
  const effects = [
    `the job is deleted permanently; ${ami} stays`,
    ...(newer === undefined || newer === image.amiId ? [] : [`${newer} is newer than the cut-over`]),
  ];
  return { kind: 'step', step: FINALIZE, remaining: [], effects, destroys: 'finalize' };
}

/**
 * Takes back a cut-over whose wave says `phase: replicate`: the next cut-over needs a final run of its own, or its AMI
 * would lack what was replicated since. Nothing is destroyed. Without a phase, the VM stays cut over.
 */
function revertDecision({
  isDefault,
  phase,
  vm,
  job,
  stage,
}: PhaseContext & { readonly job: SmsJob }): Decision {
  if (stage.stage !== 'cut-over' && stage.stage !== 'cutting-over') return { kind: 'reached' };
  const ami = stage.stage === 'cut-over' ? (stage.detail ?? 'its AMI') : undefined;
  if (isDefault === true)
    return {
      kind: 'reached',
      ...(ami !== undefined && { reason: `cut over: ${ami}; its wave sets no phase` }),
    };
  if (!isActive(job)) {
    return {
      kind: 'refused',
      id: 'phase.not-back',
      message: `${fullName(vm)} is cut over (${ami ?? 'final run'}) and its job has ${job.state}: it cannot go back to phase ${phase}`,
      remedy: `write \`phase: cutover\` in its wave; to replicate the VM from the start, run ${replaceCommand(vm)}`,
    };
  }
  const effect =
    ami === undefined
      ? 'the run in progress is no final run any more'
      : `${ami} stays, and is the cut-over no more: \`phase: cutover\` starts a new final run`;
  return { kind: 'step', step: REVERT, remaining: [], effects: [effect] };
}

function cutoverDecision(
  { vm, job, stage, now, connectorProblem }: PhaseContext & { readonly job: SmsJob },
  after: readonly SmsStep[],
): Decision {
  const once = job.settings.runOnce === true;
  const remaining: readonly SmsStep[] = once ? after : [START_CUTOVER_RUN, ...after];
  const run = latestCutoverRun(job);
  if (stage.stage === 'ended') {
    return {
      kind: 'refused',
      id: 'phase.ended',
      message: `${fullName(vm)} cannot be cut over: AWS has ended its replication after 90 days; ${endedText(stage)}`,
      remedy: `if that AMI is good enough, remove the VM from the manifests; else ask AWS for an extension of the 90 days, then run ${forcedReplaceCommand(vm)}`,
    };
  }
  if (stage.stage === 'failed' || stage.stage === 'paused') {
    const words = stage.detail === undefined ? '' : `: ${stage.detail}`;
    const state = stage.stage === 'paused' ? 'is paused after failures' : 'has failed';
    const pause = stage.deadlines.find(({ kind }) => kind === 'pause')?.at;
    const resume = stage.stage === 'paused' ? `resume it in the console ${pauseEndText(pause)}; or ` : '';
    return {
      kind: 'wait',
      ...{ reason: `waits for its job, which ${state}${words}`, remaining, actor: 'person' },
      concern: {
        id: 'phase.stopped',
        message: `${fullName(vm)} cannot be cut over: its job ${job.id} ${state}${words}`,
        remedy: `${resume}fix the cause, then run ${replaceCommand(vm)}`,
      },
    };
  }
  if (stage.stage === 'cutting-over') {
    return connectorProblem !== undefined && stage.activity?.isWaiting === true
      ? waitReason(connectorProblem, after)
      : waitFor('the last replication, which is in progress', after);
  }
  if (connectorProblem !== undefined && activeRun(job) === undefined)
    return waitReason(connectorProblem, remaining);
  if (stage.stage === 'failing')
    return waitFor(`its job, which is failing: ${stage.detail ?? ''}`, remaining);
  if (once) return waitFor('its one run, which is its last', after);
  // Domain, rules: no on-demand run before the seed run, nor beside another; two in 24 hours.
  if (stage.stage === 'seeding') return waitFor('the first replication', remaining);
  if (job.state !== 'active' && job.state !== 'pending') {
    return waitFor(
      `the job, whose state is not known: ${job.statusMessage ?? job.state}`,
      remaining,
      'person',
    );
  }
  const busy = activeOrDueRun(job, job.runs ?? [], now);
  if (busy !== undefined) {
    const what = busy.state === 'active' ? 'in progress' : 'due, and has not started';
    return waitFor(`a replication that is ${what}`, remaining);
  }
  if (!hasRunsLeft(job, now)) return waitFor('the limit of on-demand runs: two in 24 hours', remaining);
  return {
    kind: 'step',
    step: START_CUTOVER_RUN,
    remaining: after,
    effects: ['this is the last replication: later changes on the source are not in the AMI'],
    ...(run !== undefined && {
      failure: {
        id: 'phase.run-failed',
        message: `the last replication of ${job.id} has ${run.state}${run.statusMessage === undefined ? '' : `: ${run.statusMessage}`}`,
        remedy: `see why with \`landfall runs ${job.id}\`; the next apply starts it again`,
      },
    }),
  };
}

function activeRun({ runs = [] }: SmsJob) {
  return runs.find(({ state }) => state === 'active');
}

function waitFor(what: string, remaining: readonly SmsStep[], actor: Actor = 'service'): Decision {
  return { kind: 'wait', reason: `waits for ${what}`, remaining, actor };
}

function waitReason(reason: string, remaining: readonly SmsStep[]): Decision {
  return { kind: 'wait', reason, remaining, actor: 'person' };
}

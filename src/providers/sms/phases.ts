import { isEarlierPhase } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { RunState } from '../../core/operations.ts';
import type { PhaseContext, PhaseDecision, PhaseRules, PhaseWithoutJob } from '../../core/provider.ts';

export const START_CUTOVER_RUN = 'StartOnDemandReplicationRun';
export const FINALIZE = 'DeleteReplicationJob';

/** The steps of a cut-over on AWS SMS. */
export type SmsStep = typeof START_CUTOVER_RUN | typeof FINALIZE;

/** The facts of a job of a wave that is to be cut over. They are written into saved plans, as what must still hold. */
export type SmsFacts = Readonly<{
  /** The state of the run that was started for the cut-over, and its AMI. */
  cutOver?: RunState;
  ami?: string;
  /** A run of the job is active. */
  busy?: true;
  /** The job has had as many on-demand runs in 24 hours as it may. */
  noRunsLeft?: true;
}>;

/** Reads the facts of a job of SMS, which `addCutoverFacts` has written. */
function factsOf({ facts = {} }: ObservedJob): SmsFacts {
  return facts;
}

/**
 * The phases of a VM on AWS SMS, which has none of its own: the cut-over is a last on-demand run, and finalizing deletes
 * the job once that run is complete; the AMI stays. There is no test and no archive (domain: what a manifest says, on
 * each service).
 */
export const smsPhases: PhaseRules = {
  phases: ['replicate', 'cutover', 'finalize'],
  batch: 1,
  next: nextStep,
  withoutJob,
};

function withoutJob({ phase, vm, server }: PhaseContext): PhaseWithoutJob {
  if (isEarlierPhase(phase, 'finalize')) return { kind: 'create' };
  if (server.hadJob === true) return { kind: 'reached', reason: 'finalized' };
  return {
    kind: 'refused',
    id: 'phase.never-replicated',
    message: `${vm.address} cannot be finalized: it never had a replication job`,
    remedy: 'move it to a wave that still replicates, or remove it from the manifests',
  };
}

function nextStep({ phase, job }: PhaseContext & { readonly job: ObservedJob }): PhaseDecision {
  if (isEarlierPhase(phase, 'cutover')) return { kind: 'reached' };
  const finalize = !isEarlierPhase(phase, 'finalize');
  const after = finalize ? [FINALIZE] : [];
  const ami = cutoverAmi(job);
  if (ami === undefined) return cutoverDecision(job, after);
  if (!finalize) return { kind: 'reached', reason: `cut over: ${ami}` };
  const effects = [`the job is deleted permanently; ${ami} stays`];
  return { kind: 'step', step: FINALIZE, remaining: [], effects, irreversible: true };
}

/** The AMI of the last run, once it is complete: a job that runs once has no other. */
function cutoverAmi(job: ObservedJob): string | undefined {
  const { state, settings, latestAmiId } = job;
  const { cutOver, ami } = factsOf(job);
  if (settings['runOnce'] === true) return state === 'completed' ? (latestAmiId ?? 'its AMI') : undefined;
  return cutOver === 'completed' ? (ami ?? latestAmiId ?? 'its AMI') : undefined;
}

function cutoverDecision(job: ObservedJob, after: readonly string[]): PhaseDecision {
  const { settings, latestAmiId, state } = job;
  if (settings['runOnce'] === true) return waitFor('its one run, which is its last', after);
  const remaining = [START_CUTOVER_RUN, ...after];
  // Domain, rules: no on-demand run before the seed run, nor beside another; two in 24 hours.
  if (latestAmiId === undefined) return waitFor('the first replication', remaining);
  if (state !== 'pending' && state !== 'active') return waitFor(`the job, which is ${state}`, remaining);
  const { cutOver: run, busy, noRunsLeft } = factsOf(job);
  if (run === 'pending' || run === 'active')
    return waitFor('the last replication, which is in progress', after);
  if (busy === true) return waitFor('a replication in progress', remaining);
  if (noRunsLeft === true) {
    return waitFor('the limit of on-demand runs: two in 24 hours', remaining);
  }
  return {
    kind: 'step',
    step: START_CUTOVER_RUN,
    remaining: after,
    effects: ['this is the last replication: later changes on the source are not in the AMI'],
    ...(run !== undefined && {
      failure: {
        id: 'phase.run-failed',
        message: `the last replication of ${job.id} has ${run}`,
        remedy: `see why with \`landfall runs ${job.id}\`; the next apply starts it again`,
      },
    }),
  };
}

function waitFor(what: string, remaining: readonly string[]): PhaseDecision {
  return { kind: 'wait', reason: `waits for ${what}`, remaining };
}

import type { ReadinessContext } from '../../core/provider.ts';
import { gateReason } from './gates.ts';
import { factsOf, FINALIZE, type Mgn, type MgnJob, type MgnStep, START_CUTOVER } from './steps/sequence.ts';

/** Lists why a VM on AWS MGN is not ready for a phase; empty: it is ready, or past the phase. Pure. */
export function notReady(context: ReadinessContext<Mgn>): readonly string[] {
  const { phase, stage, job } = context;
  if (job === undefined) return phase === 'replicate' ? [] : ['it does not replicate'];
  const { stage: name, detail } = stage;
  const words = detail === undefined ? '' : `: ${detail}`;
  if (name === 'archived' || (name === 'finalized' && phase !== 'archive')) return [];
  if (name === 'lost') return [detail ?? 'it was disconnected before it was cut over'];
  switch (phase) {
    case 'replicate':
      return [];
    case 'test':
      return hasSnapshot(job)
        ? []
        : [`its initial sync has not completed${words}`, ...replicationProblem(job)];
    case 'ready':
      if (name === 'cut-over' || name === 'cutting-over' || name === 'ready-for-cutover') return [];
      return [...testProblem(job, words), ...replicationProblem(job)];
    case 'cutover': {
      if (name === 'cut-over') return [];
      if (name === 'cutting-over') return launchProblem(job, 'cut-over');
      const isSkipped = context.advance?.skipTest === true && hasSnapshot(job);
      const problems = [...(isSkipped ? [] : testProblem(job, words)), ...replicationProblem(job)];
      return problems.length > 0 ? problems : gateProblem(START_CUTOVER, job, context);
    }
    case 'finalize':
      if (name === 'cut-over') return gateProblem(FINALIZE, job, context);
      return [
        `it is not cut over; its stage is ${name.replaceAll('-', ' ')}`,
        ...(name === 'cutting-over' ? launchProblem(job, 'cut-over') : []),
      ];
    case 'archive':
      if (name !== 'finalized') return [`it is not finalized; its stage is ${name.replaceAll('-', ' ')}`];
      return factsOf(job).busy === true ? ['a job of AWS MGN processes it'] : [];
  }
}

/** What the next step would wait for, by the rules of the service and of the wave. */
function gateProblem(step: MgnStep, job: MgnJob, context: ReadinessContext<Mgn>): readonly string[] {
  const wait = gateReason(step, factsOf(job).lifecycle ?? '', job, context);
  return wait === undefined ? [] : [`it waits for ${wait.reason}`];
}

function hasSnapshot(job: MgnJob): boolean {
  const { lifecycle, shipped } = factsOf(job);
  if (lifecycle === 'NOT_READY' || lifecycle === 'STOPPED') return false;
  // In READY_FOR_TEST the service itself says that there is a snapshot.
  return lifecycle === 'READY_FOR_TEST' || shipped !== false;
}

/** Explains why a cut-over is not allowed before the test; a test that was launched is marked as passed by an apply. */
function testProblem(job: MgnJob, words: string): readonly string[] {
  const { lifecycle = 'unknown' } = factsOf(job);
  if (lifecycle === 'READY_FOR_CUTOVER') return [];
  if (lifecycle === 'TESTING') return launchProblem(job, 'test');
  return hasSnapshot(job) ? ['it has not been tested'] : [`its initial sync has not completed${words}`];
}

function launchProblem(job: MgnJob, what: string): readonly string[] {
  const { launch, launchError } = factsOf(job);
  if (launch === 'FAILED')
    return [
      `the launch of its ${what} instance failed${launchError === undefined ? '' : `: ${launchError}`}`,
    ];
  return launch === undefined || launch === 'LAUNCHED' ? [] : [`its ${what} instance is being launched`];
}

/** A cut-over from an old snapshot loses the later changes of the source. */
function replicationProblem(job: MgnJob): readonly string[] {
  const words = job.statusMessage === undefined ? '' : `: ${job.statusMessage}`;
  if (job.state === 'failing') return [`its replication is stalled${words}`];
  return job.state === 'paused' ? [`its replication is paused${words}`] : [];
}

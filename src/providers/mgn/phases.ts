import type { PhaseRules } from '../../core/phase-rules.ts';

/** The way of a VM on AWS MGN through its phases. */
export const mgnPhases: PhaseRules = {
  phases: ['replicate', 'test', 'cutover', 'finalize', 'archive'],
  batch: 200,
  makesJob: (step) => ['StartTest', 'StartCutover', 'TerminateTargetInstances'].includes(step),
  next: ({ job }) => (job === undefined ? undefined : { kind: 'reached' }),
};

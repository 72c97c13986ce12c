import type { PhaseRules } from '../../core/phase-rules.ts';

export const smsPhases: PhaseRules = {
  phases: ['replicate', 'cutover', 'finalize'],
  batch: 1,
  next: () => ({ kind: 'reached' }),
};

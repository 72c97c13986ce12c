import type { PhaseDecision, RollbackOfVm } from '../../../core/provider.ts';
import {
  disconnectedWords,
  END_TEST,
  factsOf,
  hasCutoverInstance,
  hasOldCutover,
  isBusy,
  type MgnFacts,
  type MgnJob,
  type MgnStep,
  TERMINATE,
} from './sequence.ts';

type Decision = PhaseDecision<MgnStep>;

/**
 * Decides the next step that takes a cut-over back: the server returns to READY_FOR_CUTOVER, and only then its instance
 * can be terminated (domain, MGN: agentless flow). Pure.
 */
export function rollbackCutover(job: MgnJob, { name, keepsInstance }: RollbackOfVm): Decision {
  const facts = factsOf(job);
  const { lifecycle = 'no lifecycle state', instance, archived } = facts;
  if (archived === true || lifecycle === 'CUTOVER') return refuseFinalized(name, facts);
  if (lifecycle === 'DISCONNECTED' && hasCutoverInstance(facts)) {
    return {
      kind: 'refused',
      id: 'phase.disconnected',
      message: `${name} was ${disconnectedWords(facts)}`,
      remedy: 'switch back to its source by hand, and end the instance in Amazon EC2 if nobody uses it',
    };
  }
  if (lifecycle === 'CUTTING_OVER') return takeBack(facts, keepsInstance);
  if (lifecycle === 'TESTING' || !hasOldCutover(facts)) {
    const what = facts.reverted === true ? 'its cut-over is already taken back' : 'nothing to take back';
    return { kind: 'reached', reason: `${lifecycle.toLowerCase().replaceAll('_', ' ')}; ${what}` };
  }
  const ofInstance = instance ?? 'its instance';
  if (isBusy(facts))
    return { kind: 'reached', reason: `already taken back; ${ofInstance} is being terminated` };
  if (keepsInstance) return { kind: 'reached', reason: `already taken back; ${ofInstance} continues to run` };
  const effects = [`terminates ${ofInstance}: what was written to it since its launch is lost`];
  return { kind: 'step', step: TERMINATE, remaining: [], effects, destroys: 'revert' };
}

/** Takes back a cut-over that has been launched, or whose launch has failed; a launch that is under way cannot be. */
function takeBack(facts: MgnFacts, keepsInstance: boolean): Decision {
  const { instance } = facts;
  const remaining = instance === undefined || keepsInstance ? [] : [TERMINATE];
  if (isBusy(facts)) {
    const reason = 'waits for its cut-over instance, which is being launched';
    return { kind: 'wait', reason, remaining: [END_TEST, ...remaining], actor: 'service' };
  }
  const ofInstance = keepsInstance
    ? `${instance ?? ''} continues to run, and is no longer the cut-over`
    : `${instance ?? ''} is terminated next: what was written to it since its launch is lost`;
  const effects = ['the cut-over is taken back', ...(instance === undefined ? [] : [ofInstance])];
  return { kind: 'step', step: END_TEST, remaining, effects, destroys: 'revert' };
}

function refuseFinalized(name: string, { instance, archived }: MgnFacts): Decision {
  const what = archived === true ? 'archived' : 'finalized: FinalizeCutover cannot be undone';
  return {
    kind: 'refused',
    id: 'phase.not-back',
    message: `${name} is ${what}, and its replication has ended`,
    remedy: `switch back to its source by hand${instance === undefined ? '' : `; ${instance} continues to run`}; to replicate it again, delete its source server in AWS MGN`,
  };
}

import type { ReplicationRun as WireRun } from '@aws-sdk/client-sms';
import type { ReplicationRun, RunState } from '../../core/operations.ts';
import { modelSpelling } from './wire-word.ts';

const STATES: ReadonlyMap<string, RunState> = new Map([
  ['PENDING', 'pending'],
  ['MISSED', 'missed'],
  ['ACTIVE', 'active'],
  ['FAILED', 'failed'],
  ['COMPLETED', 'completed'],
  ['DELETING', 'deleting'],
  ['DELETED', 'deleted'],
]);

const TYPES: ReadonlyMap<string, ReplicationRun['type']> = new Map([
  ['AUTOMATIC', 'automatic'],
  ['ON_DEMAND', 'on-demand'],
]);

/** A run as landfall sees it; undefined for one without an id, which nothing can be said about. */
export function readRun(run: WireRun): ReplicationRun | undefined {
  const { replicationRunId: id, stageDetails, statusMessage, description, amiId } = run;
  const { scheduledStartTime: scheduled, completedTime: completed } = run;
  if (id === undefined) return undefined;
  return {
    id,
    state: STATES.get(modelSpelling(run.state)) ?? 'unknown',
    type: TYPES.get(modelSpelling(run.type)) ?? 'unknown',
    ...(stageDetails?.stage !== undefined && { stage: stageDetails.stage }),
    ...(stageDetails?.stageProgress !== undefined && { progress: stageDetails.stageProgress }),
    ...(statusMessage !== undefined && { statusMessage }),
    ...(description !== undefined && { description }),
    ...(amiId !== undefined && { amiId }),
    ...(scheduled !== undefined && { scheduledAt: scheduled.getTime() }),
    ...(completed !== undefined && { completedAt: completed.getTime() }),
  };
}

import type { ReplicationRun } from '../core/operations.ts';
import { formatInstant, type Instant } from '../core/time.ts';
import { runMilliseconds } from './run-words.ts';

/** A run as JSON; what the service does not tell is left out. `duration_ms` counts from the scheduled time. */
export function toRun(run: ReplicationRun): object {
  const { id, state, type, stage, progress, statusMessage, description, amiId, scheduledAt, completedAt } =
    run;
  return {
    id,
    state,
    type,
    stage,
    progress,
    status_message: statusMessage,
    description,
    ami_id: amiId,
    scheduled_at: toTime(scheduledAt),
    completed_at: toTime(completedAt),
    duration_ms: runMilliseconds(run),
  };
}

export function toTime(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : formatInstant(instant);
}

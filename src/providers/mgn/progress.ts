import type { ObservedJob } from '../../core/observed.ts';
import type { VmProgress } from '../../core/status.ts';

const LAUNCHES: Readonly<Record<string, string>> = {
  PENDING: 'a launch waits',
  IN_PROGRESS: 'launching',
  FAILED: 'launch failed',
};

/** How far a source server is, in the service's words: its lifecycle, its replication, its instance. */
export function progress({ state, statusMessage, facts = {} }: ObservedJob): VmProgress {
  const { lifecycle = 'unknown', replication, archived, launch, instance, busy } = facts;
  const replicating = statusMessage ?? (replication === undefined ? undefined : words(replication));
  const launched = LAUNCHES[launch ?? ''];
  const syncing = lifecycle === 'NOT_READY' && (state === 'active' || state === 'pending');
  return {
    stage: archived === 'true' ? 'archived' : [words(lifecycle), launched].filter(isText).join(', '),
    ...(replicating !== undefined && { replication: replicating }),
    ...(instance !== undefined && { instanceId: instance }),
    isMoving: busy === 'true' || syncing,
  };
}

function words(constant: string): string {
  return constant.toLowerCase().replaceAll('_', ' ');
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}

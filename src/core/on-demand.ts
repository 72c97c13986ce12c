import type { ReplicationRun } from './operations.ts';
import type { Subject } from './status.ts';

/** What became of the on-demand run of one VM. */
export type OnDemandResult =
  | {
      readonly status: 'started';
      readonly subject: Subject;
      readonly runId: string;
      readonly run?: ReplicationRun;
      /** Its job was gone before its end had been seen: how it ended nobody knows. */
      readonly lost?: true;
    }
  /** Not asked for, because the service or a cap would not have it. */
  | { readonly status: 'refused'; readonly subject: Subject; readonly reason: string }
  /** Asked for in vain. */
  | {
      readonly status: 'failed';
      readonly subject: Subject;
      readonly code: string;
      readonly message: string;
      readonly remedy?: string;
    };

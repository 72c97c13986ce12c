import { displayInstant, formatDuration, type Instant } from './time.ts';

/** An object in S3, or in a store that speaks its API, that is there while a target is locked. */
export interface S3Lock {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the target's. */
  readonly region?: string;
  /** URL; absent: AWS itself. */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path of URLs; absent: it does where there is an endpoint. */
  readonly forcePathStyle?: boolean;
}

/** Who holds a lock, as the lock itself says. All of it was written by others. */
export interface LockHolder {
  readonly id: string;
  /** The command. */
  readonly operation: string;
  readonly project: string;
  /** One target, or several that share the lock, with commas between them. */
  readonly target: string;
  /** `user@host`, or who started the pipeline. */
  readonly who: string;
  /** ISO 8601. */
  readonly since: string;
  /** The pipeline's run, or the process. */
  readonly from: string;
  /** The commit that was checked out. */
  readonly commit?: string;
  readonly host?: string;
  readonly pid?: number;
}

/** What was found where a lock stands. */
export interface FoundLock {
  /** What `force-unlock` takes: the holder's id, or one made up for something that nobody of ours wrote. */
  readonly id: string;
  /** Tells this lock from any other that stands in its place later. */
  readonly tag: string;
  /** Absent: what is there cannot be read as a lock. */
  readonly holder?: LockHolder;
  /** Its beginning, where it cannot be read. */
  readonly excerpt?: string;
}

/** What taking a lock came to. */
export type LockAttempt =
  | {
      readonly taken: true;
      /** A lock was in the way whose process is dead. */
      readonly deadHolder?: LockHolder;
    }
  | { readonly taken: false; readonly found: FoundLock };

/** The port to a place where a lock can stand. Every method throws LandfallError where it cannot be found out. */
export interface LockStore {
  /** For people: `s3://bucket/key`, or a path. The same place has the same words. */
  readonly place: string;
  /** Takes the lock where nobody has it. Of any number who try at the same time, one succeeds. */
  take(holder: LockHolder): Promise<LockAttempt>;
  read(): Promise<FoundLock | undefined>;
  /** @returns false where that lock is not there any more: nothing was removed */
  remove(found: FoundLock): Promise<boolean>;
  close(): void;
}

/** Who holds a lock, since when, from where and at which commit, on one line; nothing in it is escaped yet. */
export function describeLockHolder(found: FoundLock, now: Instant): string {
  const { holder, excerpt = '' } = found;
  if (holder === undefined) {
    return `there is an object that is not a lock of landfall: ${excerpt === '' ? 'an empty file' : JSON.stringify(excerpt)}`;
  }
  const { who, operation, project, target, from, commit } = holder;
  const at = commit === undefined ? '' : `, at commit ${commit.slice(0, 12)}`;
  return `${who} holds it since ${describeLockStart(holder, now)} for ${operation} of ${project}, target ${target}, from ${from}${at}`;
}

function describeLockStart({ since }: LockHolder, now: Instant): string {
  const instant = Date.parse(since);
  if (Number.isNaN(instant)) return 'an unknown time';
  return `${displayInstant(instant)} (${formatDuration(now - instant)} ago)`;
}

/** `target production`, or `targets a and b`, which share a lock. */
export function describeTargets(names: readonly string[]): string {
  return names.length === 1 ? `target ${names[0] ?? ''}` : `targets ${names.join(', ')}`;
}

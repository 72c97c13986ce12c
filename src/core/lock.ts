import { displayInstant, formatDuration, type Instant } from './time.ts';

/** An object in S3, or in a store with the same API, that exists while a target is locked. */
export interface S3Lock {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the target's. */
  readonly region?: string;
  /** URL; absent: AWS itself. */
  readonly endpoint?: string;
  /** Whether URLs contain the bucket in their path; absent: only if there is an `endpoint`. */
  readonly forcePathStyle?: boolean;
}

/** Who holds a lock, as the lock itself says. It is not trusted: anybody may have written it. */
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

/** What is stored in the place of a lock. */
export interface FoundLock {
  /** The id for `force-unlock`: the holder's, or a generated one if landfall did not write the object. */
  readonly id: string;
  /** Differs from the tag of any later lock in the same place. */
  readonly tag: string;
  /** Absent: what is there cannot be read as a lock. */
  readonly holder?: LockHolder;
  /** The beginning of the content, if it cannot be read as a lock. */
  readonly excerpt?: string;
}

/** The result of an attempt to take a lock. */
export type LockAttempt =
  | {
      readonly taken: true;
      /** The holder of the lock that was replaced because its process is dead. */
      readonly deadHolder?: LockHolder;
    }
  | { readonly taken: false; readonly found: FoundLock };

/** The port to the place of a lock. Every method throws a LandfallError if the place cannot be read or written. */
export interface LockStore {
  /** The place, for people: `s3://bucket/key`, or a path. The same place has the same text. */
  readonly place: string;
  /** Takes the lock if nobody holds it. If several runs try at the same time, one succeeds. */
  take(holder: LockHolder): Promise<LockAttempt>;
  read(): Promise<FoundLock | undefined>;
  /** @returns false if that lock no longer exists: nothing was removed */
  remove(found: FoundLock): Promise<boolean>;
  close(): void;
}

/** Describes on one line who holds a lock, since when, from where and at which commit. Callers escape the result. */
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

/** Names targets that share a lock: `target production`, or `targets a, b`. */
export function describeTargets(names: readonly string[]): string {
  return names.length === 1 ? `target ${names[0] ?? ''}` : `targets ${names.join(', ')}`;
}

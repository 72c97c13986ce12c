import { hideSecrets } from './text.ts';

/** Exit codes of the program (design: command line). */
export const EXIT = {
  done: 0,
  error: 1,
  changes: 2,
  refused: 3,
  stale: 4,
  locked: 5,
  partial: 6,
  waiting: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes of errors that end a run. Concerns have ids of their own (concern-ids.ts). */
export type ErrorCode =
  | 'USAGE'
  | 'PROJECT_NOT_FOUND'
  | 'TARGET_UNKNOWN'
  | 'WAVE_UNKNOWN'
  | 'VM_UNKNOWN'
  | 'VM_AMBIGUOUS'
  | 'CONNECTOR_UNKNOWN'
  | 'APPROVAL_NEEDED'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'FILE_EXISTS'
  | 'INVENTORY_INVALID'
  | 'MANIFESTS_INVALID'
  | 'CATALOG_LATE'
  | 'NOT_SUPPORTED'
  | 'GIT_FAILED'
  | 'REVISION_UNKNOWN'
  | 'PLAN_FILE_INVALID'
  | 'PLAN_STALE'
  | 'PLAN_DIFFERS'
  | 'PLAN_MISSING'
  | 'LOCK_HELD'
  | 'LOCK_LOST'
  | 'LOCK_NOT_HELD'
  | 'LOCK_OTHER'
  | 'LOCK_UNSUPPORTED'
  | 'LOCAL_HELD'
  | 'LOCAL_BROKEN_STATE'
  | 'LOCAL_BAD_INVENTORY'
  | 'LOCAL_BAD_FAULTS'
  | 'LOCAL_BAD_TIME'
  | 'LOCAL_NOT_RUNNING'
  | 'LOCAL_NOT_INITIALIZED'
  | 'LOCAL_PORT_TAKEN'
  | 'LOCAL_UNWRITABLE'
  | 'LOCAL_FOREIGN_FOLDER'
  | 'ACCOUNT_MISMATCH'
  | 'CREDENTIALS_MISSING'
  | 'CREDENTIALS_REFUSED'
  | 'ENDPOINT_UNREACHABLE'
  | 'THROTTLED'
  | 'SERVICE_ERROR'
  | 'COMMENT_INVALID'
  | 'PULL_REQUEST_MISSING'
  | 'TOKEN_MISSING'
  | 'PLATFORM_UNKNOWN'
  | 'PLATFORM_REFUSED'
  | 'PLATFORM_UNREACHABLE'
  | 'PLATFORM_ERROR'
  | 'RUN_UNFINISHED'
  | 'INTERNAL';

/** Codes of a run that another run's lock keeps from working, whatever else happened. */
const LOCKED: ReadonlySet<ErrorCode> = new Set(['LOCK_HELD', 'LOCK_LOST']);

/** An error that ends a run, or one change of it. The user sees its message and remedy, never a stack trace. */
export class LandfallError extends Error {
  override readonly name = 'LandfallError';
  readonly code: ErrorCode;
  /** Who can fix it: the user, the service, or landfall itself. */
  readonly source: 'user' | 'service' | 'landfall';
  /** What to do; begins in lower case. */
  readonly remedy: string | undefined;
  readonly place: Place | undefined;
  readonly exitCode: ExitCode;

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      readonly source?: 'user' | 'service' | 'landfall';
      readonly remedy?: string;
      readonly place?: Place;
      readonly exitCode?: ExitCode;
      readonly cause?: unknown;
    } = {},
  ) {
    super(hideSecrets(message), { cause: more.cause });
    this.code = code;
    this.source = more.source ?? 'user';
    this.remedy = more.remedy === undefined ? undefined : hideSecrets(more.remedy);
    this.place = more.place;
    this.exitCode = more.exitCode ?? (LOCKED.has(code) ? EXIT.locked : EXIT.error);
  }
}

/** A position in a file. Lines and columns count from 1, columns in UTF-16 code units, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The line a place is on, for showing with a caret under the wrong part. */
export interface Excerpt {
  /** The text of the line `Place.line`, as it is in the file (unescaped: renderers escape it). */
  readonly text: string;
  /** How many code units the caret underlines, at least 1, starting at `Place.column`. */
  readonly length: number;
}

/** `file:line:column`, the form editors and terminals make clickable. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

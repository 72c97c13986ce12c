import { type ErrorCode, LandfallError } from '../core/error.ts';

/** A comment on a platform. Everything in it is untrusted. */
export interface Comment {
  readonly id: string;
  readonly body: string;
  readonly url: string;
  /** Whether the token's user wrote it; undefined if that cannot be found out. */
  readonly isOwn: boolean | undefined;
}

/** A label as it is created. */
interface Label {
  readonly name: string;
  /** Six hexadecimal digits. */
  readonly color: string;
  readonly description: string;
}

/** The port to the comments and labels of one pull or merge request. Errors are LandfallErrors (see `PlatformCallError`). */
export interface Platform {
  /** The longest comment, in UTF-16 code units: never more than the platform counts. */
  readonly maxLength: number;
  /** Rewrites a comment in the Markdown of the platform; absent: the platform understands that of GitHub. */
  readonly adapt?: (body: string) => string;
  /** Reads all comments of people and programs from every page, oldest first. */
  list(): Promise<readonly Comment[]>;
  /** Adds a comment, in one call: after a lost reply the caller checks whether the comment exists. */
  create(body: string): Promise<Comment>;
  /** Edits a comment; resolves to nothing if the comment is gone or the token may not edit it. */
  update(comment: Comment, body: string): Promise<Comment | undefined>;
  /** Hides outdated comments; resolves to those that could not be hidden. */
  hide(comments: readonly Comment[]): Promise<readonly Comment[]>;
  /** Reads the names of all labels; in lower case where the platform does not distinguish case. */
  labels(): Promise<readonly string[]>;
  /** Adds labels, which are created if the repository does not have them, and removes labels by name. */
  changeLabels(add: readonly Label[], remove: readonly string[]): Promise<void>;
}

/** A failed call to a platform. Its message never contains the token. */
export class PlatformCallError extends LandfallError {
  /** The HTTP status; undefined without an answer. */
  readonly status: number | undefined;
  /** Whether the call may succeed when it is repeated. */
  readonly isTransient: boolean;
  /** How long the platform asks to wait before the next call, in milliseconds. */
  readonly wait: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { status?: number; isTransient?: boolean; wait?: number | undefined; remedy?: string } = {},
  ) {
    super(code, message, { source: 'service', ...(more.remedy !== undefined && { remedy: more.remedy }) });
    this.status = more.status;
    this.isTransient = more.isTransient ?? false;
    this.wait = more.wait;
  }
}

/** Runs a call; returns nothing where the platform refuses it (403) or its object is gone (404), or for other statuses. */
export async function unlessRefused<T>(
  call: () => Promise<T>,
  statuses: readonly number[] = [403, 404],
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PlatformCallError && !error.isTransient && statuses.includes(error.status ?? 0))
      return undefined;
    throw error;
  }
}

/** Wraps a call whose result does not change, so that it is made once, when it is first needed. */
export function once<T>(call: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= call());
}

/** Reads a field of an answer, which may have any form. */
export function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}

export function textOf(data: unknown): string {
  return typeof data === 'string' ? data : '';
}

/** Reads an id: a number or a text. */
export function idOf(data: unknown): string {
  return typeof data === 'number' ? String(data) : textOf(data);
}

export function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as readonly unknown[]) : [];
}

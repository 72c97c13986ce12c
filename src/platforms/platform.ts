import { type ErrorCode, LandfallError } from '../core/error.ts';

/** A comment as a platform has it. Everything in it is untrusted. */
export interface Comment {
  readonly id: string;
  readonly body: string;
  readonly url: string;
  /** Whether the token's user wrote it; undefined where the platform does not let one tell. */
  readonly isOwn: boolean | undefined;
}

/** The port to the comments of one pull or merge request. Errors are LandfallErrors (see `CallFailed`). */
export interface Platform {
  /** Most characters of a comment, in UTF-16 code units: never more than the platform counts. */
  readonly maxLength: number;
  /** All comments that people or programs wrote, oldest first, from every page. */
  list(): Promise<readonly Comment[]>;
  /** Adds a comment, in one try: after a lost reply the caller looks whether it is there. */
  create(body: string): Promise<Comment>;
  /** Undefined: the comment is gone, or the token may not edit it. */
  update(comment: Comment, body: string): Promise<Comment | undefined>;
  /** Puts comments that are outdated out of sight; resolves to those that it could not hide. */
  hide(comments: readonly Comment[]): Promise<readonly Comment[]>;
}

/** A call to a platform that did not work. Its message holds nothing of the token. */
export class PlatformCallError extends LandfallError {
  /** The HTTP status; absent where there was no answer. */
  readonly status: number | undefined;
  /** Whether it may work when it is tried again. */
  readonly isTransient: boolean;
  /** How long the platform asks to be left alone, in milliseconds. */
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

/** Fields of what a platform sent, which may be anything. */
export function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}

export function textOf(data: unknown): string {
  return typeof data === 'string' ? data : '';
}

/** An id: a number or a text. */
export function idOf(data: unknown): string {
  return typeof data === 'number' ? String(data) : textOf(data);
}

export function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as readonly unknown[]) : [];
}

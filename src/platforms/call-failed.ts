import { type ErrorCode, LandfallError } from '../core/error.ts';

/** A call to a platform that did not work. Its message holds nothing of the token. */
export class CallFailed extends LandfallError {
  /** The HTTP status; absent where there was no answer. */
  readonly status: number | undefined;
  /** Whether it may work when it is tried again. */
  readonly passes: boolean;
  /** How long the platform asks to be left alone, in milliseconds. */
  readonly wait: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { status?: number; passes?: boolean; wait?: number | undefined; remedy?: string } = {},
  ) {
    super(code, message, { source: 'service', ...(more.remedy !== undefined && { remedy: more.remedy }) });
    this.status = more.status;
    this.passes = more.passes ?? false;
    this.wait = more.wait;
  }
}

type LocalErrorCode =
  | 'HELD'
  | 'BROKEN_STATE'
  | 'BAD_INVENTORY'
  | 'BAD_FAULTS'
  | 'BAD_TIME'
  | 'NOT_RUNNING'
  | 'NOT_INITIALIZED'
  | 'PORT_TAKEN'
  | 'UNWRITABLE'
  | 'FOREIGN_FOLDER';

/** An error for the user of the endpoint. Errors of the simulated services are answers to their clients instead. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;
  /** What to do; begins in lower case. */
  readonly remedy: string;
  /** The place in an inventory, counted from 1. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The value that is wrong in an object of faults: the keys and indexes that lead to it. */
  readonly path: readonly string[] | undefined;

  constructor(
    code: LocalErrorCode,
    message: string,
    remedy: string,
    more: {
      readonly line?: number;
      readonly column?: number;
      readonly path?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.remedy = remedy;
    this.line = more.line;
    this.column = more.column;
    this.path = more.path;
  }
}

/** Turns an error of the file system into a LocalError. Returns any other error as it is. */
export function toUnwritableError(folder: string, cause: unknown): unknown {
  const code = cause instanceof LocalError ? undefined : errnoOf(cause);
  if (code === undefined) return cause;
  const remedy = 'check its permissions and the free space, or choose another folder';
  return new LocalError('UNWRITABLE', `cannot write to the folder ${folder} (${code})`, remedy, { cause });
}

/** Returns the code of an error of the operating system, such as `ENOENT`. */
export function errnoOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** An error that a simulated service answers with. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Sent as `__type`. */
  readonly code: string;
  readonly status: number;
  /** Further members of the error. */
  readonly details: object;

  constructor(code: string, message: string, status = 400, details: object = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message);
export const operationNotPermitted = (message: string) =>
  new ServiceError('OperationNotPermittedException', message);

type LocalErrorCode =
  | 'HELD'
  | 'BROKEN_STATE'
  | 'BAD_INVENTORY'
  | 'BAD_FAULTS'
  | 'BAD_TIME'
  | 'NOT_RUNNING'
  | 'PORT_TAKEN'
  | 'UNWRITABLE';

/** An error of the endpoint's own surface; errors of the service travel over the wire instead. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;
  /** What to do; begins in lower case. */
  readonly remedy: string;
  /** Where in the inventory, counted from 1. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    code: LocalErrorCode,
    message: string,
    remedy: string,
    more: { readonly line?: number; readonly column?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.remedy = remedy;
    this.line = more.line;
    this.column = more.column;
  }
}

/** What a failing file system comes to; any other error goes on as it is. */
export function toUnwritableError(folder: string, cause: unknown): unknown {
  const code = cause instanceof LocalError ? undefined : errnoOf(cause);
  if (code === undefined) return cause;
  const remedy = 'check its permissions and the free space, or choose another folder';
  return new LocalError('UNWRITABLE', `cannot write to the folder ${folder} (${code})`, remedy, { cause });
}

/** The code that Node gives an error of the operating system, `ENOENT` and the like. */
export function errnoOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** An error as the service answers it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Goes out as `__type`. */
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

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

export const invalid = (message: string) => new ServiceError('InvalidParameterException', message);
export const notPermitted = (message: string) => new ServiceError('OperationNotPermittedException', message);

import { LandfallError } from '../core/error.ts';

/** Whether an error of a call goes back to the service's own exception of that name. */
export function isServiceError(error: unknown, name: string): boolean {
  return error instanceof LandfallError && (error.cause as Partial<Error> | undefined)?.name === name;
}

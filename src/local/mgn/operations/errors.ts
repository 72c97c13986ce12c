import { ServiceError } from '../../errors.ts';

/** A wrong member of a request, and what is wrong with it. */
export interface WrongField {
  readonly name: string;
  readonly message: string;
}

export const invalidRequest = (message: string, fieldList: readonly WrongField[] = []) =>
  new ServiceError('ValidationException', message, 400, {
    reason: fieldList.length > 0 ? 'fieldValidationFailed' : 'other',
    fieldList,
  });

export const unparsableRequest = (message: string) =>
  new ServiceError('ValidationException', message, 400, { reason: 'cannotParse', fieldList: [] });

export const uninitialized = () =>
  new ServiceError('UninitializedAccountException', 'Account not initialized');

export const accessDenied = (message: string) => new ServiceError('AccessDeniedException', message, 403);

export const notFound = (resourceType: string, resourceId: string) =>
  new ServiceError('ResourceNotFoundException', `${resourceType} ${resourceId} not found.`, 404, {
    resourceId,
    resourceType,
  });

/** @param errors the resources that prevent the change */
export const conflict = (message: string, resourceType: string, resourceIds: readonly string[]) =>
  new ServiceError('ConflictException', message, 409, {
    ...(resourceIds.length === 1 ? { resourceId: resourceIds[0], resourceType } : {}),
    errors: resourceIds.map((resourceId) => ({ resourceId, resourceType, message })),
  });

/** @param quotaCode the code in Service Quotas, as far as it is known */
export const quotaExceeded = (what: string, quotaValue: number, quotaCode?: string) =>
  new ServiceError('ServiceQuotaExceededException', `The limit of ${quotaValue} ${what} is exceeded.`, 402, {
    serviceCode: 'mgn',
    quotaCode,
    quotaValue,
  });

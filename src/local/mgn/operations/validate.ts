import type { ErrorObject } from 'ajv';
import { absentNulls, explainError, memberOf } from '../../validation.ts';
import { ACCOUNT } from './context.ts';
import { accessDenied, invalidRequest, type WrongField } from './errors.ts';
import { membersOf } from './request-forms.ts';
import { mgnRequestValidators } from './request-validators.ts';

/** The number of wrong members that an error lists. */
const MAX_LISTED_FIELDS = 20;

/**
 * Checks the input of an operation. Unknown members and members that are null count as absent.
 * @throws ServiceError ValidationException with a list of the wrong members
 */
export function inputOf(operation: string, body: object): object {
  const members = membersOf(operation);
  const check = mgnRequestValidators.get(operation);
  const known = Object.entries(absentNulls(body)).filter(([name]) => Object.hasOwn(members, name));
  const input = Object.fromEntries(known) as { readonly accountID?: string };
  if (!check(input)) throw validationError(check.errors ?? []);
  if (input.accountID !== undefined && input.accountID !== ACCOUNT) {
    throw accessDenied(`Account ${input.accountID} is not managed by this account.`);
  }
  return input;
}

function validationError(errors: readonly ErrorObject[]): Error {
  const fields = new Map<string, WrongField>();
  for (const error of errors) {
    const name = memberOf(error);
    if (!fields.has(name) && fields.size < MAX_LISTED_FIELDS)
      fields.set(name, { name, message: error.keyword === 'required' ? 'is required' : explainError(error) });
  }
  const fieldList = [...fields.values()];
  const [first] = fieldList;
  const rest = fieldList.length > 1 ? ` and ${fieldList.length - 1} more` : '';
  return invalidRequest(
    `Invalid request: ${first?.name ?? 'the body'} ${first?.message ?? 'is wrong'}${rest}.`,
    fieldList,
  );
}

import { readFileSync } from 'node:fs';
import type { ErrorObject } from 'ajv';
import { absentNulls, checksByOperation, createValidator, explainError, memberOf } from '../../validation.ts';
import { ACCOUNT } from './context.ts';
import { accessDenied, invalidRequest, type WrongField } from './errors.ts';

/** The form of an operation's request: its members, and the names of their shapes. */
interface RequestForm {
  readonly method?: 'GET' | 'DELETE';
  /** Present if the path is not the operation's name. */
  readonly path?: string;
  /** The status of an answer; 200 if absent. */
  readonly status?: number;
  /** Names of sets of further members. */
  readonly takes?: readonly string[];
  readonly required?: Readonly<Record<string, string>>;
  readonly optional?: Readonly<Record<string, string>>;
}

interface RequestFile {
  readonly shapes: object;
  readonly sets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly operations: Readonly<Record<string, RequestForm>>;
}

/** The number of wrong members that an error lists. */
const MAX_LISTED_FIELDS = 20;

const { shapes, sets, operations } = JSON.parse(
  readFileSync(new URL('./requests.json', import.meta.url), 'utf8'),
) as RequestFile;
const ajv = createValidator(true);
ajv.addSchema({ $id: 'mgn', definitions: shapes });

export const REQUEST_FORMS: ReadonlyMap<string, RequestForm> = new Map(Object.entries(operations));

const checksOf = checksByOperation((operation) => {
  const { takes = [], required = {}, optional = {} } = REQUEST_FORMS.get(operation) ?? {};
  const members = Object.assign({}, ...takes.map((set) => sets[set]), required, optional) as object;
  const properties = Object.entries(members).map(([name, shape]) => [
    name,
    { $ref: `mgn#/definitions/${String(shape)}` },
  ]);
  const check = ajv.compile({
    type: 'object',
    required: Object.keys(required),
    properties: Object.fromEntries(properties) as object,
  });
  return { members, check };
});

/**
 * Checks the input of an operation. Unknown members and members that are null count as absent.
 * @throws ServiceError ValidationException with a list of the wrong members
 */
export function inputOf(operation: string, body: object): object {
  const { members, check } = checksOf(operation);
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

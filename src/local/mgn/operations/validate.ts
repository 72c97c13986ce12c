import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { ACCOUNT } from './context.ts';
import { accessDenied, invalidRequest, type WrongField } from './errors.ts';

/** What a request of an operation looks like; members are named with their shapes. */
interface RequestForm {
  readonly method?: 'GET' | 'DELETE';
  /** Where the path is not the operation's name. */
  readonly path?: string;
  /** Of an answer; 200 where it is absent. */
  readonly status?: number;
  /** Sets of members that it takes besides. */
  readonly takes?: readonly string[];
  readonly required?: Readonly<Record<string, string>>;
  readonly optional?: Readonly<Record<string, string>>;
}

interface RequestFile {
  readonly shapes: object;
  readonly sets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly operations: Readonly<Record<string, RequestForm>>;
}

/** Wrong members that an error lists. */
const MAX_LISTED_FIELDS = 20;

const { shapes, sets, operations } = JSON.parse(
  readFileSync(new URL('./requests.json', import.meta.url), 'utf8'),
) as RequestFile;
const ajv = new Ajv({ strictTypes: false, strictRequired: false, allErrors: true });
ajv.addSchema({ $id: 'mgn', definitions: shapes });

export const REQUEST_FORMS: ReadonlyMap<string, RequestForm> = new Map(Object.entries(operations));

const compiled = new Map<string, ValidateFunction>();

/**
 * The members of a request that its operation knows; those that are null count as absent.
 * @throws ServiceError ValidationException listing what is wrong
 */
export function inputOf(operation: string, body: object): object {
  const form = REQUEST_FORMS.get(operation) ?? {};
  const members = membersOf(form);
  const input = Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) =>
      Object.hasOwn(members, name) ? [[name, dropNulls(value)]] : [],
    ),
  );
  const check = compiled.get(operation) ?? compile(form, members);
  compiled.set(operation, check);
  if (!check(withoutUndefined(input))) throw validationError(check.errors ?? []);
  const known = withoutUndefined(input) as { readonly accountID?: string };
  if (known.accountID !== undefined && known.accountID !== ACCOUNT) {
    throw accessDenied(`Account ${known.accountID} is not managed by this account.`);
  }
  return known;
}

function membersOf({
  takes = [],
  required = {},
  optional = {},
}: RequestForm): Readonly<Record<string, string>> {
  return Object.assign({}, ...takes.map((set) => sets[set]), required, optional) as Readonly<
    Record<string, string>
  >;
}

function compile(
  { required = {} }: RequestForm,
  members: Readonly<Record<string, string>>,
): ValidateFunction {
  const properties = Object.entries(members).map(([name, shape]) => [
    name,
    { $ref: `mgn#/definitions/${shape}` },
  ]);
  return ajv.compile({
    type: 'object',
    required: Object.keys(required),
    properties: Object.fromEntries(properties) as object,
  });
}

/** Members of structures that are null count as absent too. */
function dropNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value) || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function withoutUndefined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function validationError(errors: readonly ErrorObject[]): Error {
  const fields = new Map<string, WrongField>();
  for (const error of errors) {
    const name = nameOf(error);
    if (!fields.has(name) && fields.size < MAX_LISTED_FIELDS)
      fields.set(name, { name, message: messageOf(error) });
  }
  const fieldList = [...fields.values()];
  const [first] = fieldList;
  const rest = fieldList.length > 1 ? ` and ${fieldList.length - 1} more` : '';
  return invalidRequest(
    `Invalid request: ${first?.name ?? 'the body'} ${first?.message ?? 'is wrong'}${rest}.`,
    fieldList,
  );
}

function nameOf({ instancePath, params, keyword, propertyName }: ErrorObject): string {
  const { missingProperty } = params as { missingProperty?: string };
  const last = keyword === 'required' ? missingProperty : propertyName;
  const steps = instancePath.split('/').slice(1);
  return [...steps, ...(last === undefined ? [] : [last.slice(0, 64)])].join('.');
}

function messageOf({ keyword, params, message = 'is wrong' }: ErrorObject): string {
  const { allowedValues } = params as { allowedValues?: readonly string[] };
  if (keyword === 'required') return 'is required';
  return allowedValues === undefined ? message : `must be one of ${allowedValues.join(', ')}`;
}

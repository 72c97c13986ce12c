import { readFileSync } from 'node:fs';

/** The form of an operation's request: its members, and the names of their shapes. */
export interface RequestForm {
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

const { shapes, sets, operations } = JSON.parse(
  readFileSync(new URL('./requests.json', import.meta.url), 'utf8'),
) as RequestFile;

export const REQUEST_FORMS: ReadonlyMap<string, RequestForm> = new Map(Object.entries(operations));

/** The shapes of members, by name. */
export const REQUEST_SHAPES = shapes;

const members = new Map<string, Readonly<Record<string, string>>>();

/** Returns the shape of each member that a request of an operation may have. */
export function membersOf(operation: string): Readonly<Record<string, string>> {
  const known = members.get(operation);
  if (known !== undefined) return known;
  const { takes = [], required, optional } = REQUEST_FORMS.get(operation) ?? {};
  const found = Object.assign({}, ...takes.map((set) => sets[set]), required, optional) as typeof known & {};
  members.set(operation, found);
  return found;
}

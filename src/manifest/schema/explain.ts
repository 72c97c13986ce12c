import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import { problem, type Problem } from '../source.ts';
import { shorten } from '../../core/text.ts';
import { suggest } from '../../core/suggest.ts';
import { keyRangeOf, type Node, nodeAt, type Path, rangeOf } from '../yaml/node.ts';
import { explainValue } from './explain-value.ts';

/** Said by checkDocument, in better words. */
const HEADER_KEYS = new Set(['apiVersion', 'kind']);

/**
 * Turns the validator's errors into problems with places, one for each thing that is wrong. Of the values at
 * `unknown` it has been said already what is wrong.
 */
export function explainErrors(
  errors: readonly ErrorObject[],
  schema: AnySchemaObject,
  root: Node,
  text: string,
  unknown: readonly Path[],
): { problems: Problem[]; wrong: Path[] } {
  const explainer = new Explainer(schema, root, text, unknown);
  // In this order, as a key that is there with a typing mistake is not missing as well.
  for (const error of errors) if (isUnknownKey(error)) explainer.unknownKey(error);
  for (const error of errors) if (!isUnknownKey(error) && error.keyword !== 'anyOf') explainer.other(error);
  for (const error of errors) if (error.keyword === 'anyOf') explainer.unidentified(error);
  return { problems: explainer.problems, wrong: explainer.wrong };
}

function isUnknownKey({ keyword }: ErrorObject): boolean {
  return keyword === 'unevaluatedProperties' || keyword === 'additionalProperties';
}

class Explainer {
  readonly problems: Problem[] = [];
  readonly wrong: Path[] = [];
  readonly #schema: AnySchemaObject;
  readonly #root: Node;
  readonly #text: string;
  /** Values that are explained already, by their pointer. */
  readonly #explained = new Set<string>();
  /** Mappings with a merge key, which may stand for any key that is missing. */
  readonly #merging = new Set<string>();
  /** Keys that were meant by unknown ones, as pointers. */
  readonly #meant = new Set<string>();

  constructor(schema: AnySchemaObject, root: Node, text: string, unknown: readonly Path[]) {
    this.#schema = schema;
    this.#root = root;
    this.#text = text;
    this.wrong.push(...unknown);
    for (const path of unknown) {
      this.#explained.add(toPointer(path));
      if (path.at(-1) === '<<') this.#merging.add(toPointer(path.slice(0, -1)));
    }
  }

  unknownKey({ instancePath, params, parentSchema }: ErrorObject): void {
    const key = String(params['unevaluatedProperty'] ?? params['additionalProperty']);
    const known = knownKeys(parentSchema ?? {}, this.#schema);
    // Where another key of the mapping is wrong, the validator also calls sound ones unevaluated.
    if (known.includes(key)) return;
    const path = [...parsePointer(instancePath), key];
    const meant = suggest(key, known);
    if (meant !== undefined) this.#meant.add(`${instancePath}/${meant}`);
    const remedy = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    const range = keyRangeOf(this.#root, path);
    this.#add(path, problem('schema.unknown-key', range, `unknown key ${shorten(key)}`, remedy));
  }

  other(error: ErrorObject): void {
    const { keyword, instancePath, params, schemaPath } = error;
    switch (keyword) {
      case 'required':
      case 'dependentRequired':
        if (!schemaPath.includes('/anyOf/')) this.#missing(instancePath, String(params['missingProperty']));
        break;
      case 'propertyNames':
        break;
      default:
        this.#wrongValue(error);
    }
  }

  /** The only anyOf of the schemas: the ways to find a VM. */
  unidentified({ instancePath: pointer }: ErrorObject): void {
    if (this.#merging.has(pointer)) return;
    const tried = ['name', 'path', 'serverId', 'vmManagerId', 'vmId', 'vmWareUuid'].map(
      (key) => `${pointer}/${key}`,
    );
    if (tried.some((key) => this.#meant.has(key) || this.#explained.has(key))) return;
    const path = parsePointer(pointer);
    const remedy = 'add name, path, serverId, or vmManagerId and vmId';
    this.#add(
      [...path, 'name'],
      problem('schema.missing-key', rangeOf(this.#root, path), 'nothing says which VM this is', remedy),
    );
  }

  #missing(pointer: string, key: string): void {
    if (this.#merging.has(pointer)) return;
    if (this.#meant.has(`${pointer}/${key}`) || (pointer === '' && HEADER_KEYS.has(key))) return;
    const path = parsePointer(pointer);
    const where = path.length === 0 ? 'the document' : describePath(path);
    const said = `${where} has no ${key}`;
    this.#add([...path, key], problem('schema.missing-key', rangeOf(this.#root, path), said, `add ${key}`));
  }

  #wrongValue(error: ErrorObject): void {
    const path = parsePointer(error.instancePath);
    if (path.length === 1 && HEADER_KEYS.has(String(path[0]))) return;
    const { propertyName } = error;
    if (propertyName !== undefined) {
      const keyPath = [...path, propertyName];
      const words = explainValue(error, shorten(propertyName), 'the name');
      this.#add(
        keyPath,
        problem('schema.value', keyRangeOf(this.#root, keyPath), words.message, words.remedy),
      );
      return;
    }
    const node = nodeAt(this.#root, path);
    const written = node?.kind === 'scalar' ? this.#text.slice(node.start, node.end) : '';
    const words = explainValue(error, shorten(written), describePath(path));
    this.#add(path, problem(words.id, rangeOf(this.#root, path), words.message, words.remedy));
  }

  #add(path: Path, found: Problem): void {
    const pointer = toPointer(path);
    if (this.#explained.has(pointer)) return;
    this.#explained.add(pointer);
    this.wrong.push(path);
    this.problems.push(found);
  }
}

/** The key a path ends with, or the position in its list. */
function describePath(path: Path): string {
  const last = path.at(-1);
  return /^\d+$/.test(String(last))
    ? `item ${Number(last) + 1} of ${String(path.at(-2))}`
    : shorten(String(last));
}

/** Pointers of errors and paths must be the same text for the same value: keys are escaped as in RFC 6901. */
function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps of a JSON pointer (RFC 6901). */
function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Schemas = Readonly<Record<string, AnySchemaObject>>;

/** The keys a mapping may have: those of its schema and of the schema that one refers to. */
function knownKeys(schema: AnySchemaObject, root: AnySchemaObject): string[] {
  const own = Object.keys((schema['properties'] ?? {}) as Schemas);
  const reference: unknown = schema['$ref'];
  const name = typeof reference === 'string' ? /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] : undefined;
  const referred = name === undefined ? undefined : (root['$defs'] as Schemas)[name];
  return referred === undefined ? own : [...own, ...knownKeys(referred, root)];
}

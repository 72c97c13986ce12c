import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import { suggest } from '../../core/suggest.ts';
import { shorten } from '../../core/text.ts';
import type { Kind } from '../schemas.ts';
import { problem, type Problem, type Range } from '../source.ts';
import { keyRangeOf, type Node, nodeAt, type Path, rangeOf } from '../yaml/node.ts';
import { explainValue, isTextItem, itemRemedy } from './explain-value.ts';
import {
  ANY,
  describeHome,
  describePath,
  findHome,
  type Home,
  parsePointer,
  propertiesOf,
  toPointer,
} from './homes.ts';

/** Keys about which checkDocument reports in better words. */
const HEADER_KEYS = new Set(['apiVersion', 'kind']);

/** Keys that identify a VM by themselves. */
const IDENTIFIERS = ['name', 'path', 'serverId', 'vmWareUuid'];
const ID_PAIR = ['vmManagerId', 'vmId'];

/** A document, and what is known about it before its errors are explained. */
interface Explained {
  /** Absent: a key that it does not have is in no other kind of document either. */
  readonly kind?: Kind;
  readonly schema: AnySchemaObject;
  readonly root: Node;
  /** The text of the file. */
  readonly text: string;
  /** Paths of values that a problem has been reported about. */
  readonly unknown: readonly Path[];
}

/** Turns the validator's errors into problems with places: one for each mistake, none for what follows from it. */
export function explainErrors(
  errors: readonly ErrorObject[],
  document: Explained,
): { problems: Problem[]; wrong: Path[] } {
  const explainer = new Explainer(document, errors);
  // Unknown keys first: a key with a typing mistake, or in another mapping, is not missing as well.
  for (const error of errors) if (isUnknownKey(error)) explainer.unknownKey(error);
  explainer.reportMisplaced();
  // The schema that an item's schema refers to reports the same mistake, and lacks some of the keys.
  for (const error of errors) if (isTextItem(error)) explainer.other(error);
  const others = errors.filter((error) => !isUnknownKey(error) && !isUnidentified(error));
  for (const error of others) if (!isRefusal(error)) explainer.other(error);
  // A value of the wrong type or form is refused for that alone.
  for (const error of others) if (isRefusal(error)) explainer.other(error);
  for (const pointer of explainer.unidentified) explainer.noIdentifier(pointer);
  return { problems: explainer.problems, wrong: explainer.wrong };
}

function isUnknownKey({ keyword }: ErrorObject): boolean {
  return keyword === 'unevaluatedProperties' || keyword === 'additionalProperties';
}

/** The only anyOf of the schemas lists the ways to identify a VM. */
function isUnidentified({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf';
}

/** Whether an error is about a value of the right form that is refused all the same. */
function isRefusal({ parentSchema }: ErrorObject): boolean {
  return parentSchema?.['errorMessage'] !== undefined;
}

/** The pointer of the list that a wrong item is in. */
function listOf({ instancePath }: ErrorObject): string {
  return instancePath.slice(0, instancePath.lastIndexOf('/'));
}

/** Keys of one mapping that belong in one other mapping. */
interface Misplaced {
  readonly path: Path;
  readonly keys: string[];
  readonly home: Home;
}

class Explainer {
  readonly problems: Problem[] = [];
  readonly wrong: Path[] = [];
  /** Pointers of the VMs that no key identifies. */
  readonly unidentified: ReadonlySet<string>;
  readonly #document: Explained;
  readonly #root: Node;
  /** Pointers of the values that are explained already. */
  readonly #explained = new Set<string>();
  /** Mappings with a merge key, which may stand for any key that is missing. */
  readonly #merging = new Set<string>();
  /** Pointers of the keys that were meant by unknown ones, and of the mappings that they belong in. */
  readonly #meant = new Set<string>();
  readonly #misplaced = new Map<string, Misplaced>();
  /** Items that are text and must be mappings, by the pointer of their list; the first one stands for all. */
  readonly #textItems = new Map<string, Set<string>>();

  constructor(document: Explained, errors: readonly ErrorObject[]) {
    this.#document = document;
    this.#root = document.root;
    this.wrong.push(...document.unknown);
    for (const path of document.unknown) {
      this.#explained.add(toPointer(path));
      if (path.at(-1) === '<<') this.#merging.add(toPointer(path.slice(0, -1)));
    }
    this.unidentified = new Set(errors.filter(isUnidentified).map(({ instancePath }) => instancePath));
    for (const error of errors.filter(isTextItem)) {
      const items = this.#textItems.get(listOf(error)) ?? new Set();
      this.#textItems.set(listOf(error), items.add(error.instancePath));
    }
  }

  unknownKey({ instancePath, params, parentSchema }: ErrorObject): void {
    const { schema, kind } = this.#document;
    const key = String(params['unevaluatedProperty'] ?? params['additionalProperty']);
    const known = Object.keys(propertiesOf(parentSchema ?? {}, schema));
    // Where another key of the mapping is wrong, the validator also calls sound ones unevaluated.
    if (known.includes(key)) return;
    const parent = parsePointer(instancePath);
    const path = [...parent, key];
    if (this.#explained.has(toPointer(path))) return;
    const meant = suggest(key, known);
    const isCase = meant?.toLowerCase() === key.toLowerCase();
    const home = isCase || kind === undefined ? undefined : findHome(key, parent, kind);
    if (home !== undefined && (home.kind === undefined || meant === undefined)) {
      this.#addMisplaced({ path: parent, keys: [key], home });
      return;
    }
    const identifier = isCase ? undefined : this.#identifierFor(instancePath, key);
    if (identifier === undefined && meant !== undefined) this.#expect([...parent, meant]);
    const otherwise = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    const range = keyRangeOf(this.#root, path);
    this.#add(
      path,
      problem('schema.unknown-key', range, `unknown key ${shorten(key)}`, identifier ?? otherwise),
    );
  }

  /** Returns the remedy for an unknown key of a VM that no key identifies; undefined for any other key. */
  #identifierFor(pointer: string, key: string): string | undefined {
    if (!this.unidentified.has(pointer) || this.#meantIdentifier(pointer)) return undefined;
    const vm = nodeAt(this.#root, parsePointer(pointer));
    if (vm?.kind !== 'map' || vm.entries.some((entry) => ID_PAIR.includes(entry.key))) return undefined;
    this.#meant.add(`${pointer}/name`);
    const misspelt = suggest(key, IDENTIFIERS);
    if (misspelt !== undefined) return `did you mean ${misspelt}?`;
    const value = vm.entries.find((entry) => entry.key === key)?.value;
    const text = value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : key;
    return itemRemedy(text, shorten(text), [/^s-[\da-f]+$/.test(text) ? 'serverId' : 'name', ...IDENTIFIERS]);
  }

  #meantIdentifier(pointer: string): boolean {
    const tried = [...IDENTIFIERS, ...ID_PAIR].map((key) => `${pointer}/${key}`);
    return tried.some((key) => this.#meant.has(key) || this.#explained.has(key));
  }

  #addMisplaced(found: Misplaced): void {
    const { path, keys, home } = found;
    const id = JSON.stringify([path, home]);
    const before = this.#misplaced.get(id);
    if (before === undefined) this.#misplaced.set(id, found);
    else before.keys.push(...keys);
    if (home.kind !== undefined) return;
    for (const key of keys) this.#expect([...home.path, key]);
  }

  /** Notes a key that was meant: neither the key nor a mapping it belongs in is reported as missing or empty. */
  #expect(path: Path): void {
    for (let { length } = path; length > 0; length--) this.#meant.add(toPointer(path.slice(0, length)));
    // Rules must not report the lack of the key either.
    if (!path.includes(ANY) && nodeAt(this.#root, path) === undefined) this.wrong.push(path);
  }

  reportMisplaced(): void {
    for (const { path, keys, home } of this.#misplaced.values()) {
      const first = [...path, keys[0] ?? ''];
      const isOne = keys.length === 1;
      const names = new Intl.ListFormat('en').format(keys.map((key) => shorten(key)));
      const there = describeHome(home);
      const here = path.length === 0 ? 'at the top level' : `in ${describePath(path)}`;
      const message = `${names} ${isOne ? 'belongs' : 'belong'} ${there}, not ${here}`;
      const remedy = `move ${isOne ? 'it' : 'them'} there`;
      this.#add(first, problem('schema.unknown-key', keyRangeOf(this.#root, first), message, remedy));
      for (const key of keys.slice(1)) this.#markWrong([...path, key]);
    }
  }

  other(error: ErrorObject): void {
    const { keyword, instancePath, params, schemaPath } = error;
    switch (keyword) {
      case 'required':
      case 'dependentRequired':
        if (!schemaPath.includes('/anyOf/')) this.#missing(instancePath, String(params['missingProperty']));
        break;
      case 'if':
      case 'propertyNames':
        break;
      case 'minProperties':
        // A mapping whose values are not known is not empty.
        if (!this.#document.unknown.some((path) => toPointer(path.slice(0, -1)) === instancePath))
          this.#wrongValue(error);
        break;
      default:
        this.#wrongValue(error);
    }
  }

  noIdentifier(pointer: string): void {
    if (this.#merging.has(pointer) || this.#meantIdentifier(pointer)) return;
    const path = parsePointer(pointer);
    const remedy = 'add name, path, serverId, or vmManagerId and vmId';
    this.#add(
      [...path, 'name'],
      problem('schema.missing-key', rangeOf(this.#root, path), 'nothing says which VM this is', remedy),
    );
  }

  #isMeant(pointer: string): boolean {
    const inAny = pointer.replace(/^\/(targets|spec\/vms)\/[^/]+/, `/$1/${ANY}`);
    return this.#meant.has(pointer) || this.#meant.has(inAny);
  }

  #missing(pointer: string, key: string): void {
    if (this.#merging.has(pointer)) return;
    if (this.#isMeant(`${pointer}/${key}`) || (pointer === '' && HEADER_KEYS.has(key))) return;
    const path = parsePointer(pointer);
    const where = path.length === 0 ? 'the document' : describePath(path);
    this.#add(
      [...path, key],
      problem('schema.missing-key', rangeOf(this.#root, path), `${where} has no ${key}`, `add ${key}`),
    );
  }

  #wrongValue(error: ErrorObject): void {
    const path = parsePointer(error.instancePath);
    if (path.length === 1 && HEADER_KEYS.has(String(path[0]))) return;
    const { propertyName } = error;
    if (propertyName !== undefined) {
      const keyPath = [...path, propertyName];
      this.#addValue(error, shorten(propertyName), 'the name', keyPath, keyRangeOf(this.#root, keyPath));
      return;
    }
    const isEmpty = error.data === null && error.keyword === 'type';
    if (isEmpty && this.#isMeant(error.instancePath)) {
      this.#markWrong(path);
      return;
    }
    if (this.#isMisplacedValue(error, path)) return;
    const node = nodeAt(this.#root, path);
    const written = node?.kind === 'scalar' ? this.#document.text.slice(node.start, node.end) : '';
    let others = 0;
    if (isTextItem(error)) {
      const items = this.#textItems.get(listOf(error)) ?? new Set();
      const [first] = items;
      if (first !== error.instancePath) {
        this.#markWrong(path);
        return;
      }
      others = items.size - 1;
    }
    this.#addValue(error, shorten(written), describePath(path), path, rangeOf(this.#root, path), others);
  }

  /** Reports a value among mappings with names of the user's choice, such as targets, whose key one of these has. */
  #isMisplacedValue({ keyword, params, data }: ErrorObject, path: Path): boolean {
    const { kind } = this.#document;
    if (keyword !== 'type' || params['type'] !== 'object' || typeof data === 'object') return false;
    const parent = path.slice(0, -1);
    const home = kind && findHome(String(path.at(-1)), parent, kind);
    if (home === undefined || home.path.at(-1) !== ANY || home.path.length !== path.length) return false;
    const message = `${describePath(path)} belongs ${describeHome(home)}, not in ${describePath(parent)}`;
    this.#add(path, problem('schema.unknown-key', keyRangeOf(this.#root, path), message, 'move it there'));
    return true;
  }

  /** @param others how many values below have the same mistake */
  #addValue(error: ErrorObject, written: string, name: string, path: Path, range: Range, others = 0): void {
    const { id, message, remedy } = explainValue(error, written, name, this.#document.schema);
    const more = others === 0 ? '' : `; so ${others === 1 ? 'is 1 item' : `are ${others} items`} below`;
    this.#add(path, problem(id, range, `${message}${more}`, remedy));
  }

  #add(path: Path, found: Problem): void {
    if (this.#markWrong(path)) this.problems.push(found);
  }

  /** Notes that a value cannot be used. Returns false where a problem says so already. */
  #markWrong(path: Path): boolean {
    const pointer = toPointer(path);
    if (this.#explained.has(pointer)) return false;
    this.#explained.add(pointer);
    this.wrong.push(path);
    return true;
  }
}

import type { ErrorObject } from 'ajv/dist/2020.js';
import { API_VERSION, type Kind, KINDS, readSchema } from '../schemas.ts';
import { problem, type Problem } from '../source.ts';
import { quote, shorten } from '../../core/text.ts';
import { suggest } from '../../core/suggest.ts';
import { treeOf, type YamlDocument } from '../yaml/documents.ts';
import {
  isMap,
  keyRangeOf,
  mapAt,
  type Node,
  type Path,
  rangeOf,
  removeAt,
  type Value,
  type ValueMap,
} from '../yaml/node.ts';
import { explainErrors } from './explain.ts';
import { findHiddenCharacters, findTagKeys } from './homes.ts';
import { manifestValidators, type ValidatorName } from './validators.ts';

/** A document after the schema: what is left of it once everything wrong is cut out. */
export interface CheckedDocument {
  readonly kind: Kind;
  readonly value: ValueMap;
  /** Paths of what was cut out or is missing. */
  readonly wrong: readonly Path[];
}

/**
 * Checks a document against the schema of its kind. Returns no document where it is of no kind that landfall knows.
 * @param text that of its file
 */
export function checkDocument(
  document: YamlDocument,
  text: string,
): { checked?: CheckedDocument; problems: Problem[] } {
  const { value, unknown, isPlain, index } = document;
  const root = () => treeOf(text, index);
  if (unknown.some((path) => path.length === 0)) return { problems: [] };
  if (!isMap(value)) {
    const message = `the document is ${quote(value)}, not a mapping`;
    return { problems: [problem('schema.kind', rangeOf(root(), []), message, START_REMEDY)] };
  }
  const { meant, problems } = checkHeader(root, value, unknown);
  if (meant === undefined) return { problems };

  for (const path of unknown) removeAt(value, path);
  const hidden = [
    ...(isPlain ? [] : findHiddenCharacters(meant, value, root, text)),
    ...(isPlain && !text.includes('ags') ? [] : findTagKeys(value, root)),
  ];
  problems.push(...hidden.map((each) => each.problem));
  const explained = [...unknown, ...hidden.map(({ path }) => path)];
  // A mapping under a wrong key stays until its own mistakes are found.
  for (const { path, isKey } of hidden) if (!isKey) removeAt(value, path);
  const errors = validateDocument(meant, value);
  if (errors.length === 0) return { checked: { kind: meant, value, wrong: explained }, problems };
  const found = explainErrors(errors, {
    kind: meant,
    schema: readSchema(meant),
    root: root(),
    text,
    unknown: explained,
  });
  for (const path of found.wrong) removeAt(value, path);
  return { checked: { kind: meant, value, wrong: found.wrong }, problems: [...problems, ...found.problems] };
}

/** Errors of one document beyond which the rest is left out; a file with more of them has one cause. */
const MAX_ERRORS = 100_000;

/**
 * All schema errors of a document. VMs are checked one at a time: the validator copies all errors so far for each
 * part of a document that has some, which takes hours for a hostile list of VMs.
 */
function validateDocument(kind: Kind, document: ValueMap): ErrorObject[] {
  if (manifestValidators.accepts(kind, document)) return [];
  const spec = mapAt(document, 'spec');
  const { vms } = spec;
  if (kind !== 'Wave' || !Array.isArray(vms)) return errorsOf(kind, document);

  const errors = errorsOf('Wave', { ...document, spec: { ...spec, vms: [] } });
  for (const [index, vm] of vms.entries()) {
    for (const error of errorsOf('Wave#/$defs/vm', vm)) {
      errors.push({ ...error, instancePath: `/spec/vms/${index}${error.instancePath}` });
    }
    if (errors.length >= MAX_ERRORS) break;
  }
  return errors;
}

function errorsOf(name: ValidatorName, value: Value): ErrorObject[] {
  const validator = manifestValidators.get(name);
  return validator(value) ? [] : [...(validator.errors ?? [])];
}

const START_REMEDY = `begin the document with apiVersion: ${API_VERSION} and kind: Wave`;

/**
 * Checks apiVersion and kind. Where one of their keys is misspelt, its value counts, and the misspelt key is removed.
 * @returns also the kind that was meant, if it is clear
 */
function checkHeader(
  root: () => Node,
  value: ValueMap,
  unknown: readonly Path[],
): { meant?: Kind; problems: Problem[] } {
  const problems = HEADER_KEYS.flatMap((key) => misspeltHeader(root, value, key));
  const { apiVersion, kind } = value;
  if (apiVersion === undefined && kind === undefined) {
    const message = 'the document has neither apiVersion nor kind';
    return { problems: [problem('schema.kind', rangeOf(root(), []), message, START_REMEDY)] };
  }
  const isKnown = (key: string) => !unknown.some((path) => path.length === 1 && path[0] === key);
  if (apiVersion !== API_VERSION && isKnown('apiVersion'))
    problems.push(headerProblem(root(), 'apiVersion', apiVersion, `write apiVersion: ${API_VERSION}`));
  const written = intendedKind(kind);
  const meant = written === undefined ? undefined : (kindByKeys(value, written) ?? written);
  if (meant !== written && isKnown('kind'))
    problems.push(
      problem(
        'schema.kind',
        rangeOf(root(), ['kind']),
        `the document has the keys of kind: ${meant ?? ''}, not of kind: ${written ?? ''}`,
        `write kind: ${meant ?? ''}`,
      ),
    );
  else if (!KINDS.some((known) => known === kind) && isKnown('kind')) {
    const remedy = meant === undefined ? `write kind: ${KINDS.join(' or kind: ')}` : `did you mean ${meant}?`;
    problems.push(headerProblem(root(), 'kind', kind, remedy));
  }
  return meant === undefined ? { problems } : { meant, problems };
}

const HEADER_KEYS = ['apiVersion', 'kind'] as const;

/** Finds the key of a document that was meant to be a header key which the document lacks, and moves its value there. */
function misspeltHeader(root: () => Node, value: ValueMap, key: (typeof HEADER_KEYS)[number]): Problem[] {
  if (value[key] !== undefined) return [];
  const known = KINDS.flatMap((kind) => Object.keys(readSchema(kind)['properties'] as object));
  const misspelt = Object.keys(value).find((each) => !known.includes(each) && suggest(each, [key]) === key);
  if (misspelt === undefined) return [];
  value[key] = value[misspelt];
  Reflect.deleteProperty(value, misspelt);
  const message = `unknown key ${shorten(misspelt)}`;
  return [problem('schema.unknown-key', keyRangeOf(root(), [misspelt]), message, `did you mean ${key}?`)];
}

/** Returns the other kind whose key the document has, where it lacks the key that each document of its own kind has. */
function kindByKeys(value: ValueMap, kind: Kind): Kind | undefined {
  if (value[MAIN_KEYS[kind]] !== undefined) return undefined;
  return KINDS.find((other) => value[MAIN_KEYS[other]] !== undefined);
}

/** The key that each document of a kind must have. */
const MAIN_KEYS: Readonly<Record<Kind, string>> = { Project: 'targets', Wave: 'spec' };

/** Returns the kind of a document, or the kind that a misspelt one was meant to be. */
function intendedKind(kind: Value): Kind | undefined {
  const find = (name: Value): Kind | undefined => KINDS.find((known) => known === name);
  return find(kind) ?? find(typeof kind === 'string' ? suggest(kind, KINDS) : undefined);
}

function headerProblem(root: Node, key: string, value: Value, remedy: string): Problem {
  const message =
    value === undefined ? `the document has no ${key}` : `${key} ${quote(value)} is not supported`;
  return problem('schema.kind', rangeOf(root, [key]), message, remedy);
}

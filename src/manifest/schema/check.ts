import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { API_VERSION, type Kind, KINDS, validateDocument, validatorOf } from '../schemas.ts';
import { problem, type Problem } from '../source.ts';
import { quote } from '../../core/text.ts';
import { suggest } from '../../core/suggest.ts';
import {
  isMap,
  type Node,
  nodeAt,
  type Path,
  rangeOf,
  removeAt,
  toValue,
  type Value,
  type ValueMap,
} from '../yaml/node.ts';
import { explainErrors } from './explain.ts';

/** A document after the schema: what is left of it once everything wrong is cut out. */
export interface CheckedDocument {
  readonly kind: Kind;
  readonly value: ValueMap;
  /** Paths of what was cut out or is missing. */
  readonly wrong: readonly Path[];
}

/**
 * Checks a document against the schema of its kind. Returns no document where it is of no kind that landfall knows.
 * @param unknown paths of the values that could not be read
 */
export function checkDocument(
  root: Node,
  text: string,
  unknown: readonly Path[],
): { checked?: CheckedDocument; problems: Problem[] } {
  const value = toValue(root);
  if (unknown.some((path) => path.length === 0)) return { problems: [] };
  if (!isMap(value)) {
    const said = `the document is ${quote(value)}, not a mapping`;
    return { problems: [problem('schema.kind', rangeOf(root, []), said, START_REMEDY)] };
  }
  const problems = checkHeader(root, value, unknown);
  const kind = intendedKind(value['kind']);
  if (kind === undefined) return { problems };

  for (const path of unknown) removeAt(value, path);
  const errors = validateDocument(kind, value);
  if (errors.length === 0) return { checked: { kind, value, wrong: unknown }, problems };
  const explained = explainErrors(errors, validatorOf(kind).schema as AnySchemaObject, root, text, unknown);
  for (const path of explained.wrong) removeAt(value, path);
  return {
    checked: { kind, value, wrong: explained.wrong },
    problems: [...problems, ...explained.problems],
  };
}

const START_REMEDY = `begin the document with apiVersion: ${API_VERSION} and kind: Wave`;

function checkHeader(root: Node, { apiVersion, kind }: ValueMap, unknown: readonly Path[]): Problem[] {
  const isKnown = (key: string) => !unknown.some((path) => path.length === 1 && path[0] === key);
  if (nodeAt(root, ['apiVersion']) === undefined && nodeAt(root, ['kind']) === undefined) {
    return [
      problem('schema.kind', rangeOf(root, []), 'the document has neither apiVersion nor kind', START_REMEDY),
    ];
  }
  const meant = intendedKind(kind);
  const kindRemedy =
    meant === undefined ? `write kind: ${KINDS.join(' or kind: ')}` : `did you mean ${meant}?`;
  return [
    ...(apiVersion === API_VERSION || !isKnown('apiVersion')
      ? []
      : [headerProblem(root, 'apiVersion', apiVersion, `write apiVersion: ${API_VERSION}`)]),
    ...(KINDS.some((known) => known === kind) || !isKnown('kind')
      ? []
      : [headerProblem(root, 'kind', kind, kindRemedy)]),
  ];
}

/** The kind, or the one that a misspelt kind was meant to be. */
function intendedKind(kind: Value): Kind | undefined {
  const meant = typeof kind === 'string' ? suggest(kind, KINDS) : undefined;
  return KINDS.find((known) => known === meant);
}

function headerProblem(root: Node, key: string, value: Value, remedy: string): Problem {
  const missing = nodeAt(root, [key]) === undefined;
  const said = missing ? `the document has no ${key}` : `${key} ${quote(value)} is not one landfall knows`;
  return problem('schema.kind', rangeOf(root, [key]), said, remedy);
}

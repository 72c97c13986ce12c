import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { quote } from '../shorten.ts';
import { suggest } from '../suggest.ts';
import { nodeAt, rangeOf, unknownPaths } from '../locate.ts';
import { problem, type Problem } from '../problem.ts';
import { API_VERSION, KINDS, validatorOf, type Kind } from '../schemas.ts';
import type { Node, Path } from '../yaml/node.ts';
import { explain } from './explain.ts';
import { validate } from './validate.ts';
import { cut, isMap, toValue, type Value, type ValueMap } from './value.ts';

/** A document after the schema: what is left of it once everything wrong is cut out. */
export interface Checked {
  readonly kind: Kind;
  readonly value: ValueMap;
  /** Paths of what was cut out or is missing. */
  readonly wrong: readonly Path[];
}

/** Checks a document against the schema of its kind. No document: it is of no kind that landfall knows. */
export function checkDocument(root: Node, text: string): { checked?: Checked; problems: Problem[] } {
  const value = toValue(root);
  const unknown = unknownPaths(root);
  if (unknown.some((path) => path.length === 0)) return { problems: [] };
  if (!isMap(value)) {
    const said = `the document is ${quote(value)}, not a mapping`;
    return { problems: [problem('schema.kind', rangeOf(root, []), said, START)] };
  }
  const problems = checkHeader(root, value, unknown);
  const kind = meantKind(value['kind']);
  if (kind === undefined) return { problems };

  for (const path of unknown) cut(value, path);
  const errors = validate(kind, value);
  if (errors.length === 0) return { checked: { kind, value, wrong: unknown }, problems };
  const explained = explain(errors, validatorOf(kind).schema as AnySchemaObject, root, text, unknown);
  for (const path of explained.wrong) cut(value, path);
  return {
    checked: { kind, value, wrong: explained.wrong },
    problems: [...problems, ...explained.problems],
  };
}

const START = `begin the document with apiVersion: ${API_VERSION} and kind: Wave`;

function checkHeader(root: Node, { apiVersion, kind }: ValueMap, unknown: readonly Path[]): Problem[] {
  const isKnown = (key: string) => !unknown.some((path) => path.length === 1 && path[0] === key);
  if (nodeAt(root, ['apiVersion']) === undefined && nodeAt(root, ['kind']) === undefined) {
    return [problem('schema.kind', rangeOf(root, []), 'the document has neither apiVersion nor kind', START)];
  }
  const meant = meantKind(kind);
  const kindRemedy =
    meant === undefined ? `write kind: ${KINDS.join(' or kind: ')}` : `did you mean ${meant}?`;
  return [
    ...(apiVersion === API_VERSION || !isKnown('apiVersion')
      ? []
      : [wrong(root, 'apiVersion', apiVersion, `write apiVersion: ${API_VERSION}`)]),
    ...(KINDS.some((known) => known === kind) || !isKnown('kind')
      ? []
      : [wrong(root, 'kind', kind, kindRemedy)]),
  ];
}

/** The kind, or the one that a misspelt kind was meant to be. */
function meantKind(kind: Value): Kind | undefined {
  const meant = typeof kind === 'string' ? suggest(kind, KINDS) : undefined;
  return KINDS.find((known) => known === meant);
}

function wrong(root: Node, key: string, value: Value, remedy: string): Problem {
  const missing = nodeAt(root, [key]) === undefined;
  const said = missing ? `the document has no ${key}` : `${key} ${quote(value)} is not one landfall knows`;
  return problem('schema.kind', rangeOf(root, [key]), said, remedy);
}

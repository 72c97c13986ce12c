import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { shorten } from '../shorten.ts';
import type { MapEntry, Node, ScalarNode } from './node.ts';
import { problem, type Problem, type Range } from '../problem.ts';

/** Nodes that aliases may add to a document: plenty for shared labels and defaults, too few for an alias bomb. */
const MAX_ALIASED = 100_000;

/** Turns the parser's tree into ours: resolves aliases, finds doubled keys. No root: the document is empty. */
export function convert(contents: ParsedNode | null): { root: Node | undefined; problems: Problem[] } {
  const converter = new Converter();
  const root = contents === null ? undefined : converter.node(contents);
  const empty = root?.kind === 'scalar' && root.value === null && root.start === root.end;
  return { root: empty ? undefined : root, problems: converter.problems };
}

class Converter {
  readonly problems: Problem[] = [];
  readonly #anchors = new Map<string, { node: Node; size: number }>();
  /** Nodes so far, with those that aliases stand for. */
  #size = 0;
  #aliased = 0;

  node(parsed: ParsedNode | null): Node {
    if (isAlias(parsed)) return this.#alias(parsed);
    const before = this.#size++;
    const node = this.#plain(parsed);
    if (parsed?.anchor !== undefined) this.#anchors.set(parsed.anchor, { node, size: this.#size - before });
    return node;
  }

  #plain(parsed: ParsedNode | null): Node {
    const [start, end] = parsed?.range ?? [0, 0];
    if (isMap(parsed)) return { kind: 'map', entries: this.#entries(parsed), start, end };
    if (isSeq(parsed)) {
      const { items } = parsed as YAMLSeq<ParsedNode>;
      return { kind: 'list', items: items.map((item) => this.node(item)), start, end };
    }
    const value: unknown = isScalar(parsed) ? parsed.value : null;
    const known = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
    const isUnknown = typeof value === 'string' && !(isScalar(parsed) && hasTextTag(parsed));
    return { kind: 'scalar', value: known ? value : null, start, end, ...(isUnknown && { isUnknown }) };
  }

  #entries(map: YAMLMap): MapEntry[] {
    const entries = new Map<string, MapEntry>();
    for (const pair of map.items as YAMLMap<ParsedNode, ParsedNode | null>['items']) {
      const [keyStart, keyEnd] = pair.key.range;
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const value = pair.value === null ? nothing(keyEnd) : this.node(pair.value);
      const first = entries.get(key);
      if (first === undefined) entries.set(key, { key, keyStart, keyEnd, value });
      else this.problems.push(doubled(key, { start: keyStart, end: keyEnd }));
    }
    return [...entries.values()];
  }

  #alias({ source, range }: Alias.Parsed): Node {
    const at = { start: range[0], end: range[1] };
    const anchor = this.#anchors.get(source);
    if (anchor === undefined) {
      const name = shorten(source);
      this.problems.push(
        problem('yaml.alias', at, `*${name} names no anchor above it`, `define it first, with &${name}`),
      );
      return { ...nothing(at.start), isUnknown: true };
    }
    const before = this.#aliased;
    this.#aliased += anchor.size;
    this.#size += anchor.size;
    if (this.#aliased <= MAX_ALIASED) {
      // What is wrong with a scalar is mended where it stands; a mapping may be wrong only where it is repeated.
      return anchor.node.kind === 'scalar' ? anchor.node : { ...anchor.node, ...at, isAliased: true };
    }
    if (before <= MAX_ALIASED)
      this.problems.push(problem('yaml.alias', at, TOO_MANY, 'write the values out'));
    return { ...nothing(at.start), isUnknown: true };
  }
}

/** Whether text is meant to be text: the parser also makes text of what has a tag it does not know. */
function hasTextTag({ tag }: Scalar): boolean {
  return tag === undefined || tag === '!' || tag === 'tag:yaml.org,2002:str';
}

const TOO_MANY = `from here on, the aliases of this document stand for more than ${MAX_ALIASED} values`;

function nothing(at: number): ScalarNode {
  return { kind: 'scalar', value: null, start: at, end: at };
}

function doubled(key: string, range: Range): Problem {
  return problem(
    'yaml.duplicate-key',
    range,
    `the key ${shorten(key)} stands twice in this mapping`,
    'keep one of the two',
  );
}

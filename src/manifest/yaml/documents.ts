import { type Node, nodeAt, type Path, toValue, type Value, unknownPaths } from './node.ts';
import { readPlain } from './plain.ts';
import { findTooMany, readYaml, type YamlText } from './read.ts';

/** A document of a file that is well-formed and not empty. */
export interface YamlDocument {
  /** Its values. Checks remove from them what is wrong. */
  readonly value: Value;
  /** Offset of its first key. */
  readonly start: number;
  /** Offset of each item of `spec.vms`. */
  readonly vmStarts: readonly number[];
  /** Paths of the values that could not be read. */
  readonly unknown: readonly Path[];
  /** Each value is in the text as it is, without escapes, and the text has no character that cannot be seen. */
  readonly isPlain: boolean;
  /** Its position among the documents of the file: `treeOf` has its tree. */
  readonly index: number;
}

/** The documents of a text, and what is wrong with it as YAML. */
export interface YamlDocuments extends Pick<YamlText, 'recovered' | 'problems'> {
  readonly documents: readonly YamlDocument[];
}

/** Reads all documents of a text. Never throws. */
export function readDocuments(text: string): YamlDocuments {
  const plain = findTooMany(text) === undefined ? readPlain(text, flowReader()) : undefined;
  if (plain !== undefined) {
    const documents = plain.map((document, index) => ({ ...document, unknown: [], isPlain: true, index }));
    return { documents, recovered: [], problems: [] };
  }
  const { roots, recovered, problems } = treesOf(text);
  const documents = roots.map((root, index) => ({
    value: toValue(root),
    start: root.start,
    vmStarts: startsOfVms(root),
    // Of a value that is not known, a problem says so.
    unknown: problems.length === 0 ? [] : unknownPaths(root),
    isPlain: false,
    index,
  }));
  return { documents, recovered, problems };
}

/** The problems and trees of the text that was parsed last: messages about a file come one after another. */
let last: { readonly text: string; readonly trees: YamlText } | undefined;

function treesOf(text: string): YamlText {
  if (last?.text !== text) last = { text, trees: readYaml(text) };
  return last.trees;
}

/**
 * Returns the tree of a document, with the place of each value. Only messages need it, so that it is made when it is asked
 * for, and only the trees of one text are kept.
 * @param index position among the documents of the text
 */
export function treeOf(text: string, index: number): Node {
  const root = treesOf(text).roots[index];
  if (root === undefined) throw new Error('the document has no tree');
  return root;
}

/** Returns a function that reads values in brackets or braces: each text is parsed once, since many VMs have the same. */
function flowReader(): (text: string) => Value | undefined {
  const known = new Map<string, Node | undefined>();
  return (text) => {
    if (!known.has(text)) {
      const { roots, problems } = readYaml(text);
      known.set(text, problems.length === 0 && roots.length === 1 ? roots[0] : undefined);
    }
    const root = known.get(text);
    return root && toValue(root);
  };
}

function startsOfVms(root: Node): number[] {
  const vms = nodeAt(root, ['spec', 'vms']);
  return vms?.kind === 'list' ? vms.items.map(({ start }) => start) : [];
}

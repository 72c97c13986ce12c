import type { Range } from '../problem.ts';

export interface ScalarNode extends Range {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** What it stands for is not known, and a problem says so: nothing more is to be said of it. */
  readonly isUnknown?: true;
}

export interface MapEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Node;
}

export interface MapNode extends Range {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  /** It stands at an alias, and what is in it elsewhere. */
  readonly isAliased?: true;
}

export interface ListNode extends Range {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly isAliased?: true;
}

/** The tree both readers of YAML build: aliases are resolved (so nodes may be shared), keys are strings. */
export type Node = ScalarNode | MapNode | ListNode;

/** Keys and list positions from the root of a document down to a value. */
export type Path = readonly (string | number)[];

/** Deepest nesting of a document: a manifest needs eight levels; more than this is an attack or an accident. */
export const MAX_DEPTH = 64;

/** Most documents of a file: each costs the full parser a schema of its own. */
export const MAX_DOCUMENTS = 1000;

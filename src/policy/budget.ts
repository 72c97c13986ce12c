import type { ASTNode } from '@marcbachmann/cel-js';
import { partOfTime } from './time-parts.ts';

/** Elements that an operator or a function reads in the time of a step, and characters in that of an element. */
const ELEMENTS = 20;
const CHARACTERS = 50;
const MAX_SIZE = 20_000_000;
/** Steps of a part of a time in a time zone, which is computed once for each time. */
const DATE_STEPS = 10;
/** Characters that a pattern reads in the time of a step; each repetition in it may read all of them again. */
const PATTERN_CHARACTERS = 200_000;

/** The arguments of the node of a call: the name of the function, a receiver, arguments. */
export type CallArguments = readonly [string, ...unknown[]];

/** What the parser and the type checker leave in the tree beside its public types. */
export type Node = ASTNode & {
  readonly checkedType?: { readonly name: string; readonly kind: string };
  readonly meta?: { readonly alternate?: { readonly args: { condition?: (value: unknown) => boolean } } };
  /** Of an operator: its operands come first. Of a call: the list of its arguments does, after the receiver. */
  handle?: (...operands: readonly unknown[]) => unknown;
};

/** Operators whose time depends on the size of their operands. */
const OPERATORS: ReadonlySet<string> = new Set(['in', '==', '!=', '+', '<', '<=', '>', '>=']);

/** Counts the steps of expressions where they take them: where macros visit elements, and where operands are large. */
export class Budget {
  /** What to say where a policy takes more. */
  readonly message: string;
  readonly #most: number;
  #steps = 0;
  readonly #dates = new Map<string, unknown>();

  /** @param most steps that one policy may take on one plan */
  constructor(most: number) {
    this.#most = most;
    this.message = `it takes more than ${most.toLocaleString('en')} steps: use scope: plan, and visit the changes once`;
  }

  get isSpent(): boolean {
    return this.#steps > this.#most;
  }

  reset(): void {
    this.#steps = 0;
    this.#dates.clear();
  }

  /** Makes a node of a checked tree count. */
  meter(node: Node): void {
    const loop = node.meta?.alternate?.args;
    const { handle } = node;
    if (loop !== undefined) {
      const { condition } = loop;
      loop.condition = (value) => {
        this.#spend(1);
        return condition === undefined || condition(value);
      };
    } else if (handle === undefined) return;
    else if (OPERATORS.has(node.op)) {
      const sizeRead = node.op === 'in' ? sizeOfSearch : sizeOfComparison;
      node.handle = (left, right, ...more) => {
        this.#spend(Math.floor(sizeRead(left, right) / ELEMENTS));
        return handle(left, right, ...more);
      };
    } else if (node.op === 'rcall' && isDate(node)) {
      node.handle = (values, ...more) => {
        const [time, zone] = values as readonly [unknown, string?];
        // A duration has hours, too.
        const own = () => (time instanceof Date ? partOfTime(nameOf(node), time, zone) : undefined);
        return this.#dateOf(node, values, () => own() ?? handle(values, ...more));
      };
    } else if (node.op === 'rcall' || node.op === 'call') {
      const cost = costOf(node);
      node.handle = (values, ...more) => {
        this.#spend(cost(values as readonly unknown[]));
        return handle(values, ...more);
      };
    }
  }

  #dateOf(node: Node, values: unknown, compute: () => unknown): unknown {
    const key = JSON.stringify([(node.args as unknown as CallArguments)[0], values]);
    if (!this.#dates.has(key)) {
      this.#spend(DATE_STEPS);
      this.#dates.set(key, compute());
    }
    return this.#dates.get(key);
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.isSpent) throw new Error(this.message);
  }
}

/** Whether a call asks for a part of a time, mostly in a time zone: `getHours("Europe/Zurich")`. */
function isDate(node: Node): boolean {
  return nameOf(node).startsWith('get');
}

function nameOf({ args }: Node): string {
  return (args as unknown as CallArguments)[0];
}

/** Returns the steps of a call as a function of its receiver and arguments. */
function costOf({ args }: Node): (values: readonly unknown[]) => number {
  const linear = (values: unknown): number => Math.floor(sizeOf(values) / ELEMENTS);
  switch ((args as unknown as CallArguments)[0]) {
    // A list knows its size; a text counts its characters.
    case 'size':
      return ([value]) => (typeof value === 'string' ? linear(value) : 0);
    case 'matches':
      return ([text, pattern]) => {
        const repetitions = String(pattern).match(/[*+{]/g)?.length ?? 0;
        return Math.floor(String(text).length ** (1 + repetitions) / PATTERN_CHARACTERS);
      };
    default:
      return linear;
  }
}

/** Each element of a list may be compared as a whole; a key of a map is looked up. */
function sizeOfSearch(value: unknown, list: unknown): number {
  return Array.isArray(list) ? list.length * sizeOf(value) : 0;
}

/** The end of the smaller operand ends a comparison. */
function sizeOfComparison(left: unknown, right: unknown): number {
  return left === right ? 0 : Math.min(sizeOf(left), sizeOf(right));
}

/** Counts the elements of a value and of those in it, down to a size that no budget has. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length / CHARACTERS;
  let size = 1;
  for (const each of elementsOf(value)) {
    size += sizeOf(each);
    if (size > MAX_SIZE) break;
  }
  return size;
}

function elementsOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (value instanceof Map) return value.values();
  // A map that the expression itself has made. What is read of a plan has a class of its own.
  const isMap = typeof value === 'object' && value !== null && value.constructor === Object;
  return isMap ? Object.values(value as Record<string, unknown>) : [];
}

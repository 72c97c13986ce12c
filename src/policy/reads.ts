import type { Read } from '../core/results/policy.ts';
import type { CallArguments, Node } from './budget.ts';

/** Values that are listed of one part of an expression, which a macro may evaluate for each element. */
const MAX_VALUES = 5;
/** Elements of a list or a map that are listed. */
const MAX_ELEMENTS = 5;

/** A node whose own function finds the one for its operator when it is first called, and puts it in its place. */
interface Evaluated {
  evaluate: (...args: unknown[]) => unknown;
}

/**
 * Makes the nodes of a checked tree note what they read of a plan: fields, `has()`, sizes and parts of times.
 * @returns the notes, which grow as the expression is evaluated
 */
export function traceReads(expression: string, root: Node): ReadonlyMap<string, Read> {
  const reads = new Map<string, { expression: string; values: string[]; more: number }>();
  const note = (node: Node, value: string | undefined): void => {
    if (value === undefined) return;
    const text = expression.slice(node.start, node.end).replace(/\s+/g, ' ');
    const read = reads.get(text) ?? { expression: text, values: [], more: 0 };
    reads.set(text, read);
    if (read.values.includes(value)) return;
    if (read.values.length < MAX_VALUES) read.values.push(value);
    else read.more += 1;
  };
  visit(root, (node) => {
    const target = node as unknown as Evaluated;
    let { evaluate } = target;
    const traced: Evaluated['evaluate'] = (...args) => {
      try {
        const value = evaluate.apply(node, args);
        note(node, wordOf(value));
        return value;
      } catch (error) {
        if (node.op !== 'rcall') note(node, 'absent');
        throw error;
      } finally {
        if (target.evaluate !== traced) ({ evaluate } = target);
        target.evaluate = traced;
      }
    };
    target.evaluate = traced;
  });
  return reads;
}

/** Visits the nodes whose values are worth a note. Of `change.settings.after.frequency` that is the whole only. */
function visit(node: unknown, found: (node: Node) => void, isPart = false): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, found);
    return;
  }
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return;
  const each = node as Node;
  const [name, , values] = (Array.isArray(each.args) ? each.args : []) as unknown as CallArguments;
  const isField = each.op === '.' || each.op === '[]';
  if (each.op === 'call' && name === 'has') {
    found(each);
    return;
  }
  const isMeasure = each.op === 'rcall' && (name === 'size' || name.startsWith('get'));
  if ((isField && !isPart) || isMeasure) found(each);
  // The name of a macro's variable is no value.
  if (each.op === 'rcall' && Array.isArray(values) && each.meta?.alternate !== undefined) {
    visit((each.args as unknown as CallArguments)[1], found);
    visit(values.slice(1), found);
  } else if (isField) visit((each.args as unknown as readonly unknown[])[0], found, true);
  else visit(each.args, found);
}

/** A value as an expression writes it; undefined: it is an object, whose fields are read on their own. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'no time' : value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return listed(value.map(wordOf), '[', ']');
  if (value instanceof Map) {
    const entries = [...value].map(([key, each]) => `${JSON.stringify(key)}: ${wordOf(each) ?? '…'}`);
    return listed(entries, '{', '}');
  }
  return undefined;
}

/** A list in full, where it is short and has no objects; otherwise its length. */
function listed(words: readonly (string | undefined)[], open: string, close: string): string {
  const isShort = words.length <= MAX_ELEMENTS && words.every((word) => word !== undefined);
  return isShort ? `${open}${words.join(', ')}${close}` : `${open}${words.length} elements${close}`;
}

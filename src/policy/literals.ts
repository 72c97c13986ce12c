import { didYouMean } from '../core/suggest.ts';
import type { CallArguments, Node } from './budget.ts';

/** What is wrong with a literal of an expression. `start` and `end` are offsets in it. */
interface LiteralProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Finds a text that a field is compared with and never has, and the name of a time zone that there is not. The first would
 * make a policy that says nothing; the second would show in the night of the cut-over only.
 * @param valuesOf returns the values of a field that has no others; it is empty where it is absent
 */
export function wrongLiteral(
  node: Node,
  valuesOf: (field: Node) => readonly string[] | undefined,
): LiteralProblem | undefined {
  if (node.op === '==' || node.op === '!=') {
    const [left, right] = node.args as readonly [Node, Node];
    return unknownValue(left, [right], valuesOf) ?? unknownValue(right, [left], valuesOf);
  }
  if (node.op === 'in') {
    const [value, list] = node.args as readonly [Node, Node];
    return list.op === 'list' ? unknownValue(value, list.args, valuesOf) : undefined;
  }
  return node.op === 'rcall' ? unknownZone(node) : undefined;
}

function unknownValue(
  field: Node,
  literals: readonly Node[],
  valuesOf: (field: Node) => readonly string[] | undefined,
): LiteralProblem | undefined {
  const known = field.op === '.' ? valuesOf(field) : undefined;
  if (known === undefined || field.op !== '.') return undefined;
  for (const literal of literals) {
    const text = textOf(literal);
    if (text === undefined || text === '' || known.includes(text)) continue;
    const { start, end } = literal;
    const message = `${field.args[1]} is never ${JSON.stringify(text)}`;
    return { start, end, message, remedy: didYouMean(text, known, `it is one of ${known.join(', ')}`) };
  }
  return undefined;
}

function unknownZone(node: Node): LiteralProblem | undefined {
  const [name, , values] = node.args as unknown as CallArguments;
  const [literal] = Array.isArray(values) ? (values as readonly Node[]) : [];
  const zone = name.startsWith('get') && literal !== undefined ? textOf(literal) : undefined;
  if (zone === undefined || literal === undefined || isZone(zone)) return undefined;
  const message = `there is no time zone ${JSON.stringify(zone)}`;
  return { start: literal.start, end: literal.end, message, remedy: 'write it as in America/Los_Angeles' };
}

function textOf({ op, args }: Node): string | undefined {
  return op === 'value' && typeof args === 'string' ? args : undefined;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

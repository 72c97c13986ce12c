/** What an expression may name, by context: `github`, `inputs`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>;

type Value = string | number | boolean;

/**
 * The value of an expression of GitHub Actions, as far as workflows here need them: paths, strings, `==`, `!=`, `!`,
 * `&&`, `||`, parentheses, `success()`, `failure()`, `always()` and `cancelled()` (nothing here is). What is not there is ''. Anything else throws.
 * https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions
 */
function evaluate(expression: string, contexts: Contexts, failed = false): Value {
  const tokens =
    expression.match(/'(?:[^']|'')*'|[\w-]+(?:\.[\w-]+)*(?:\(\))?|==|!=|&&|\|\||[!()]|\S/g) ?? [];
  let index = 0;
  const take = (): string => tokens[index++] ?? '';
  const accept = (token: string): boolean => tokens[index] === token && ++index > 0;

  function either(): Value {
    let value = both();
    while (accept('||')) {
      const other = both();
      value = truthy(value) ? value : other;
    }
    return value;
  }
  function both(): Value {
    let value = compared();
    while (accept('&&')) {
      const other = compared();
      value = truthy(value) ? other : value;
    }
    return value;
  }
  function compared(): Value {
    const value = single();
    if (accept('==')) return same(value, single());
    if (accept('!=')) return !same(value, single());
    return value;
  }
  function single(): Value {
    if (accept('!')) return !truthy(single());
    if (accept('(')) {
      const value = either();
      if (!accept(')')) throw new Error(`a parenthesis is open in ${expression}`);
      return value;
    }
    const token = take();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'always()') return true;
    if (token === 'cancelled()') return false;
    if (token === 'success()') return !failed;
    if (token === 'failure()') return failed;
    if (!/^[a-z][\w-]*(\.[\w-]+)+$/i.test(token))
      throw new Error(`${token} in ${expression} is not known here`);
    return lookUp(token, contexts);
  }

  const value = either();
  if (index < tokens.length) throw new Error(`${tokens[index] ?? ''} in ${expression} is not known here`);
  return value;
}

/** A text with the values of its expressions. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    String(evaluate(expression, contexts)),
  );
}

/** Whether a condition lets a step or job run: without a word about failures it does not after one. */
export function holds(condition: string, contexts: Contexts, failed: boolean): boolean {
  const expression = condition.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1');
  const minds = /\b(always|success|failure|cancelled)\(\)/.test(expression);
  return (minds || !failed) && truthy(evaluate(expression, contexts, failed));
}

function lookUp(path: string, contexts: Contexts): Value {
  const [context = '', ...rest] = path.split('.');
  if (!(context in contexts)) throw new Error(`there is no context ${context} here: ${path}`);
  let node: unknown = contexts[context];
  for (const part of rest)
    node = typeof node === 'object' && node !== null ? (node as Contexts)[part] : undefined;
  return typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean' ? node : '';
}

function truthy(value: Value): boolean {
  return value !== '' && value !== 0 && value !== false;
}

function same(one: Value, other: Value): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

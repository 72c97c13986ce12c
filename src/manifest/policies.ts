import type { Concern } from '../core/concern.ts';
import { Policies } from '../policy/index.ts';
import type { JsonSchema } from '../policy/types.ts';
import { type Project, rootOf } from './model.ts';
import { readPlanSchema } from './schemas.ts';
import { problem } from './source.ts';
import { type Node, rangeOf } from './yaml/node.ts';

/** Finds what is wrong with the policies of a project: expressions that are not valid, and names that two have. */
export function policyConcerns(project: Project): readonly Concern[] {
  const { policies, origin } = project;
  const { source } = origin;
  const root = rootOf(origin);
  const compiler = new Policies(readPlanSchema() as JsonSchema);
  const seen = new Set<string>();
  return policies.flatMap((policy, index) => {
    const { name, scope, expression, messageExpression } = policy;
    const twice = seen.has(name)
      ? [
          problem(
            'policies.duplicate',
            rangeOf(root, ['policies', index, 'name']),
            `there is a policy ${name} already`,
            'give one of the two another name',
          ),
        ]
      : [];
    seen.add(name);
    const wrong = (
      key: 'expression' | 'messageExpression',
      text: string | undefined,
      type: 'bool' | 'string',
    ) => {
      const found = text === undefined ? undefined : compiler.problemOf(scope, text, type);
      if (text === undefined || found === undefined) return [];
      const range = placeIn(root, source.text, ['policies', index, key], text, found);
      return [problem('policies.invalid', range, `policy ${name}: ${found.message}`, found.remedy)];
    };
    return [
      ...twice,
      ...wrong('expression', expression, 'bool'),
      ...wrong('messageExpression', messageExpression, 'string'),
    ].map((each) => source.toConcern(each));
  });
}

/**
 * Finds the place in a file of a range in a text, however YAML writes the text: characters that are not white space are the
 * same in both, in the same order, but for quotes and escapes, which are skipped.
 */
function placeIn(
  root: Node,
  file: string,
  path: readonly (string | number)[],
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } {
  const whole = rangeOf(root, path);
  const header = /^(?:[|>][^\n]*\n|["'])/.exec(file.slice(whole.start, whole.end))?.[0].length ?? 0;
  let at = whole.start + header;
  for (const character of text.slice(0, start)) {
    if (/\s/.test(character)) continue;
    const next = file.indexOf(character, at);
    if (next < 0 || next >= whole.end) return whole;
    at = next + 1;
  }
  while (at < whole.end && /\s/.test(file[at] ?? '')) at += 1;
  return { start: at, end: Math.min(whole.end, at + Math.max(1, end - start)) };
}

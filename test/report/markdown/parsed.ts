// A comment as a real Markdown parser reads it: the one that Prettier brings.
import assert from 'node:assert/strict';
import { parsers } from 'prettier/plugins/markdown';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** Everything that a comment is made of; there is no link, image, quote or emphasis among it. */
const TYPES = [
  'root',
  'heading',
  'paragraph',
  'sentence',
  'word',
  'whitespace',
  'text',
  'list',
  'listItem',
  'strong',
  'inlineCode',
  'code',
  'html',
  'thematicBreak',
  'table',
  'tableRow',
  'tableCell',
];

/** What a plan does, for `landfall comment`. */
const FACTS = /^<!-- landfall-plan: [a-z,]+ -->$/;
const FOLD = /^(?:<details><summary>(?:<\/?b>|<code>[^<>]*<\/code>|[\w\s:,-])*<\/summary>|<\/details>)$/;

/** Fails on anything that Markdown could make of a comment and that landfall does not write. */
export async function expectOnlyOurs(text: string, marker: string): Promise<void> {
  const root = (await parsers.markdown.parse(text, {} as never)) as Node;
  for (const { type, value = '' } of nodesOf(root)) {
    assert.ok(TYPES.includes(type), type);
    if (type === 'html' && value !== marker && !FACTS.test(value))
      for (const line of value.split('\n')) assert.match(line, FOLD);
    if (type === 'text' || type === 'word') assert.doesNotMatch(value, /[<>@#[\]|*_~$\\&`]|https?:|www\./);
  }
}

function nodesOf(node: Node): readonly Node[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}

// What a Markdown parser would make of a comment, as far as it matters here: blocks, folds, code spans and what is left.
// Held with assert: a comment has thousands of lines, and expect takes its time over each.
import assert from 'node:assert/strict';

const TAGS = /<\/?(?:details|summary|b)>/g;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;

/** Lines inside of fenced blocks and those outside of them; fails on a fence that is left open. */
function splitFences(text: string): { readonly inside: string[]; readonly outside: string[] } {
  const inside: string[] = [];
  const outside: string[] = [];
  let fence: number | undefined;
  for (const line of text.split('\n')) {
    const run = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      // CommonMark 0.31, 4.5: at least as long, and nothing but spaces after it.
      if (run?.[1]?.startsWith('`') === true && run[1].length >= fence && run[2]?.trim() === '')
        fence = undefined;
      else inside.push(line);
    } else if (run !== null) {
      assert.match(run[2] ?? '', /^(diff|sh)$/);
      fence = run[1]?.length ?? 3;
    } else outside.push(line);
  }
  assert.equal(fence, undefined);
  return { inside, outside };
}

/** A line without its code spans: a run of backticks up to the next of the same length (CommonMark 0.31, 6.1). */
function withoutCode(line: string): string {
  let rest = '';
  for (let at = 0; at < line.length;) {
    const run = /^`+/.exec(line.slice(at))?.[0];
    if (run === undefined) {
      rest += line.charAt(at);
      at += 1;
      continue;
    }
    const close = [...line.slice(at + run.length).matchAll(/`+/g)].find(
      ([ticks]) => ticks.length === run.length,
    );
    // A run without its like would show what was meant to be code as Markdown.
    assert.ok(close !== undefined, line);
    rest += 'CODE';
    at += run.length + close.index + run.length;
  }
  return rest;
}

/** Fails on anything that Markdown, HTML, a platform or a terminal could obey and that is not ours. */
export function expectWellFormed(text: string, marker: string): void {
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  assert.ok(!text.includes('##['), text);
  assert.ok(text.endsWith(`\n${marker}\n`), text);
  const above = text.slice(0, -marker.length - 1).replace(/\n<!-- landfall-plan: [a-z,]+ -->\n$/, '\n');
  assert.ok(above.endsWith('\n\n'), text);
  const { inside, outside } = splitFences(above);
  for (const line of inside) assert.match(line, /^([-+!#] |-\/\+ |landfall )|^[-+!#]$/);

  let open = 0;
  for (const line of outside) {
    assert.doesNotMatch(line, /^\s*(::|\/)/);
    const isHtml = line.startsWith('<');
    const rest = isHtml ? line.replace(/<code>[^<>]*<\/code>/g, 'CODE') : withoutCode(line);
    const bare = rest.replace(TAGS, '').replace(ENTITY, '');
    // Ours: headings, lists, bold, rules.
    assert.doesNotMatch(bare.replace(/^#### |^ *- |^---$|\*\*/g, ''), /[<>@#[\]|*_~$\\&]|https?:|www\./);
    open += (rest.match(/<details>/g) ?? []).length - (rest.match(/<\/details>/g) ?? []).length;
    assert.ok(open === 0 || open === 1, line);
  }
  assert.equal(open, 0);
}

import { createHash } from 'node:crypto';
import { escapeMarkup, escapeTerminal } from '../text/escape.ts';

/** Markup of ours, in which all text is escaped. Only `markup` and `trusted` make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: markup as it is, everything else as text; nothing for undefined. */
type Part = Html | string | number | undefined | readonly (Html | string)[];

/** Makes markup of a template: every text in it is escaped, for elements and for attributes in double quotes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += markupOf(part) + (strings[index + 1] ?? '');
  return new Html(text);
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escapeMarkup(escapeTerminal(part));
  if (typeof part === 'number') return String(part);
  return part === undefined ? '' : part.map(markupOf).join('');
}

/** Takes text as markup: for files of ours and for what a library has escaped, never for data. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Words in which what stands in backticks is code. */
export function withCode(words: string): Html {
  return trusted(markup`${words}`.text.replace(/`([^`]+)`/g, '<code>$1</code>'));
}

/** A cell of a table; `number`: it is aligned to the right; `time`: it stays on one line. */
export interface HtmlColumn<T> {
  readonly title: string;
  readonly cell: (item: T) => Html | string | number | undefined;
  readonly kind?: 'number' | 'time';
}

/** A table in a box that scrolls by itself, also by keyboard. Its first column names the rows. */
export function table<T>(
  caption: string,
  columns: readonly HtmlColumn<T>[],
  items: readonly T[],
  foot: Html = markup``,
): Html {
  const of = ({ kind }: HtmlColumn<T>): Html => (kind === undefined ? markup`` : markup` class="${kind}"`);
  const row = (item: T): Html => {
    const cells = columns.map((column, index) =>
      index === 0
        ? markup`<th scope="row"${of(column)}>${column.cell(item)}</th>`
        : markup`<td${of(column)}>${column.cell(item)}</td>`,
    );
    return markup`<tr>${cells}</tr>\n`;
  };
  const heads = columns.map((column) => markup`<th scope="col"${of(column)}>${column.title}</th>`);
  return scrolling(
    caption,
    markup`<table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${items.map(row)}</tbody>${foot}
</table>`,
  );
}

/** A box that scrolls if what is in it is too wide or too long for the screen. */
export function scrolling(name: string, content: Html): Html {
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${content}</div>`;
}

/** A chart with its numbers in a table, which is there also where the chart cannot be seen. */
export function figure(title: string, chart: Html, numbers: Html): Html {
  return markup`<figure>
<figcaption>${title}</figcaption>
${scrolling(title, chart)}
<details><summary>The same as a table</summary>
${numbers}
</details>
</figure>`;
}

/** How the policy of a page names a script or a style of its own, which is all that it allows. */
export function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * A page without script that needs no other file and no network: its policy allows its own style only.
 * @param blocks the body after the heading: markup in which all text is escaped
 * @returns the page; it ends in a newline
 */
export function renderPlainPage(title: string, style: string, blocks: readonly string[]): string {
  const policy = `default-src 'none'; style-src '${sourceHash(style)}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<h1>${title}</h1>
${trusted(blocks.join('\n'))}
</body>
</html>
`.text;
}

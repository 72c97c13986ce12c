// Pieces of Markdown for the generated pages.

/** Text as code; what is in it may hold backticks. */
export function code(text) {
  const fence = text.includes('`') ? '``' : '`';
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

export function codes(values, and = ', ') {
  return values.map((value) => code(String(value))).join(and);
}

/**
 * Plain text from a description: flags and names of variables become code, and nothing in it becomes markup.
 * @param values of a flag, those that its name may stand before: `--format json`
 */
export function prose(text, values = () => []) {
  const flagAndValue = (match, flag, value) =>
    value !== undefined && values(flag).includes(value) ? code(match) : match.replace(flag, code(flag));
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? part
        : part
            .replaceAll(/[\\*_<>[\]]/g, '\\$&')
            .replaceAll(/(?<![\w-])(--[a-z][a-z-]*)(?: ([a-z][\w-]*))?/g, flagAndValue)
            .replaceAll(/\b[A-Z]+(?:\\_[A-Z]+)+\b/g, (name) => code(name.replaceAll('\\', ''))),
    )
    .join('');
}

/** A sentence: a capital in front and a full stop behind. */
export function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? '' : '.'}`;
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The anchor that GitHub gives a heading. */
export function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** A link to a heading of the same page, whose text is code. */
export function toHeading(text) {
  return `[${code(text)}](#${slug(text)})`;
}

export const GENERATED = '<!-- Written by `npm run docs`: change what it is made from, not this page. -->';

/** A page with other text between `<!-- name -->` and `<!-- /name -->`. */
export function between(page, name, text) {
  const region = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
  if (!region.test(page)) throw new Error(`there is no region <!-- ${name} --> in the page`);
  return page.replace(region, (_, begin, end) => `${begin}\n${text}\n${end}`);
}

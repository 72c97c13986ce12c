// What a terminal shows, as an SVG: colours and columns stay as they are, and the text can be read by machines.

const WIDTH = 8.4;
const HEIGHT = 19;
const MARGIN = 18;
/** What picocolors writes, on a dark ground. */
const COLORS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 35: '#d2a8ff', 36: '#79c0ff', 90: '#8b949e' };
const PLAIN = '#e6edf3';
const DIM = '#9198a1';
const ESCAPE = String.fromCharCode(27);
const CODE = new RegExp(`(${ESCAPE}\\[\\d+m)`);

/**
 * An SVG of output with the codes that set colours.
 * @param title what it shows, for those who cannot see it
 */
export function picture(text, title) {
  const lines = text.trimEnd().split('\n').map(spansOf);
  const columns = Math.max(
    ...lines.map((spans) => spans.reduce((sum, { words }) => sum + [...words].length, 0)),
  );
  const width = Math.ceil(columns * WIDTH) + 2 * MARGIN;
  const height = lines.length * HEIGHT + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${PLAIN}" xml:space="preserve">
${lines
  .map(line)
  .filter((part) => part !== '')
  .join('\n')}
</g>
</svg>
`;
}

function line(spans, index) {
  const y = MARGIN + (index + 1) * HEIGHT - 5;
  let column = 0;
  const parts = spans.map(({ words, style }) => {
    const x = MARGIN + column * WIDTH;
    column += [...words].length;
    return words.trim() === '' ? '' : `<tspan x="${x.toFixed(1)}"${style}>${escapeXml(words)}</tspan>`;
  });
  return parts.join('') === '' ? '' : `<text y="${y}">${parts.join('')}</text>`;
}

/** The parts of a line, each in one style. */
function spansOf(text) {
  const state = { bold: false, dim: false, color: undefined };
  const spans = [];
  for (const part of text.split(CODE)) {
    if (part.startsWith(ESCAPE)) apply(state, Number(part.slice(2, -1)));
    else if (part !== '') spans.push({ words: part, style: styleOf(state) });
  }
  return spans;
}

function apply(state, code) {
  if (code === 1) state.bold = true;
  else if (code === 2) state.dim = true;
  else if (code === 22) Object.assign(state, { bold: false, dim: false });
  else if (code === 39) state.color = undefined;
  else if (code in COLORS) state.color = COLORS[code];
  else throw new Error(`the picture knows no colour ${code}`);
}

function styleOf({ bold, dim, color = dim ? DIM : undefined }) {
  return `${bold ? ' font-weight="bold"' : ''}${color === undefined ? '' : ` fill="${color}"`}`;
}

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

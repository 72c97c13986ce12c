import type { Colors } from 'picocolors/types.js';
import type { Concern, Severity } from '../../core/concern.ts';
import type { Desired } from '../../core/desired.ts';
import { type Excerpt, formatPlace, type Place } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import { pluralize } from '../text/words.ts';

/** What a validation found. */
export interface Validation {
  /** Absent when a concern is an error. */
  readonly desired: Desired | undefined;
  /** Sorted by place. */
  readonly concerns: readonly Concern[];
  readonly files: readonly string[];
}

/** Counts the concerns that make a project invalid, and the others. A critical concern counts as an error. */
export function countConcerns(concerns: readonly Concern[]): { errors: number; warnings: number } {
  const warnings = concerns.filter(({ severity }) => severity === 'warning').length;
  return { errors: concerns.length - warnings, warnings };
}

/** Counts the files that the concerns are about: `1 file`. */
export function countFiles(concerns: readonly Concern[]): string {
  return pluralize(new Set(concerns.flatMap(({ place }) => place?.file ?? [])).size, 'file');
}

/** VMs that a concern about several of them names. */
const MAX_NAMED_VMS = 3;

/** Renders a validation for people, in the form of a compiler's messages; one line without problems. Ends in a newline. */
export function renderValidationText(
  { desired, concerns }: Validation,
  { colors }: { colors: Colors },
): string {
  const same = groupBy(concerns, ({ id, place, message }) => JSON.stringify([id, place, message]));
  const blocks = [...same.values()].map((group) => concernBlock(group, colors));
  return [...blocks, summaryLine(desired, concerns, colors)].join('\n');
}

/** One concern, or the same concern about several VMs: one mistake in the defaults of a wave is one mistake. */
function concernBlock(group: readonly Concern[], colors: Colors): string {
  const [concern] = group;
  if (concern === undefined) return '';
  const { id, severity, message, remedy, place } = concern;
  const where = place === undefined ? '' : `${colors.bold(escapeTerminal(formatPlace(place)))}  `;
  const lines = [
    `${where}${colorSeverity(severity, colors)}  ${colors.dim(id)}`,
    `  ${escapeTerminal(message)}`,
    ...excerptLines(concern, colors),
  ];
  const vms = addressList(group);
  if (vms !== '') lines.push(`  ${colors.dim('about')}: ${escapeTerminal(vms)}`);
  if (remedy !== undefined) lines.push(`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`);
  return `${lines.join('\n')}\n`;
}

function addressList(group: readonly Concern[]): string {
  const addresses = group.flatMap(({ address }) => address ?? []);
  const more = addresses.length - MAX_NAMED_VMS;
  return [...addresses.slice(0, MAX_NAMED_VMS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** The line in question and a caret under its wrong part, which escaping may have moved. */
function excerptLines({ place, excerpt: line }: Concern, colors: Colors): string[] {
  if (place === undefined || line === undefined) return [];
  const { code, start, end } = cutExcerpt(place, line);
  const before = escapeTerminal(code.slice(0, start));
  const wrong = escapeTerminal(code.slice(start, end));
  // A runner's command may be in two of the parts.
  const whole = escapeTerminal(`${before}${wrong}${escapeTerminal(code.slice(end))}`);
  const number = String(place.line);
  const carets = '^'.repeat(Math.max(1, wrong.length));
  return [
    `  ${colors.dim(`${number} |`)} ${whole}`,
    `  ${colors.dim(`${' '.repeat(number.length)} |`)} ${' '.repeat(before.length)}${colors.red(carets)}`,
  ];
}

function colorSeverity(severity: Severity, colors: Colors): string {
  return severity === 'warning' ? colors.yellow(severity) : colors.red(severity);
}

function summaryLine(desired: Validation['desired'], concerns: readonly Concern[], colors: Colors): string {
  const { errors, warnings } = countConcerns(concerns);
  const counts = [
    ...(errors > 0 ? [colors.red(pluralize(errors, 'error'))] : []),
    ...(warnings > 0 ? [colors.yellow(pluralize(warnings, 'warning'))] : []),
  ].join(', ');
  if (desired === undefined || errors > 0) return `${counts} in ${countFiles(concerns)}\n`;
  const size = `${pluralize(desired.waves.length, 'wave')}, ${pluralize(desired.vms.length, 'VM')}`;
  return `${size}: ${colors.green('valid')}${counts === '' ? '' : `, ${counts}`}\n`;
}

/** Says which wave files were left out, with the first error of each. Ends in a newline. */
export function renderLeftOutFiles(problems: readonly Concern[]): string {
  const lines = problems.map(({ place, message }) =>
    escapeTerminal(`  ${place === undefined ? '' : `${formatPlace(place)}: `}${message}`),
  );
  return `${[LEFT_OUT, ...lines].join('\n')}\n`;
}

const LEFT_OUT = 'Wave files with errors were left out; `landfall validate` shows every error:';

/** A validation for programs to read. Minor versions of the format only add fields. */
export function renderValidationJson({ concerns }: Validation): string {
  const { errors, warnings } = countConcerns(concerns);
  return formatJson({
    format_version: '1.0',
    valid: errors === 0,
    error_count: errors,
    warning_count: warnings,
    diagnostics: concerns.map(toDiagnostic),
  });
}

/** Fields a concern does not have are left out. `highlight_start` and `highlight_end` are offsets in `code`. */
function toDiagnostic({ id, severity, message, remedy, address, target, place, excerpt }: Concern): object {
  const snippet = place && excerpt && cutExcerpt(place, excerpt);
  return {
    id,
    severity,
    message,
    remedy,
    address,
    target,
    ...place,
    snippet: snippet && { code: snippet.code, highlight_start: snippet.start, highlight_end: snippet.end },
  };
}

/** Most characters of a line that an excerpt shows, and how many of them stand before the wrong part. */
const EXCERPT_WIDTH = 120;
const EXCERPT_LEAD = 40;

/** The part of a line around what is wrong with it; `start` and `end` are offsets in `code`. */
interface Snippet {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** Cuts a long line around its wrong part, with `…` where something is left out. Escapes nothing. */
function cutExcerpt({ column }: Place, { text, length }: Excerpt): Snippet {
  const offset = column - 1;
  if (text.length <= EXCERPT_WIDTH)
    return { code: text, start: offset, end: Math.min(offset + length, text.length) };
  const from = toCharacterBoundary(text, Math.max(0, offset - EXCERPT_LEAD));
  const to = toCharacterBoundary(text, from + EXCERPT_WIDTH);
  const [head, tail] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  const start = offset - from + head.length;
  return {
    code: `${head}${text.slice(from, to)}${tail}`,
    start,
    end: Math.min(start + length, to - from + head.length),
  };
}

/** The offset itself, or the one before it if it would split a surrogate pair. */
function toCharacterBoundary(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}

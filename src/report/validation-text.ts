import type { Colors } from 'picocolors/types.js';
import type { Concern, Severity } from '../core/concern.ts';
import { formatPlace } from '../core/error.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { cutExcerpt } from './excerpt.ts';
import { groupBy } from './group.ts';
import { countConcerns, type Validation } from './validation.ts';

/** VMs that a concern about several of them names. */
const NAMED = 3;

/** A validation for people to read, in the manner of a compiler; one line when nothing is wrong. Ends in a newline. */
export function renderValidationText(
  { desired, concerns, files }: Validation,
  { colors }: { colors: Colors },
): string {
  const same = groupBy(concerns, ({ id, place, message }) => JSON.stringify([id, place, message]));
  const blocks = [...same.values()].map((group) => block(group, colors));
  return [...blocks, summary(desired, concerns, files, colors)].join('\n');
}

/** One concern, or the same concern about several VMs: one mistake in the defaults of a wave is one mistake. */
function block(group: readonly Concern[], colors: Colors): string {
  const [concern] = group;
  if (concern === undefined) return '';
  const { id, severity, message, remedy, place } = concern;
  const where = place === undefined ? '' : `${colors.bold(escapeTerminal(formatPlace(place)))}  `;
  const lines = [
    `${where}${paint(severity, colors)}  ${colors.dim(id)}`,
    `  ${escapeTerminal(message)}`,
    ...excerpt(concern, colors),
  ];
  const vms = about(group);
  if (vms !== '') lines.push(`  ${colors.dim('about')}: ${escapeTerminal(vms)}`);
  if (remedy !== undefined) lines.push(`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`);
  return `${lines.join('\n')}\n`;
}

function about(group: readonly Concern[]): string {
  const addresses = group.flatMap(({ address }) => address ?? []);
  const more = addresses.length - NAMED;
  return [...addresses.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** The line in question and a caret under its wrong part, which escaping may have moved. */
function excerpt({ place, excerpt: line }: Concern, colors: Colors): string[] {
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

function paint(severity: Severity, colors: Colors): string {
  return severity === 'warning' ? colors.yellow(severity) : colors.red(severity);
}

function summary(
  desired: Validation['desired'],
  concerns: readonly Concern[],
  files: readonly string[],
  colors: Colors,
): string {
  const { errors, warnings } = countConcerns(concerns);
  const counts = [
    ...(errors > 0 ? [colors.red(count(errors, 'error'))] : []),
    ...(warnings > 0 ? [colors.yellow(count(warnings, 'warning'))] : []),
  ].join(', ');
  if (desired === undefined || errors > 0) return `${counts} in ${count(files.length, 'file')}\n`;
  const size = `${count(desired.waves.length, 'wave')}, ${count(desired.vms.length, 'VM')}`;
  return `${size}: ${colors.green('valid')}${counts === '' ? '' : `, ${counts}`}\n`;
}

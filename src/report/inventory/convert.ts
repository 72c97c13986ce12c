import type { Colors } from 'picocolors/types.js';
import { formatPlace } from '../../core/error.ts';
import type { ConvertedFile, ConvertProblem, ConvertReport } from '../../core/inventory.ts';
import { joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { alignRows } from '../text/table.ts';
import { pluralize } from '../text/words.ts';

interface ConvertTextOptions {
  readonly colors: Colors;
}

/** What a conversion has removed and changed, line by line, and the problems that are left. Ends in a newline. */
export function renderConvertText(report: ConvertReport, { colors }: ConvertTextOptions): string {
  const { files, problems, notes } = report;
  const blocks = [
    ...files.map((file) => convertedFileLines(file, colors)),
    problems.length === 0
      ? []
      : [colors.bold(problemsHeading(report)), ...problems.flatMap((each) => problemLines(each, colors))],
    notes.length === 0 ? [] : [colors.bold('Notes'), ...notes.map((note) => `  ${escapeTerminal(note)}`)],
    summaryLines(report, colors),
  ];
  return joinBlocks(blocks);
}

/** Without a written file, the lines are those that the result would have. */
function problemsHeading({ written }: ConvertReport): string {
  return `To fix by hand${written === undefined ? ': lines are those of the result' : ''}`;
}

function convertedFileLines(
  { path, out, dropped, targets }: ConvertedFile,
  colors: Colors,
): readonly string[] {
  if (dropped.length + targets.length === 0) return [];
  const rows = [
    ...targets.map(({ place, wave, from, to }) => ({
      place,
      cells: [wave, `target: ${to}`, from === undefined ? 'named none' : `was ${from}`],
    })),
    ...dropped.map(({ place, wave, vm, text, reason, comments }) => ({
      place,
      cells: [
        vm === undefined ? `${wave} defaults` : `${wave}/${vm}`,
        `- ${oneLine(text)}`,
        [reason, ...comments.map((comment) => `comment removed: ${comment}`)].join('; '),
      ],
    })),
  ].toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const lines = alignRows(
    rows.map(({ place, cells }) => [`  ${place.line}:${place.column}`, ...cells].map(escapeTerminal)),
    { 0: colors.dim, 3: colors.dim },
  );
  const where = out === undefined ? '' : ` → ${escapeTerminal(out)}`;
  return [`${colors.bold(escapeTerminal(path))}${where}`, ...lines];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function problemLines({ id, message, remedy, place }: ConvertProblem, colors: Colors): readonly string[] {
  const where = place === undefined ? '' : `${escapeTerminal(formatPlace(place))}  `;
  return [
    `  ${where}${escapeTerminal(message)}${id === undefined ? '' : `  ${colors.dim(id)}`}`,
    ...(remedy === undefined ? [] : [`    ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`]),
  ];
}

function summaryLines({ files, problems, written }: ConvertReport, colors: Colors): readonly string[] {
  const waves = files.reduce((sum, file) => sum + file.waves.length, 0);
  const dropped = files.reduce((sum, file) => sum + file.dropped.length, 0);
  const changed = files.filter((file) => file.changed).length;
  const checked = `${pluralize(waves, 'wave')} in ${pluralize(files.length, 'file')}`;
  const open =
    problems.length === 0 ? '' : `, ${colors.red(`${pluralize(problems.length, 'problem')} to solve`)}`;
  if (changed === 0) return [`${checked}: nothing to convert${open}.`];
  const counts = `${checked}: ${pluralize(dropped, 'setting')} dropped${open}`;
  if (written === undefined) {
    return [`${counts}. Nothing was written: --in-place changes the files, --out FOLDER writes new ones.`];
  }
  const to =
    written === 'in-place'
      ? `${pluralize(changed, 'file')} changed`
      : `${pluralize(files.length, 'file')} written`;
  return [`${counts}; ${to}.`, 'Next: landfall validate, then landfall plan.'];
}

/** The result of a conversion as JSON; format version 1.0, minor versions only add. */
export function renderConvertJson({ to, written, files, problems, notes }: ConvertReport): string {
  return formatJson({
    format_version: '1.0',
    to,
    written: written ?? 'nothing',
    files: files.map(({ path, out, waves, changed, dropped, targets }) => ({
      path,
      out,
      waves,
      changed,
      dropped: dropped.map((one) => ({
        ...one.place,
        ...snakeCase(one, 'wave', 'vm', 'setting', 'text', 'reason', 'comments'),
      })),
      targets: targets.map((one) => ({ ...one.place, ...snakeCase(one, 'wave', 'from', 'to') })),
    })),
    problems: problems.map((one) => ({ ...snakeCase(one, 'id', 'message', 'remedy'), ...one.place })),
    notes,
    summary: {
      files: files.length,
      files_changed: files.filter(({ changed }) => changed).length,
      waves: files.reduce((sum, { waves }) => sum + waves.length, 0),
      dropped: files.reduce((sum, { dropped }) => sum + dropped.length, 0),
      problems: problems.length,
    },
  });
}

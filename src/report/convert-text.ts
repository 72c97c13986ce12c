import type { Colors } from 'picocolors/types.js';
import { formatPlace } from '../core/error.ts';
import type { ConvertedFile, ConvertProblem, ConvertReport } from '../core/inventory.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { alignRows } from './table.ts';

interface Options {
  readonly colors: Colors;
}

/** What a conversion has taken out and changed, line by line, and what is left to do. Ends in a newline. */
export function renderConvertText(report: ConvertReport, { colors }: Options): string {
  const { files, problems, notes } = report;
  const blocks = [
    ...files.map((file) => fileLines(file, colors)),
    problems.length === 0
      ? []
      : [colors.bold(heading(report)), ...problems.flatMap((each) => problemLines(each, colors))],
    notes.length === 0 ? [] : [colors.bold('Notes'), ...notes.map((note) => `  ${escapeTerminal(note)}`)],
    summary(report, colors),
  ];
  const written = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${written.join('\n\n')}\n`;
}

/** Where nothing was written, lines cannot be looked up yet. */
function heading({ written }: ConvertReport): string {
  return `To be solved by hand${written === undefined ? ', in lines as they would be' : ''}`;
}

function fileLines({ path, out, dropped, targets }: ConvertedFile, colors: Colors): readonly string[] {
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
        [reason, ...comments.map((comment) => `gone with it: ${comment}`)].join('; '),
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

function summary({ files, problems, written }: ConvertReport, colors: Colors): readonly string[] {
  const waves = files.reduce((sum, file) => sum + file.waves.length, 0);
  const dropped = files.reduce((sum, file) => sum + file.dropped.length, 0);
  const changed = files.filter((file) => file.changed).length;
  const looked = `${count(waves, 'wave')} in ${count(files.length, 'file')}`;
  const open =
    problems.length === 0 ? '' : `, ${colors.red(`${count(problems.length, 'problem')} to solve`)}`;
  if (changed === 0) return [`${looked}: nothing to convert${open}.`];
  const counts = `${looked}: ${count(dropped, 'setting')} dropped${open}`;
  if (written === undefined) {
    return [`${counts}. Nothing was written: --in-place changes the files, --out FOLDER writes new ones.`];
  }
  const to =
    written === 'in-place' ? `${count(changed, 'file')} changed` : `${count(files.length, 'file')} written`;
  return [`${counts}; ${to}.`, 'Next: landfall validate, then landfall plan.'];
}

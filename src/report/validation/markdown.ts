import type { LandfallError } from '../../core/error.ts';
import { toFindings } from '../formats/finding.ts';
import { commentMarker } from '../markdown/comment.ts';
import { composeComment, type Detail } from '../markdown/compose.ts';
import { code } from '../markdown/escape.ts';
import { concernList, warningsBlock } from '../markdown/summary.ts';
import { commitParts } from '../plan/markdown.ts';
import { DEFAULT_BUDGET } from '../text/escape.ts';
import { pluralize } from '../text/words.ts';
import { countConcerns, countFiles, type Validation } from './validation.ts';

/** What is known of manifests beside what is wrong with them. */
export interface ValidationSource {
  readonly projectFile: string;
  /** Absent where nothing readable says so. */
  readonly project?: string;
  /** The targets that a plan of these manifests would look at, as far as that can be told. */
  readonly targets: readonly string[];
  /** The commit that was read, where there is one: 7 to 64 hexadecimal digits. */
  readonly commit?: string;
}

/**
 * What is wrong with manifests as a comment, in the look of a plan's and with its marker, so that on a pull request
 * either takes the place of the other (of drift: with that of drift): errors with their places, warnings in a fold. Nothing from a manifest is obeyed in
 * it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `MIN_BUDGET` up
 */
export function renderValidationMarkdown(
  validation: Validation,
  source: ValidationSource,
  command: 'validate' | 'plan' | 'drift',
  most: number = DEFAULT_BUDGET,
): string {
  const { projectFile, project, targets, commit } = source;
  const findings = toFindings(validation.concerns, projectFile, (file) => file);
  const errors = findings.filter(({ severity }) => severity !== 'warning');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const head = (detail: Detail): readonly string[] => [
    firstLine(validation, source, command, detail),
    ...(errors.length === 0
      ? []
      : [`Fix these problems:\n\n${concernList(errors.map(toListedConcern), detail)}`]),
    ...[warningsBlock(warnings.map(toListedConcern), detail)].filter((block) => block !== ''),
  ];
  const about = ['`landfall validate` shows the lines, `landfall explain ID` explains each problem'];
  const foot = [
    ...(findings.length === 0 ? [] : [`---\n\n${[...about, ...commitParts(commit)].join('; ')}.`]),
    // A name begins with no question mark: what cannot be read replaces no plan of another project.
    commentMarker(project ?? `?${projectFile}`, targets, command === 'drift' ? command : undefined),
  ];
  return composeComment((detail) => ({ head: head(detail), foot }), [], most, '');
}

function firstLine(
  { desired, concerns }: Validation,
  { project, projectFile }: ValidationSource,
  command: 'validate' | 'plan' | 'drift',
  { name }: Detail,
): string {
  const { errors, warnings } = countConcerns(concerns);
  const counts = [
    ...(errors > 0 ? [`**${pluralize(errors, 'error')}**`] : []),
    ...(warnings > 0 ? [pluralize(warnings, 'warning')] : []),
  ];
  const whose = code(project ?? projectFile, name);
  if (desired === undefined)
    return `**${command === 'drift' ? 'No drift report' : 'No plan'}** for ${whose}: ${counts.join(', ')} in ${countFiles(concerns)}.`;
  const size = [pluralize(desired.waves.length, 'wave'), pluralize(desired.vms.length, 'VM')];
  return `Manifests of ${whose} ${errors > 0 ? 'have errors' : 'are valid'}: ${[...counts, ...size].join(', ')}.`;
}

/** The VMs that a finding is about stand in its message. */
function toListedConcern({ id, place, message, remedy }: ReturnType<typeof toFindings>[number]) {
  return { id, place, message, ...(remedy !== undefined && { remedy }) };
}

/**
 * Why there is no plan, as a comment with the marker of the plan: what stood there is of another commit, and would be
 * taken for this one's. Nothing of the error is obeyed in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `MIN_BUDGET` up
 */
export function renderFailureMarkdown(
  error: Pick<LandfallError, 'code' | 'message' | 'remedy' | 'place'>,
  { projectFile, project, targets, commit }: ValidationSource,
  most: number = DEFAULT_BUDGET,
): string {
  const { code: id, message, remedy, place } = error;
  const told = {
    id,
    message,
    ...(remedy !== undefined && { remedy }),
    ...(place !== undefined && { place }),
  };
  const about = [`${code(`landfall explain ${id}`, 80)} explains it`, ...commitParts(commit)];
  return composeComment(
    (detail) => ({
      head: [`**No plan** for ${code(project ?? projectFile, detail.name)}.`, concernList([told], detail)],
      foot: [`---\n\n${about.join('; ')}.`, commentMarker(project ?? `?${projectFile}`, targets)],
    }),
    [],
    most,
    '',
  );
}

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

/** What is known about manifests beside their problems. */
export interface ValidationSource {
  readonly projectFile: string;
  /** Absent where it cannot be read. */
  readonly project?: string;
  /** The targets that a plan of these manifests would observe, as far as they can be read. */
  readonly targets: readonly string[];
  /** The commit that was read, where there is one: 7 to 64 hexadecimal digits. */
  readonly commit?: string;
}

/**
 * Renders the problems of manifests as a comment in the form of a plan: errors with their places, warnings in a fold. It
 * has the marker of the plan, or of drift, so that on a pull request one replaces the other. No text from a manifest has
 * an effect in it. Ends in a newline.
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

/** The message of a finding names its VMs. */
function toListedConcern({ id, place, message, remedy }: ReturnType<typeof toFindings>[number]) {
  return { id, place, message, ...(remedy !== undefined && { remedy }) };
}

/**
 * Renders why there is no plan as a comment with the marker of the plan: the earlier comment is of another commit, and
 * readers would take it for the plan of this one. No text of the error has an effect in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `MIN_BUDGET` up
 */
export function renderFailureMarkdown(
  error: Pick<LandfallError, 'code' | 'message' | 'remedy' | 'place'>,
  { projectFile, project, targets, commit }: ValidationSource,
  most: number = DEFAULT_BUDGET,
): string {
  const { code: id, message, remedy, place } = error;
  const concern = {
    id,
    message,
    ...(remedy !== undefined && { remedy }),
    ...(place !== undefined && { place }),
  };
  const about = [`${code(`landfall explain ${id}`, 80)} explains it`, ...commitParts(commit)];
  return composeComment(
    (detail) => ({
      head: [`**No plan** for ${code(project ?? projectFile, detail.name)}.`, concernList([concern], detail)],
      foot: [`---\n\n${about.join('; ')}.`, commentMarker(project ?? `?${projectFile}`, targets)],
    }),
    [],
    most,
    '',
  );
}

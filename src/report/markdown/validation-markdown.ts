import { count } from '../count.ts';
import { findingsOf } from '../findings/finding.ts';
import { commentMarker } from '../marker.ts';
import { countConcerns, type Validation } from '../validation.ts';
import type { Detail } from './detail.ts';
import { code } from './escape.ts';
import { commitWords } from './foot.ts';
import { compose, DEFAULT_BYTES } from './frame.ts';
import { fold } from './section.ts';
import { concernLines } from './summary.ts';

/** What is known of manifests beside what is wrong with them. */
export interface ValidationSource {
  readonly projectFile: string;
  /** Absent where nothing readable says so. */
  readonly project?: string;
  /** The targets that a plan of these manifests would look at, as far as that can be told. */
  readonly targets: readonly string[];
  /** The commit that was read, where there is one: 7 to 64 hexadecimal digits. */
  readonly commit?: string;
  /** What is not to be had from manifests that are broken. */
  readonly instead?: 'plan' | 'drift';
}

/**
 * What is wrong with manifests as a comment, in the look of a plan's and with its marker, so that on a pull request
 * either takes the place of the other (of drift: with that of drift): errors with their places, warnings in a fold. Nothing from a manifest is obeyed in
 * it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `FEWEST_BYTES` up
 */
export function renderValidationMarkdown(
  validation: Validation,
  source: ValidationSource,
  most: number = DEFAULT_BYTES,
): string {
  const { projectFile, project, targets, commit, instead = 'plan' } = source;
  const findings = findingsOf(validation.concerns, projectFile, (file) => file);
  const errors = findings.filter(({ severity }) => severity !== 'warning');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const head = (detail: Detail): readonly string[] => [
    firstLine(validation, source, detail),
    ...(errors.length === 0 ? [] : [`To be mended:\n\n${concernLines(errors.map(told), detail)}`]),
    ...(warnings.length === 0
      ? []
      : [fold(`<b>${count(warnings.length, 'warning')}</b>`, concernLines(warnings.map(told), detail))]),
  ];
  const about = ['`landfall validate` shows the lines, `landfall explain` what each of them means'];
  const foot = [
    ...(findings.length === 0 ? [] : [`---\n\n${[...about, ...commitWords(commit)].join('; ')}.`]),
    // A name begins with no question mark: what cannot be read replaces no plan of another project.
    commentMarker(project ?? `?${projectFile}`, targets, instead === 'drift' ? instead : undefined),
  ];
  return compose((detail) => ({ head: head(detail), foot }), [], most, '');
}

function firstLine(
  { desired, concerns, files }: Validation,
  { project, projectFile, instead }: ValidationSource,
  { name }: Detail,
): string {
  const { errors, warnings } = countConcerns(concerns);
  const counts = [
    ...(errors > 0 ? [`**${count(errors, 'error')}**`] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  const whose = code(project ?? projectFile, name);
  if (desired === undefined)
    return `**${instead === 'drift' ? 'Drift cannot be told' : 'No plan'}** for ${whose}: ${counts.join(', ')} in ${count(files.length, 'file')}.`;
  const size = [count(desired.waves.length, 'wave'), count(desired.vms.length, 'VM')];
  return `Manifests of ${whose} ${errors > 0 ? 'need mending' : 'are valid'}: ${[...counts, ...size].join(', ')}.`;
}

/** The VMs that a finding is about stand in its message. */
function told({ id, place, message, remedy }: ReturnType<typeof findingsOf>[number]) {
  return { id, place, message, ...(remedy !== undefined && { remedy }) };
}

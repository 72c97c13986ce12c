import type { DriftReport, FieldDrift, ManifestDrift } from '../../core/results/drift.ts';
import { groupBy } from '../../core/lists.ts';
import { shortName } from '../../core/names.ts';
import { commentMarker, namesOfTargets } from '../markdown/comment.ts';
import { composeComment, type Detail } from '../markdown/compose.ts';
import { blockLine, code } from '../markdown/escape.ts';
import { newSection, type Section } from '../markdown/section.ts';
import { concernList, targetsLine } from '../markdown/summary.ts';
import { DEFAULT_BUDGET, escapeLine } from '../text/escape.ts';
import { alignRows } from '../text/table.ts';
import { countsText, matchingText } from '../text/words.ts';
import {
  DRIFT_KIND_LABELS,
  driftCounts,
  driftMessage,
  fieldDriftText,
  type ManifestRevision,
} from './drift.ts';

/** Bytes of a name, a value, a message and a line of a block. */
const MAX_NAME_BYTES = 120;
const MAX_VALUE_BYTES = 160;
const MAX_MESSAGE_BYTES = 400;
const MAX_LINE_BYTES = 600;

/**
 * Renders drift as an issue or a comment, in the form of a plan: counts first, then a section for each wave.
 * The same drift makes the same text, whatever the time. No text from a manifest or from AWS has an effect in it.
 * Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `MIN_BUDGET` up; waves are cut to fit, the counts never are
 */
export function renderDriftMarkdown(
  report: DriftReport,
  origin: ManifestRevision | undefined,
  most: number = DEFAULT_BUDGET,
): string {
  return composeComment(
    (detail) => ({ head: headBlocks(report, origin, detail), foot: footBlocks(report) }),
    driftSections(report),
    most,
    '`landfall drift` shows all of it.',
  );
}

function headBlocks(
  report: DriftReport,
  origin: ManifestRevision | undefined,
  detail: Detail,
): readonly string[] {
  const { project, drift, matching, targets, concerns } = report;
  const match = matchingText(matching);
  const from =
    origin === undefined
      ? ''
      : ` of ${code(origin.revision, detail.name)} (${code(origin.commit.slice(0, 12), 40)})`;
  const name = code(project, detail.name);
  const first =
    drift.length === 0
      ? `No drift in ${name}: ${match}${from}.`
      : `**Drift** in ${name}: ${countsText(driftCounts(drift))}; ${match}${from}.`;
  return [
    first,
    targetsLine(targets, detail),
    concerns.length === 0 ? '' : `**Not compared** completely:\n\n${concernList(concerns, detail)}`,
  ].filter((block) => block !== '');
}

function footBlocks(report: DriftReport): readonly string[] {
  const { project, drift } = report;
  return [
    ...(drift.length === 0
      ? []
      : [
          '---\n\nIf the manifests are right, run `landfall plan` and apply it. If the account is right, change the manifests.',
        ]),
    commentMarker(project, namesOfTargets(report), 'drift'),
  ];
}

function driftSections({ drift, targets }: DriftReport): readonly Section[] {
  const waves = groupBy(drift, ({ target, wave }) => JSON.stringify([target, wave]));
  return [...waves.values()].map((group) => {
    const { wave = '', target = '' } = group[0] ?? {};
    return newSection({
      wave,
      ...(targets.length > 1 && { target }),
      counts: driftCounts(group),
      entries: driftEntries(group),
      isDestructive: group.some(({ kind }) => kind === 'missing'),
    });
  });
}

/** Each difference with its fields. */
function driftEntries(drift: readonly ManifestDrift[]): readonly (readonly string[])[] {
  const rows = alignRows(
    drift.map((one) => [
      escapeLine(shortName(one), MAX_NAME_BYTES),
      escapeLine(one.job ?? '', MAX_NAME_BYTES),
      escapeLine(driftMessage(one), MAX_MESSAGE_BYTES),
    ]),
  );
  return drift.map(({ kind, fields }, row) =>
    [
      `${DRIFT_KIND_LABELS[kind].diffMark} ${rows[row] ?? ''}`,
      ...fields.map((field) => `!     ${fieldDriftText(shortenField(field))}`),
    ].map((line) => blockLine(line, MAX_LINE_BYTES)),
  );
}

/** A field whose name and values are short and can all be seen. */
function shortenField({ field, git, account }: FieldDrift): FieldDrift {
  const value = <T>(of: T): T | string => (typeof of === 'string' ? escapeLine(of, MAX_VALUE_BYTES) : of);
  return {
    field: escapeLine(field, MAX_NAME_BYTES),
    ...(git !== undefined && { git: value(git) }),
    ...(account !== undefined && { account: value(account) }),
  };
}

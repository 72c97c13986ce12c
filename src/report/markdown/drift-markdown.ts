import { DRIFT_KINDS, type DriftReport, type FieldDrift, type ManifestDrift } from '../../core/drift.ts';
import { plain } from '../clip.ts';
import { count } from '../count.ts';
import { type DriftOrigin, fieldDriftText, KIND_WORDS } from '../drift-report-text.ts';
import { groupBy } from '../group.ts';
import { commentMarker } from '../marker.ts';
import { alignRows } from '../table.ts';
import { rawLabelOf } from '../words.ts';
import type { Detail } from './detail.ts';
import { blockLine, code } from './escape.ts';
import { compose, DEFAULT_BYTES } from './frame.ts';
import { type Counted, type Section, sectionOf } from './section.ts';
import { concernLines, targetsLine } from './summary.ts';

/** Bytes of a name, a value, a message and a line of a block. */
const NAME = 120;
const VALUE = 160;
const MESSAGE = 400;
const LINE = 600;

/** The first character decides the colour that a platform gives the line. */
const SYMBOLS: Readonly<Record<ManifestDrift['kind'], string>> = {
  changed: '!',
  missing: '-',
  'not-applied': '+',
  unlisted: '!',
  foreign: '!',
  state: '!',
  unresolved: '#',
};

/**
 * Who differs over what, as an issue or a comment, in the look of a plan's: counts first, then a section for each wave.
 * The same drift makes the same text, whatever the time. Nothing from a manifest or from AWS is obeyed in it. Ends in a
 * newline.
 *
 * @param most bytes of UTF-8 that it may have, from `FEWEST_BYTES` up; waves are cut to fit, the counts never are
 */
export function renderDriftMarkdown(
  report: DriftReport,
  origin: DriftOrigin | undefined,
  most: number = DEFAULT_BYTES,
): string {
  return compose(
    (detail) => ({ head: headBlocks(report, origin, detail), foot: footBlocks(report) }),
    driftSections(report),
    most,
    '`landfall drift` shows it whole.',
  );
}

function headBlocks(report: DriftReport, origin: DriftOrigin | undefined, detail: Detail): readonly string[] {
  const { project, drift, matching, targets, concerns } = report;
  const match = `${count(matching, 'job')} ${matching === 1 ? 'matches' : 'match'} the manifests`;
  const from =
    origin === undefined
      ? ''
      : ` of ${code(origin.revision, detail.name)} (${code(origin.commit.slice(0, 12), 40)})`;
  const name = code(project, detail.name);
  const first =
    drift.length === 0
      ? `No drift in ${name}: ${match}${from}.`
      : `**Drift** in ${name}: ${countsOf(drift)
          .map(([number, words]) => `${number} ${words}`)
          .join(', ')}; ${match}${from}.`;
  return [
    first,
    targetsLine(targets, detail),
    concerns.length === 0 ? '' : `**Not looked at** in full:\n\n${concernLines(concerns, detail)}`,
  ].filter((block) => block !== '');
}

function footBlocks({ project, drift, targets }: DriftReport): readonly string[] {
  const names = targets.map(({ name }) => name);
  return [
    ...(drift.length === 0
      ? []
      : [
          '---\n\nWhere git is right, `landfall plan` shows what brings the account in line. Where the account is right, put it into the manifests.',
        ]),
    commentMarker(project, names, 'drift'),
  ];
}

function driftSections({ drift, targets }: DriftReport): readonly Section[] {
  const waves = groupBy(drift, ({ target, wave }) => JSON.stringify([target, wave]));
  return [...waves.values()].map((group) => {
    const { wave = '', target = '' } = group[0] ?? {};
    return sectionOf({
      wave,
      ...(targets.length > 1 && { target }),
      counts: countsOf(group),
      entries: driftEntries(group),
      isGrave: group.some(({ kind }) => kind === 'missing'),
    });
  });
}

function countsOf(drift: readonly ManifestDrift[]): readonly Counted[] {
  const kinds = groupBy(drift, ({ kind }) => kind);
  return DRIFT_KINDS.flatMap((kind) => {
    const { length } = kinds.get(kind) ?? [];
    return length === 0 ? [] : [[length, KIND_WORDS[kind].counted, 'kept'] as const];
  });
}

/** Each difference with what is to be said of its fields. */
function driftEntries(drift: readonly ManifestDrift[]): readonly (readonly string[])[] {
  const rows = alignRows(
    drift.map((one) => [
      plain(rawLabelOf(one), NAME),
      plain(one.job ?? '', NAME),
      plain(one.message ?? '', MESSAGE),
    ]),
  );
  return drift.map(({ kind, fields }, row) =>
    [
      `${SYMBOLS[kind]} ${rows[row] ?? ''}`,
      ...fields.map((field) => `!     ${fieldDriftText(shortField(field))}`),
    ].map((line) => blockLine(line, LINE)),
  );
}

/** A field whose name and values are short and can all be seen. */
function shortField({ field, git, account }: FieldDrift): FieldDrift {
  const value = <T>(of: T): T | string => (typeof of === 'string' ? plain(of, VALUE) : of);
  return {
    field: plain(field, NAME),
    ...(git !== undefined && { git: value(git) }),
    ...(account !== undefined && { account: value(account) }),
  };
}

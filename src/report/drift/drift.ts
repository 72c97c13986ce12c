import {
  DRIFT_KINDS,
  type DriftKind,
  type DriftReport,
  type FieldDrift,
  type ManifestDrift,
} from '../../core/results/drift.ts';
import { groupBy } from '../../core/lists.ts';
import { fullName } from '../../core/names.ts';
import type { PlannedTarget } from '../../core/plan.ts';
import { formatInstant } from '../../core/time.ts';
import { toConcern, toErrors, toTarget } from '../plan/json.ts';
import {
  concernLines,
  incompleteLines,
  joinBlocks,
  targetHeading,
  type TextOptions,
  wrapLines,
} from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { foldRows } from '../text/table.ts';
import { type Count, countsText, matchingText, nameInWave, settingText } from '../text/words.ts';

/** Which manifests were compared with the accounts: those of a revision, or those on disk. */
export interface ManifestRevision {
  readonly revision: string;
  readonly commit: string;
}

/** Marks of each kind, on a terminal and in a diff, and its words in counts. */
export const DRIFT_KIND_LABELS: Readonly<
  Record<
    DriftKind,
    {
      readonly mark: string;
      /** The first character decides the colour. */ readonly diffMark: string;
      readonly counted: string;
    }
  >
> = {
  changed: { mark: '~', diffMark: '!', counted: 'changed' },
  missing: { mark: '-', diffMark: '-', counted: 'missing' },
  'not-applied': { mark: '+', diffMark: '+', counted: 'not applied yet' },
  unlisted: { mark: '!', diffMark: '!', counted: 'in no manifest' },
  foreign: { mark: '!', diffMark: '!', counted: 'not ours' },
  phase: { mark: '!', diffMark: '!', counted: 'in another phase' },
  state: { mark: '!', diffMark: '!', counted: 'with a problem' },
  unresolved: { mark: '?', diffMark: '#', counted: 'unresolved' },
};

/**
 * Renders the differences by target and wave, and the counts. Without drift this is one line, and why the comparison is
 * incomplete. Ends in a newline.
 */
export function renderDriftText(
  report: DriftReport,
  origin: ManifestRevision | undefined,
  options: TextOptions,
): string {
  const { colors } = options;
  const blocks = [
    ...report.targets.map((target) => targetLines(report, target, options)),
    concernLines(report.concerns, options),
    wrapLines(
      [driftSummary(report, origin, colors.bold), ...incompleteLines(report.concerns, colors)],
      options,
    ),
  ];
  return joinBlocks(blocks);
}

function driftSummary(
  { drift, matching }: DriftReport,
  origin: ManifestRevision | undefined,
  strong: (text: string) => string,
): string {
  const match = `${matchingText(matching)}${revisionText(origin)}`;
  if (drift.length === 0) return `${strong('No drift.')} ${match}.`;
  return `${strong('Drift:')} ${countsText(driftCounts(drift))}; ${match}.`;
}

/** Counts differences by kind. */
export function driftCounts(drift: readonly ManifestDrift[]): readonly Count[] {
  return DRIFT_KINDS.flatMap((kind) => {
    const number = drift.filter((one) => one.kind === kind).length;
    return number === 0 ? [] : [{ words: `${number} ${DRIFT_KIND_LABELS[kind].counted}` }];
  });
}

function revisionText(origin: ManifestRevision | undefined): string {
  if (origin === undefined) return '';
  return ` of ${escapeTerminal(origin.revision)} (${origin.commit.slice(0, 12)})`;
}

function targetLines({ drift }: DriftReport, target: PlannedTarget, options: TextOptions): readonly string[] {
  const { colors } = options;
  const waves = groupBy(
    drift.filter((one) => one.target === target.name),
    ({ wave }) => wave,
  );
  if (waves.size === 0) return [];
  return [
    ...wrapLines([targetHeading(target, colors)], options),
    ...[...waves].flatMap(([wave, group]) => [
      '',
      `  ${colors.bold(escapeTerminal(wave))}`,
      ...group.flatMap((one) => driftLines(one, options)),
    ]),
  ];
}

function driftLines(drift: ManifestDrift, options: TextOptions): readonly string[] {
  const { colors, columns = Infinity } = options;
  const { kind, job, fields, remedy } = drift;
  const what = [nameInWave(drift), escapeTerminal(job ?? ''), escapeTerminal(driftMessage(drift))];
  const [[first = '', ...others] = []] = foldRows([what], columns - 6);
  return [
    `    ${colors.yellow(DRIFT_KIND_LABELS[kind].mark)} ${first}`,
    ...others.map((line) => `      ${line}`),
    ...wrapLines(
      [
        ...fields.map((field) => `        ${fieldDriftText(field)}`),
        ...(remedy === undefined ? [] : [`        fix: ${escapeTerminal(remedy)}`]),
      ],
      options,
    ),
  ];
}

/** The message of a difference without the VM and the job at its beginning, which its row names. */
export function driftMessage(drift: ManifestDrift): string {
  const { job = '', message = '' } = drift;
  const names = [drift.address, fullName(drift)];
  const starts = names.flatMap((name) => [`replication job ${job} of ${name} `, `${name} `]);
  const start = starts.find((one) => message.startsWith(one)) ?? '';
  return message.slice(start.length);
}

/** The two values of a field: `frequency: the manifests say 12, the account says 24`. */
export function fieldDriftText({ field, git, account }: FieldDrift): string {
  return `${escapeTerminal(field)}: the manifests say ${settingText(git)}, the account says ${settingText(account)}`;
}

/** Drift as JSON, format version 1.0; minor versions only add. `revision` is null for the manifests on disk. */
export function renderDriftJson(report: DriftReport, origin: ManifestRevision | undefined): string {
  const { at, targets, drift, matching, concerns } = report;
  const counts: Record<string, number> = {};
  for (const kind of DRIFT_KINDS) {
    counts[kind.replace('-', '_')] = drift.filter((one) => one.kind === kind).length;
  }
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    revision: origin === undefined ? null : { name: origin.revision, commit: origin.commit },
    has_drift: drift.length > 0,
    targets: targets.map(toTarget),
    drift: drift.map(toDrift),
    concerns: concerns.map(toConcern),
    errors: toErrors(concerns),
    summary: { ...counts, matching },
  });
}

/** `git` and `account` of a field are null where that side has no value. */
function toDrift(drift: ManifestDrift): object {
  const { job, fields, message, remedy, place } = drift;
  return {
    ...snakeCase(drift, 'kind', 'address', 'target', 'wave'),
    job_id: job,
    fields: fields.map(({ field, git = null, account = null }) => ({ field, git, account })),
    message,
    remedy,
    ...place,
  };
}

import type { ChangedPrecondition } from '../../core/apply-result.ts';
import { hasChanges, type Plan, runRefusals } from '../../core/plan.ts';
import { bytes } from '../clip.ts';
import type { Freshness } from '../freshness.ts';
import { commentMarker } from '../marker.ts';
import { type Detail, listed } from './detail.ts';
import { code, fenced, prose } from './escape.ts';
import { shellCommand } from './shell.ts';
import { quietWaves } from './wave-section.ts';

/** A command longer than this is not spelled out: cut short, it would be another one. */
const LONGEST_COMMAND = 1000;

/** What is known of a plan beside the plan. */
export interface PlanSource {
  /** The commit that was planned, where there is one: 7 to 64 hexadecimal digits. */
  readonly commit?: string;
  /** The command that carries out this plan: the program and its arguments. */
  readonly apply: readonly string[];
  /** Of a saved plan: whether it still holds. */
  readonly freshness?: Freshness;
}

/** What stands below the waves and is never cut: what stays, checksum, commit, the command, the hidden marker. */
export function footBlocks(plan: Plan, source: PlanSource, detail: Detail): readonly string[] {
  const quiet = quietWaves(plan.changes);
  const { commit, freshness } = source;
  const made = [`Plan ${code(plan.checksum, 100)}`, ...commitWords(commit)];
  return [
    quiet.length === 0
      ? ''
      : `Unchanged: ${listed(quiet, detail, ([wave, vms]) => `${code(wave, detail.name)} (${vms})`)}.`,
    `---\n\n${made.join(', ')}.${freshness === undefined ? '' : ` ${freshnessText(freshness, detail)}`}`,
    // Where there is nothing to carry out, a command would only mislead.
    ...(hasChanges(plan) && runRefusals(plan).length === 0 ? applyBlocks(source) : []),
    commentMarker(
      plan.project,
      plan.targets.map(({ name }) => name),
    ),
  ].filter((block) => block !== '');
}

/** Nothing where it is no commit: a text that is not vouched for could say anything. */
export function commitWords(commit: string | undefined): readonly string[] {
  return commit === undefined || !/^[0-9a-f]{7,64}$/i.test(commit) ? [] : [`commit ${code(commit, 80)}`];
}

function applyBlocks({ apply }: PlanSource): readonly string[] {
  const command = shellCommand(apply);
  if (command === undefined || bytes(command) > LONGEST_COMMAND) {
    return ['To carry it out, run `landfall apply` with the flags that this plan was made with.'];
  }
  return [`To carry it out:\n\n${fenced('sh', [command]).join('\n')}`];
}

function freshnessText({ status, drift, reason = '' }: Freshness, detail: Detail): string {
  switch (status) {
    case 'fresh':
      return 'Still fresh: nothing that it stands on has changed.';
    case 'unchecked':
      return `Whether it is still fresh could not be checked: ${prose(reason, detail.text)}.`;
    case 'stale':
      return `**Stale**: plan again. What has moved: ${listed(drift, detail, (one) => driftText(one, detail))}.`;
  }
}

function driftText({ target, address, what }: ChangedPrecondition, { name }: Detail): string {
  const about = address ?? target;
  return about === undefined ? code(what, name) : `${code(what, name)} of ${code(about, name)}`;
}

import type { Change } from '../../core/plan.ts';
import { groupBy } from '../group.ts';
import { type Section, sectionOf } from './section.ts';
import { waveCounts, waveEntries } from './wave-lines.ts';

/** The waves in which something changes, waits or is blocked, in the order of the plan. */
export function waveSections(changes: readonly Change[]): readonly Section[] {
  const targets = new Set(changes.map(({ target }) => target));
  return wavesOf(changes)
    .filter(isTouched)
    .map((group) => waveSection(group, targets.size > 1));
}

/** The waves that stay as they are, and how many VMs each has. */
export function quietWaves(changes: readonly Change[]): readonly (readonly [string, number])[] {
  return wavesOf(changes)
    .filter((group) => !isTouched(group))
    .map((group) => [group[0]?.wave ?? '', group.length]);
}

function wavesOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  return [...groupBy(changes, ({ target, wave }) => JSON.stringify([target, wave])).values()];
}

function isTouched(changes: readonly Change[]): boolean {
  return changes.some(({ action, blockedBy }) => action !== 'no-op' || blockedBy.length > 0);
}

function waveSection(changes: readonly Change[], namesTarget: boolean): Section {
  const { wave = '', target = '' } = changes[0] ?? {};
  return sectionOf({
    wave,
    ...(namesTarget && { target }),
    counts: waveCounts(changes),
    entries: waveEntries(changes),
    // It deletes or replaces jobs, or takes a step that cannot be undone.
    isGrave: changes.some(
      ({ action, irreversible, blockedBy }) =>
        blockedBy.length === 0 && (action === 'delete' || action === 'replace' || irreversible === true),
    ),
  });
}

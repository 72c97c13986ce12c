import type { Change } from '../../core/plan.ts';
import { count } from '../count.ts';
import { groupBy } from '../group.ts';
import { bytes } from '../clip.ts';
import { code, fenced, htmlCode } from './escape.ts';
import { fold } from './summary.ts';
import { waveCounts, waveEntries } from './wave-lines.ts';

/** A wave of more lines than this is folded up. */
const TALL = 20;
const NAME = 200;

/** One wave in which something changes, which can be shown with fewer of its lines. */
export interface WaveSection {
  readonly wave: string;
  /** Lines of its diff. */
  readonly lines: number;
  /** Whether it deletes or replaces jobs, or takes a step that cannot be undone: it is the last to be cut. */
  readonly isGrave: boolean;
  /** Markdown with the first `shown` lines, and a line that counts the others; whole without a number. */
  readonly render: (shown?: number) => string;
  /** The most lines that fit so many bytes; 0 where not even a change does. */
  readonly linesThatFit: (most: number) => number;
}

/** The waves in which something changes, waits or is blocked, in the order of the plan. */
export function waveSections(changes: readonly Change[]): readonly WaveSection[] {
  const targets = new Set(changes.map(({ target }) => target));
  return wavesOf(changes)
    .filter(isTouched)
    .map((group) => sectionOf(group, targets.size > 1));
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

function sectionOf(changes: readonly Change[], namesTarget: boolean): WaveSection {
  const { wave = '', target = '' } = changes[0] ?? {};
  const entries = waveEntries(changes);
  const lines = entries.flat();
  const counts = waveCounts(changes);
  const isTall = lines.length > TALL;

  const where = (name: (text: string, most: number) => string): string =>
    name(wave, NAME) + (namesTarget ? ` on ${name(target, NAME)}` : '');
  const counted = (mark: (words: string) => string): string =>
    counts
      .map(([number, words, what]) => (what === 'lost' ? mark(`${number} ${words}`) : `${number} ${words}`))
      .join(', ');
  const heading = isTall
    ? `<b>${where(htmlCode)}</b>: ${counted((words) => `<b>${words}</b>`)}`
    : `#### ${where(code)}: ${counted((words) => `**${words}**`)}`;

  const render = (shown = lines.length): string => {
    const left = lines.length - shown;
    const more = left > 0 ? [`# … ${count(left, 'more line')}`] : [];
    const block = fenced('diff', [...lines.slice(0, shown), ...more]).join('\n');
    return isTall ? fold(heading, block) : `${heading}\n\n${block}`;
  };
  return {
    wave,
    lines: lines.length,
    isGrave: changes.some(
      ({ action, irreversible, blockedBy }) =>
        blockedBy.length === 0 && (action === 'delete' || action === 'replace' || irreversible === true),
    ),
    render,
    linesThatFit(most) {
      // The fence is longest, and so the frame largest, with all lines.
      let room =
        most - (bytes(render()) - bytes(lines.join('\n'))) - bytes(`\n# … ${lines.length} more lines`);
      let fit = 0;
      for (const entry of entries) {
        // A change is shown with all that belongs to it, or not at all.
        room -= entry.reduce((sum, line) => sum + bytes(line) + 1, 0);
        if (room < 0) break;
        fit += entry.length;
      }
      return fit;
    },
  };
}

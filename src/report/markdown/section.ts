import { count } from '../count.ts';
import { bytes } from '../clip.ts';
import { code, fenced, htmlCode } from './escape.ts';

/** A section of more lines than this is folded up. */
const TALL = 20;
const NAME = 200;

/** How many of something there are, in words, as a heading counts it; what is `lost` is in bold. */
export type Counted = readonly [number: number, words: string, what: 'lost' | 'kept'];

/** What is said of one wave. */
export interface WaveContent {
  readonly wave: string;
  /** Absent: all waves are on one target. */
  readonly target?: string;
  readonly counts: readonly Counted[];
  /** Lines of a diff, each with those that belong to it. */
  readonly entries: readonly (readonly string[])[];
  readonly isGrave: boolean;
}

/** One wave, which can be shown with fewer of its lines. */
export interface Section {
  readonly wave: string;
  /** Lines of its diff. */
  readonly lines: number;
  /** Whether something is lost for good in it: it is the last to be cut. */
  readonly isGrave: boolean;
  /** Markdown with the first `shown` lines, and a line that counts the others; whole without a number. */
  readonly render: (shown?: number) => string;
  /** The most lines that fit so many bytes; 0 where not even an entry does. */
  readonly linesThatFit: (most: number) => number;
}

/** A heading with counts, and a diff; folded up where it is long. */
export function sectionOf({ wave, target, counts, entries, isGrave }: WaveContent): Section {
  const lines = entries.flat();
  const isTall = lines.length > TALL;

  const where = (name: (text: string, most: number) => string): string =>
    name(wave, NAME) + (target === undefined ? '' : ` on ${name(target, NAME)}`);
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
    isGrave,
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

/** A fold; `summary` is HTML, `content` is Markdown. */
export function fold(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

import { sizeInBytes } from '../text/escape.ts';
import { type Count, pluralize } from '../text/words.ts';
import { code, fenced, htmlCode } from './escape.ts';

/** A section of more lines than this is folded up. */
const MAX_UNFOLDED_LINES = 20;
const MAX_NAME_BYTES = 200;

/** The content of the section of one wave. */
export interface WaveContent {
  readonly wave: string;
  /** Absent: all waves are on one target. */
  readonly target?: string;
  readonly counts: readonly Count[];
  /** Lines of a diff, each entry with its own lines. */
  readonly entries: readonly (readonly string[])[];
  readonly isDestructive: boolean;
}

/** One wave, which can be shown with fewer of its lines. */
export interface Section {
  readonly wave: string;
  /** Lines of its diff. */
  readonly lines: number;
  /** Whether it has a change that cannot be undone: such sections are cut last. */
  readonly isDestructive: boolean;
  /** Markdown with the first `shown` lines, and a line that counts the others; whole without a number. */
  readonly render: (shown?: number) => string;
  /** The most lines that fit so many bytes; 0 where not even an entry does. */
  readonly linesThatFit: (most: number) => number;
}

/** A heading with counts, and a diff; folded up where it is long. */
export function newSection({ wave, target, counts, entries, isDestructive }: WaveContent): Section {
  const lines = entries.flat();
  const isTall = lines.length > MAX_UNFOLDED_LINES;

  const where = (name: (text: string, most: number) => string): string =>
    name(wave, MAX_NAME_BYTES) + (target === undefined ? '' : ` on ${name(target, MAX_NAME_BYTES)}`);
  const counted = (mark: (words: string) => string): string =>
    counts.map(({ words, isLoss }) => (isLoss === true ? mark(words) : words)).join(', ');
  const heading = isTall
    ? `<b>${where(htmlCode)}</b>: ${counted((words) => `<b>${words}</b>`)}`
    : `#### ${where(code)}: ${counted((words) => `**${words}**`)}`;

  const render = (shown = lines.length): string => {
    const left = lines.length - shown;
    const more = left > 0 ? [`# … ${pluralize(left, 'more line')}`] : [];
    const block = fenced('diff', [...lines.slice(0, shown), ...more]).join('\n');
    return isTall ? fold(heading, block) : `${heading}\n\n${block}`;
  };
  return {
    wave,
    lines: lines.length,
    isDestructive,
    render,
    linesThatFit(most) {
      // The fence is longest, and so the frame largest, with all lines.
      let room =
        most -
        (sizeInBytes(render()) - sizeInBytes(lines.join('\n'))) -
        sizeInBytes(`\n# … ${lines.length} more lines`);
      let fit = 0;
      for (const entry of entries) {
        // A change is shown with all of its lines, or not at all.
        room -= entry.reduce((sum, line) => sum + sizeInBytes(line) + 1, 0);
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

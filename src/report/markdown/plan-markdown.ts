import type { Plan } from '../../core/plan.ts';
import { DETAILS, type Detail } from './detail.ts';
import { fitSections, sizeOf } from './fit.ts';
import { footBlocks, type PlanSource } from './foot.ts';
import { summaryBlocks } from './summary.ts';
import { waveSections } from './wave-section.ts';

/** GitHub takes 65,536 characters in a comment. */
export const DEFAULT_BYTES = 65_536;

/** The smallest budget, in bytes: the summary of any plan fits it, whatever its names are. */
export const FEWEST_BYTES = 10_000;

/**
 * The plan as a comment for a pull or merge request, in the Markdown that GitHub and GitLab share: counts, what is
 * blocked, capacity, a diff for each wave, and the command that carries it out. The same plan makes the same text,
 * whatever the time. Nothing from a manifest or from AWS is obeyed in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `FEWEST_BYTES` up; waves are cut to fit, the summary never is
 */
export function renderPlanMarkdown(plan: Plan, source: PlanSource, most: number = DEFAULT_BYTES): string {
  const { head, foot } = frame(plan, source, most);
  const room = most - sizeOf([...head, ...foot]);
  return `${[...head, ...fitSections(waveSections(plan.changes), room, most), ...foot].join('\n\n')}\n`;
}

interface Frame {
  readonly head: readonly string[];
  readonly foot: readonly string[];
}

/** The summary in as much detail as leaves the waves half of the room. */
function frame(plan: Plan, source: PlanSource, most: number): Frame {
  const of = (detail: Detail): Frame => ({
    head: summaryBlocks(plan, detail),
    foot: footBlocks(plan, source, detail),
  });
  const [fullest, ...others] = DETAILS;
  return others.reduce(
    (sofar, detail) => (sizeOf([...sofar.head, ...sofar.foot]) > most / 2 ? of(detail) : sofar),
    of(fullest),
  );
}

import type { Plan } from '../../core/plan.ts';
import { footBlocks, type PlanSource } from './foot.ts';
import { compose, DEFAULT_BYTES } from './frame.ts';
import { summaryBlocks } from './summary.ts';
import { waveSections } from './wave-section.ts';

/**
 * The plan as a comment for a pull or merge request, in the Markdown that GitHub and GitLab share: counts, what is
 * blocked, capacity, a diff for each wave, and the command that carries it out. The same plan makes the same text,
 * whatever the time. Nothing from a manifest or from AWS is obeyed in it. Ends in a newline.
 *
 * @param most bytes of UTF-8 that it may have, from `FEWEST_BYTES` up; waves are cut to fit, the summary never is
 */
export function renderPlanMarkdown(plan: Plan, source: PlanSource, most: number = DEFAULT_BYTES): string {
  return compose(
    (detail) => ({ head: summaryBlocks(plan, detail), foot: footBlocks(plan, source, detail) }),
    waveSections(plan.changes),
    most,
    'The plan itself does all of it: `landfall plan` shows it whole.',
  );
}

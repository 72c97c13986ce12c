import { EXIT, LandfallError } from '../../core/error.ts';
import type { SavedPlan } from '../../plan/saved/file.ts';
import { type FindingFormat, isFindingFormat } from '../../report/findings/finding.ts';
import { renderPlanMarkdown } from '../../report/plan/markdown.ts';
import {
  type Freshness,
  renderFreshness,
  renderSavedPlanJson,
  renderSavedPlanText,
} from '../../report/plan/saved.ts';
import { withSavedPlanCheck } from '../../workflow/plan/saved-plan-check.ts';
import { readPlanFile } from '../../workflow/plan/saved-plan-file.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import { markdownBudget, type MarkdownFlags, savedFindingsText } from './problem-reports.ts';

interface Flags extends MarkdownFlags {
  readonly format: 'text' | 'json' | 'markdown' | FindingFormat;
}

/** `landfall show FILE`: shows a saved plan, and whether it could still be carried out. */
export async function show(context: Context, flags: Flags, [file = '']: readonly string[]): Promise<number> {
  const budget = markdownBudget(flags);
  const saved = await readPlanFile(context, file);
  const freshness = await freshnessOf(context, saved);
  context.print(render(context, saved, freshness, { ...flags, file, budget }));
  // These formats have no place for it.
  if (isFindingFormat(flags.format)) context.log(renderFreshness(freshness, { colors: context.errorColors }));
  return EXIT.done;
}

function render(
  context: Context,
  { plan }: SavedPlan,
  freshness: Freshness,
  { format, file, budget }: Flags & { readonly file: string; readonly budget: number },
): string {
  const { colors, verbose } = context;
  switch (format) {
    case 'text':
      return renderSavedPlanText(plan, freshness, { colors, verbose });
    case 'json':
      return renderSavedPlanJson(plan, freshness);
    case 'markdown':
      // No commit: the one that is checked out here need not be the one that the plan was made of.
      return renderPlanMarkdown(
        plan,
        { apply: applyCommand(context, plan, { out: file }), freshness },
        budget,
      );
    case 'github':
    case 'gitlab':
    case 'junit':
    case 'sarif':
      return savedFindingsText(context, format, plan);
  }
}

/** Showing a plan works anywhere: away from the project and its credentials the question is left open. */
async function freshnessOf(context: Context, saved: SavedPlan): Promise<Freshness> {
  if (saved.preconditions.length === 0) return { status: 'fresh', drift: [] };
  try {
    return await withSavedPlanCheck(context, saved, ({ drift }) => ({
      status: drift.length > 0 ? 'stale' : 'fresh',
      drift,
    }));
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return { status: 'unchecked', drift: [], reason: error.message };
  }
}

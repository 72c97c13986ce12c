import { EXIT } from '../../core/error.ts';
import { loadFormat } from '../../report/formats.ts';
import { renderFreshness } from '../../report/plan/saved.ts';
import { showSavedPlan } from '../../workflow/plan/saved-plan.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import { type ReportFlags, savedPlanOptions } from './reporting.ts';

/** `landfall show FILE`: shows a saved plan, and whether it is stale. */
export async function show(
  context: Context,
  flags: ReportFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const options = savedPlanOptions(context, flags);
  const format = await loadFormat(flags.format);
  const { plan, freshness } = await showSavedPlan(context, file);
  // No commit: the one that is checked out here need not be the one that the plan was made of.
  const source = () => ({ apply: applyCommand(context, plan, { out: file }) });
  context.print(await format.plan({ plan, freshness, source }, options));
  const { errorColors: colors, errorColumns: columns } = context;
  if (!format.showsFreshness) context.log(renderFreshness(freshness, { colors, columns }));
  return EXIT.done;
}

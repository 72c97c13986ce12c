import { EXIT } from '../../core/error.ts';
import { FORMAT_NAMES } from '../../report/formats.ts';
import { renderFreshness } from '../../report/plan/saved.ts';
import { showSavedPlan } from '../../workflow/plan/saved-plan.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import { openReport, type ReportFlags, savedPlanOptions } from './reporting.ts';

/** `landfall show FILE`: shows a saved plan, and whether it is stale. */
export async function show(
  context: Context,
  flags: ReportFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const options = savedPlanOptions(context, flags);
  const { format, report } = await openReport(context, flags, options, FORMAT_NAMES);
  const { plan, freshness } = await showSavedPlan(context, file);
  // No commit: the one that is checked out here need not be the one that the plan was made of.
  const source = () => ({ apply: applyCommand(context, plan, { out: file }) });
  await report((each, its) => each.plan({ plan, freshness, source }, its));
  const { errorColors: colors, errorColumns: columns } = context;
  if (!format.showsFreshness) context.log(renderFreshness(freshness, { colors, columns }));
  return EXIT.done;
}

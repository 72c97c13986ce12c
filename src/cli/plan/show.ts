import { EXIT, LandfallError } from '../../core/error.ts';
import type { SavedPlan } from '../../plan/saved/preconditions.ts';
import { loadFormat } from '../../report/formats.ts';
import { type Freshness, renderFreshness } from '../../report/plan/saved.ts';
import { withSavedPlanCheck } from '../../workflow/plan/saved-plan-check.ts';
import { readPlanFile } from '../../workflow/plan/saved-plan-file.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import { type ReportFlags, savedPlanOptions } from './reporting.ts';

/** `landfall show FILE`: shows a saved plan, and whether it could still be carried out. */
export async function show(
  context: Context,
  flags: ReportFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const options = savedPlanOptions(context, flags);
  const format = await loadFormat(flags.format);
  const saved = await readPlanFile(context, file);
  const { plan } = saved;
  const freshness = await freshnessOf(context, saved);
  // No commit: the one that is checked out here need not be the one that the plan was made of.
  const source = () => ({ apply: applyCommand(context, plan, { out: file }) });
  context.print(await format.plan({ plan, freshness, source }, options));
  if (!format.showsFreshness) context.log(renderFreshness(freshness, { colors: context.errorColors }));
  return EXIT.done;
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

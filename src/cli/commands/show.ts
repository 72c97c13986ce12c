import { EXIT, LandfallError } from '../../core/error.ts';
import type { SavedPlan } from '../../plan/saved/index.ts';
import type { Freshness } from '../../report/freshness.ts';
import { renderSavedPlanJson, renderSavedPlanText } from '../../report/saved-plan.ts';
import type { Context } from '../context.ts';
import { meet } from '../saved-plan.ts';
import { readPlanFile } from '../saved-plan-files.ts';

interface Flags {
  readonly format: 'text' | 'json';
}

/** `landfall show FILE`: shows a saved plan, and whether it could still be carried out. */
export async function show(
  context: Context,
  { format }: Flags,
  [file = '']: readonly string[],
): Promise<number> {
  const saved = await readPlanFile(context, file);
  const freshness = await freshnessOf(context, saved);
  const { colors, verbose } = context;
  context.print(
    format === 'json'
      ? renderSavedPlanJson(saved.plan, freshness)
      : renderSavedPlanText(saved.plan, freshness, { colors, verbose }),
  );
  return EXIT.done;
}

/** Showing a plan works anywhere: away from the project and its credentials the question is left open. */
async function freshnessOf(context: Context, saved: SavedPlan): Promise<Freshness> {
  if (saved.preconditions.length === 0) return { status: 'fresh', drift: [] };
  try {
    return await meet(context, saved, ({ drift }) => ({
      status: drift.length > 0 ? 'stale' : 'fresh',
      drift,
    }));
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return { status: 'unchecked', drift: [], reason: error.message };
  }
}

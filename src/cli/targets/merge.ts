import { hasChanges, isWaiting } from '../../core/plan.ts';
import { EXIT } from '../../core/error.ts';
import { FORMAT_NAMES } from '../../report/formats.ts';
import { renderError } from '../../report/text/errors.ts';
import { type MergeOptions, mergePlanFiles } from '../../workflow/plan/merging.ts';
import { planExitCode } from '../../workflow/plan/planning.ts';
import type { Context } from '../context.ts';
import {
  openReport,
  type ReportFlags,
  reportInvalidManifests,
  savedPlanOptions,
  validationResult,
} from '../plan/reporting.ts';

interface Flags extends MergeOptions, Omit<ReportFlags, 'out'> {
  readonly detailedExitcode?: boolean;
}

/** `landfall merge PLANS`: makes one plan of those of the runners. */
export async function merge(context: Context, flags: Flags, paths: readonly string[]): Promise<number> {
  const { report } = await openReport(context, flags, savedPlanOptions(context, flags), FORMAT_NAMES);
  const result = await mergePlanFiles(context, paths, flags);
  if (result.kind === 'invalid') {
    return reportInvalidManifests(context, report, validationResult(context, flags, 'plan', result));
  }
  const { plan, selected, errors } = result;
  for (const error of errors) context.host.stderr.write(renderError(error, context.errorColors));
  const { commit } = plan.origin ?? {};
  const source = () => ({ ...(commit !== undefined && { commit }), targets: selected });
  await report((format, options) => format.plan({ plan, source }, options));
  const code = planExitCode(plan);
  if (code !== EXIT.done || flags.detailedExitcode !== true) return code;
  return hasChanges(plan) ? EXIT.changes : isWaiting(plan) ? EXIT.waiting : EXIT.done;
}

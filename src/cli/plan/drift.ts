import { unreachableTargets } from '../../core/concern.ts';
import { EXIT } from '../../core/error.ts';
import { DRIFT_FORMAT_NAMES } from '../../report/formats.ts';
import { drift as findDrift } from '../../workflow/plan/drift.ts';
import type { Selection } from '../../workflow/selection.ts';
import type { Context } from '../context.ts';
import {
  openReport,
  renderOptions,
  type ReportFlags,
  reportInvalidManifests,
  validationResult,
} from './reporting.ts';

interface Flags extends Selection, ReportFlags {
  readonly ref?: string;
}

/** `landfall drift`: prints the differences between the manifests and the accounts. Changes nothing; exits with 2 if there are any, with 1 if a target could not be read. */
export async function drift(context: Context, flags: Flags): Promise<number> {
  const options = renderOptions(context, flags);
  const { report } = await openReport(context, flags, options, DRIFT_FORMAT_NAMES);
  const found = await findDrift(context, flags);
  if (found.kind === 'invalid') {
    // A nightly issue then says why there is nothing to report, instead of last night's drift.
    return reportInvalidManifests(context, report, validationResult(context, flags, 'drift', found));
  }
  await report((format, each) => format.drift?.(found.report, found.origin, each));
  if (unreachableTargets(found.report.concerns).length > 0) return EXIT.error;
  return found.report.drift.length > 0 ? EXIT.changes : EXIT.done;
}

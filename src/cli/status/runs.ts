import { EXIT } from '../../core/error.ts';
import { renderRunsJson, renderRunsText } from '../../report/status/runs.ts';
import { jobRuns } from '../../workflow/runs/history.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';

/** `landfall runs VM|JOB`: all runs of a VM's jobs, deleted ones too, or of one job. */
export async function runs(
  context: Context,
  flags: VmFlags,
  [name = '']: readonly string[],
): Promise<number> {
  const result = await jobRuns(context, flags, name);
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { colors, columns, print } = context;
  print(flags.format === 'json' ? renderRunsJson(result) : renderRunsText(result, { colors, columns }));
  return result.unreachable.length > 0 ? EXIT.error : EXIT.done;
}

import type { ApplyReporter } from '../../core/apply-result.ts';
import type { WorkflowEvent } from '../../core/environment.ts';
import { isExecutable } from '../../core/plan.ts';
import { renderRollbackJson, renderRollbackPlan, renderRollbackText } from '../../report/apply/rollback.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { rollback as takeBack } from '../../workflow/plan/rollback.ts';
import { requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';
import { type Progress, progressReporter } from './apply-progress.ts';

interface Flags extends VmFlags, LockOptions {
  readonly keepInstances?: boolean;
  readonly autoApprove?: boolean;
}

/** `landfall rollback WAVE|VM…`: takes the cut-overs of VMs back, after asking. */
export async function rollback(
  context: Context,
  { autoApprove, format, ...flags }: Flags,
  names: readonly string[],
): Promise<number> {
  const { colors, columns, errorColors, errorColumns, verbose, print, log } = context;
  const isJson = format === 'json';
  let progress: Progress | undefined;
  const onEvent = (event: WorkflowEvent): void => {
    // The progress bar must be erased before a line is printed.
    progress?.finish();
    if (event.kind === 'planned') {
      if (isJson)
        log(renderRollbackPlan(event.plan, { colors: errorColors, columns: errorColumns, verbose }));
      else print(renderRollbackPlan(event.plan, { colors, columns, verbose }));
      const changes = event.plan.changes.filter(isExecutable);
      const steps = changes.map(({ remaining = [] }) => 1 + remaining.length);
      progress = progressReporter(
        context,
        steps.reduce((sum, count) => sum + count, 0),
      );
    }
    context.onEvent(event);
  };
  const reporter: ApplyReporter = {
    started: (change) => progress?.reporter.started(change),
    ended: (result) => progress?.reporter.ended(result),
  };
  const approve = (): Promise<boolean> => requestApproval(context, autoApprove, 'Take these cut-overs back?');
  try {
    const result = await takeBack({ ...context, onEvent }, names, { ...flags, reporter, approve });
    if (result.kind === 'invalid') return showInvalidManifests(context, result);
    progress?.finish();
    const { report } = result;
    if (isJson) print(renderRollbackJson(report));
    else if (report.error === undefined || report.error.code === 'LOCK_LOST')
      print(renderRollbackText(report, { colors, columns, verbose }));
    return report.exitCode;
  } finally {
    progress?.finish();
  }
}

import { dirname } from 'node:path';
import { EXIT, LandfallError } from '../../core/error.ts';
import type { WorkflowEvent } from '../../core/environment.ts';
import { hasChanges, isWaiting, type Plan } from '../../core/plan.ts';
import { FORMAT_NAMES } from '../../report/formats.ts';
import type { PlanSource } from '../../report/plan/markdown.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { currentCommit } from '../../workflow/git/current-commit.ts';
import { plan as makePlan, planExitCode, type PlanOptions } from '../../workflow/plan/planning.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import {
  openReport,
  renderOptions,
  type ReportFlags,
  reportInvalidManifests,
  validationResult,
  validationSource,
} from './reporting.ts';

interface Flags extends PlanOptions, ReportFlags {
  readonly detailedExitcode?: boolean;
  readonly changedSince?: string;
  readonly runbooks?: string;
}

/** `landfall plan`: shows what an apply would change, and changes nothing. */
export async function plan(context: Context, flags: Flags): Promise<number> {
  // What cannot be printed is refused before any account is asked.
  const options = renderOptions(context, flags);
  const { report } = await openReport(context, flags, options, FORMAT_NAMES);
  let manifests: Extract<WorkflowEvent, { kind: 'manifests-read' }> | undefined;
  const onEvent = (event: WorkflowEvent): void => {
    if (event.kind === 'manifests-read') manifests = event;
    context.onEvent(event);
  };
  const result = await makePlan({ ...context, onEvent }, flags).catch(
    async (error: unknown): Promise<never> => {
      // The comment on the pull request is of another commit, and would be taken for the plan of this one.
      if (manifests !== undefined && isForReviewers(error)) {
        const source = await validationSource(context, flags, manifests);
        await report((format, each) => format.failure?.(error, source, each));
      }
      throw error;
    },
  );
  if (result.kind === 'invalid') {
    // A pipeline that puts the report on a pull request needs one which says why there is no plan.
    return reportInvalidManifests(context, report, validationResult(context, flags, 'plan', result));
  }
  const { plan, cutovers, runbooks } = result;
  if (flags.runbooks !== undefined)
    await (await import('./runbooks.ts')).writeRunbooks(context, flags.runbooks, runbooks);
  const source = async (): Promise<PlanSource> => ({
    ...(await planSource(context, flags, plan)),
    cutovers,
    runbooks,
  });
  await report((format, each) => format.plan({ plan, source }, each));
  if (flags.out !== undefined) context.log(savedMessage(flags.out));
  const code = planExitCode(plan);
  if (code !== EXIT.done || flags.detailedExitcode !== true) return code;
  return hasChanges(plan) ? EXIT.changes : isWaiting(plan) ? EXIT.waiting : EXIT.done;
}

/** Errors of landfall itself are for its log. */
function isForReviewers(error: unknown): error is LandfallError {
  return error instanceof LandfallError && error.code !== 'INTERNAL';
}

async function planSource(context: Context, flags: Flags, plan: Plan): Promise<PlanSource> {
  const commit = await currentCommit(context, dirname(findProjectFile(context)));
  return { ...(commit !== undefined && { commit }), apply: applyCommand(context, plan, flags) };
}

function savedMessage(file: string): string {
  const name = escapeTerminal(file);
  return `Saved to ${name}: \`landfall apply ${name}\` applies exactly this plan, or says what has changed.\n`;
}

import { dirname } from 'node:path';
import { EXIT, LandfallError } from '../../core/error.ts';
import type { WorkflowEvent } from '../../core/environment.ts';
import { hasChanges, isWaiting, type Plan } from '../../core/plan.ts';
import { loadFormat } from '../../report/formats.ts';
import type { PlanSource } from '../../report/plan/markdown.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { currentCommit } from '../../workflow/git/current-commit.ts';
import { plan as makePlan, planExitCode, type PlanOptions } from '../../workflow/plan/planning.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import {
  renderOptions,
  type ReportFlags,
  reportInvalidManifests,
  validationResult,
  validationSource,
} from './reporting.ts';

interface Flags extends PlanOptions, ReportFlags {
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly changedSince?: string;
}

/** `landfall plan`: shows what an apply would change, and changes nothing. */
export async function plan(context: Context, flags: Flags): Promise<number> {
  // What cannot be printed is refused before any account is asked.
  const options = renderOptions(context, flags);
  const format = await loadFormat(flags.format);
  let manifests: Extract<WorkflowEvent, { kind: 'manifests-read' }> | undefined;
  const onEvent = (event: WorkflowEvent): void => {
    if (event.kind === 'manifests-read') manifests = event;
    context.onEvent(event);
  };
  const result = await makePlan({ ...context, onEvent }, flags).catch(
    async (error: unknown): Promise<never> => {
      // The comment on the pull request is of another commit, and would be taken for the plan of this one.
      if (format.failure !== undefined && manifests !== undefined && isForReviewers(error))
        context.print(format.failure(error, await validationSource(context, flags, manifests), options));
      throw error;
    },
  );
  if (result.kind === 'invalid') {
    // A pipeline that puts the report on a pull request needs one which says why there is no plan.
    return reportInvalidManifests(context, format, validationResult(context, flags, 'plan', result), options);
  }
  const { plan } = result;
  context.print(await format.plan({ plan, source: () => planSource(context, flags, plan) }, options));
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

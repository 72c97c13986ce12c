import { dirname, relative, resolve, sep } from 'node:path';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { hasChanges, type Plan } from '../../core/plan.ts';
import { savePlan } from '../../plan/saved/file.ts';
import { type FindingFormat, isFindingFormat } from '../../report/findings/finding.ts';
import { renderPlanJson } from '../../report/plan/json.ts';
import { renderPlanMarkdown } from '../../report/plan/markdown.ts';
import { renderPlanText } from '../../report/plan/text.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { changedWaves } from '../../workflow/git/changed-waves.ts';
import { currentCommit } from '../../workflow/git/current-commit.ts';
import { planExitCode, type PlanFlags, type PlanSession, withPlan } from '../../workflow/plan/planning.ts';
import { writePlanFile } from '../../workflow/plan/saved-plan-file.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import {
  failureMarkdown,
  findingsText,
  invalidManifestsText,
  markdownBudget,
  type MarkdownFlags,
  problemsMarkdown,
} from './problem-reports.ts';

interface Flags extends PlanFlags, MarkdownFlags {
  readonly format: 'text' | 'json' | 'markdown' | FindingFormat;
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly changedSince?: string;
}

/** `landfall plan`: shows what an apply would change, and changes nothing. */
export async function plan(context: Context, flags: Flags): Promise<number> {
  const { changedSince } = flags;
  // What cannot be printed is refused before any account is asked.
  markdownBudget(flags);
  let isShown = false;
  const show = async (plan: Plan, scene: PlanSession): Promise<ExitCode> => {
    if (flags.out !== undefined) await save(context, flags.out, plan, scene);
    context.print(await render(context, flags, plan, scene));
    isShown = true;
    if (flags.out !== undefined) context.log(savedMessage(flags.out));
    const code = planExitCode(plan);
    if (code !== EXIT.done) return code;
    return flags.detailedExitcode === true && hasChanges(plan) ? EXIT.changes : EXIT.done;
  };
  const exitCode = await withPlan(context, flags, show, async (manifests) =>
    changedSince === undefined ? {} : changedWaves(context, manifests, changedSince),
  ).catch(async (error: unknown): Promise<never> => {
    // What was put on a pull request before is of another commit, and would be taken for the plan of this one.
    if (flags.format === 'markdown' && !isShown && isForReviewers(error))
      context.print(await failureMarkdown(context, flags, error));
    throw error;
  });
  if (exitCode !== undefined) return exitCode;
  // A pipeline that puts a file on a pull request has one to put there, which says why there is no plan.
  if (flags.format === 'markdown') context.print(await problemsMarkdown(context, flags));
  else if (isFindingFormat(flags.format)) context.print(invalidManifestsText(context, flags.format));
  return EXIT.error;
}

/** Without a project nobody knows whose plan it would have been; a mistake of ours is for its log. */
function isForReviewers(error: unknown): error is LandfallError {
  return error instanceof LandfallError && !['PROJECT_NOT_FOUND', 'INTERNAL'].includes(error.code);
}

async function render(
  context: Context,
  flags: Flags,
  plan: Plan,
  { projectFile }: PlanSession,
): Promise<string> {
  const { colors, verbose } = context;
  switch (flags.format) {
    case 'text':
      return renderPlanText(plan, { colors, verbose });
    case 'json':
      return renderPlanJson(plan);
    case 'markdown': {
      const commit = await currentCommit(context, dirname(projectFile));
      const apply = applyCommand(context, plan, flags);
      return renderPlanMarkdown(
        plan,
        { ...(commit !== undefined && { commit }), apply },
        markdownBudget(flags),
      );
    }
    case 'github':
    case 'gitlab':
    case 'junit':
    case 'sarif':
      return findingsText(context, flags.format, 'plan', { projectFile, concerns: plan.concerns, plan });
  }
}

function savedMessage(file: string): string {
  const name = escapeTerminal(file);
  return `Saved to ${name}: \`landfall apply ${name}\` carries out exactly this, or says what has changed.\n`;
}

async function save(
  context: Context,
  file: string,
  plan: Plan,
  { projectFile, observed, accounts }: PlanSession,
): Promise<void> {
  const { cwd } = context.host;
  // Seen from the project's folder, paths are the same on every machine.
  const shown = (path: string): string =>
    relative(dirname(projectFile), resolve(cwd, path)).replaceAll(sep, '/');
  await writePlanFile(context, file, savePlan(plan, observed, accounts.traits, shown));
}

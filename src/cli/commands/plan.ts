import { dirname, relative, resolve, sep } from 'node:path';
import { EXIT, type ExitCode } from '../../core/error.ts';
import { hasChanges, type Plan } from '../../core/plan.ts';
import { savePlan } from '../../plan/saved/index.ts';
import { type FindingFormat, isFindingFormat } from '../../report/findings/report.ts';
import { renderPlanMarkdown } from '../../report/markdown/plan-markdown.ts';
import { renderPlanJson } from '../../report/plan-json.ts';
import { renderPlanText } from '../../report/plan-text.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { applyCommand } from '../apply-command.ts';
import { changedWaves } from '../changed-waves.ts';
import { currentCommit } from '../commit.ts';
import type { Context } from '../context.ts';
import { brokenManifestsText, findingsText } from '../findings.ts';
import { markdownBudget, type MarkdownFlags } from '../markdown-budget.ts';
import { planExitCode, type PlanFlags, type Scene, withPlan } from '../planning.ts';
import { problemsMarkdown } from '../problems-markdown.ts';
import { writePlanFile } from '../saved-plan-files.ts';

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
  const show = async (plan: Plan, scene: Scene): Promise<ExitCode> => {
    if (flags.out !== undefined) await save(context, flags.out, plan, scene);
    context.print(await render(context, flags, plan, scene));
    if (flags.out !== undefined) context.log(savedText(flags.out));
    const code = planExitCode(plan);
    if (code !== EXIT.done) return code;
    return flags.detailedExitcode === true && hasChanges(plan) ? EXIT.changes : EXIT.done;
  };
  const exitCode = await withPlan(context, flags, show, async (manifests) =>
    changedSince === undefined ? {} : changedWaves(context, manifests, changedSince),
  );
  if (exitCode !== undefined) return exitCode;
  // A pipeline that puts a file on a pull request has one to put there, which says why there is no plan.
  if (flags.format === 'markdown') context.print(await problemsMarkdown(context, flags));
  else if (isFindingFormat(flags.format)) context.print(brokenManifestsText(context, flags.format));
  return EXIT.error;
}

async function render(context: Context, flags: Flags, plan: Plan, { projectFile }: Scene): Promise<string> {
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

function savedText(file: string): string {
  const name = escapeTerminal(file);
  return `Saved to ${name}: \`landfall apply ${name}\` carries out exactly this, or says what has changed.\n`;
}

async function save(
  context: Context,
  file: string,
  plan: Plan,
  { projectFile, observed, accounts }: Scene,
): Promise<void> {
  const { cwd } = context.host;
  // Seen from the project's folder, paths are the same on every machine.
  const shown = (path: string): string =>
    relative(dirname(projectFile), resolve(cwd, path)).replaceAll(sep, '/');
  await writePlanFile(context, file, savePlan(plan, observed, accounts.traits, shown));
}

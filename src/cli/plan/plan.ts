import { dirname, relative, resolve, sep } from 'node:path';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { hasChanges, type Plan } from '../../core/plan.ts';
import { loadProject, type LoadResult } from '../../manifest/load.ts';
import { savePlan } from '../../plan/saved/preconditions.ts';
import { loadFormat } from '../../report/formats.ts';
import type { PlanSource } from '../../report/plan/markdown.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { changedWaves } from '../../workflow/git/changed-waves.ts';
import { currentCommit } from '../../workflow/git/current-commit.ts';
import { planExitCode, type PlanFlags, type PlanSession, withPlan } from '../../workflow/plan/planning.ts';
import { writePlanFile } from '../../workflow/plan/saved-plan-file.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import { applyCommand } from './apply-command.ts';
import { renderOptions, type ReportFlags, validationResult, validationSource } from './reporting.ts';

interface Flags extends PlanFlags, ReportFlags {
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly changedSince?: string;
}

/** `landfall plan`: shows what an apply would change, and changes nothing. */
export async function plan(context: Context, flags: Flags): Promise<number> {
  const { changedSince } = flags;
  // What cannot be printed is refused before any account is asked.
  const options = renderOptions(context, flags);
  const format = await loadFormat(flags.format);
  let isShown = false;
  const show = async (plan: Plan, scene: PlanSession): Promise<ExitCode> => {
    if (flags.out !== undefined) await save(context, flags.out, plan, scene);
    const source = () => planSource(context, flags, plan, scene);
    context.print(await format.plan({ plan, source }, options));
    isShown = true;
    if (flags.out !== undefined) context.log(savedMessage(flags.out));
    const code = planExitCode(plan);
    if (code !== EXIT.done) return code;
    return flags.detailedExitcode === true && hasChanges(plan) ? EXIT.changes : EXIT.done;
  };
  const exitCode = await withPlan(context, flags, show, async (manifests) =>
    changedSince === undefined ? {} : changedWaves(context, manifests, changedSince),
  ).catch(async (error: unknown): Promise<never> => {
    // The comment on the pull request is of another commit, and would be taken for the plan of this one.
    if (format.failure !== undefined && !isShown && isForReviewers(error))
      context.print(
        format.failure(error, await validationSource(context, flags, loadManifests(context)), options),
      );
    throw error;
  });
  if (exitCode !== undefined) return exitCode;
  // A pipeline that puts the report on a pull request needs one which says why there is no plan.
  if (format.reportsInvalidManifests) {
    const problems = validationResult(context, flags, 'plan', loadManifests(context));
    context.print(await format.validation(problems, options));
  }
  return EXIT.error;
}

function loadManifests(context: Context): LoadResult {
  const { cwd, clock } = context.host;
  return loadProject({ projectFile: findProjectFile(context), cwd, now: clock.now() });
}

/** Without a project nobody knows whose plan it would have been; a mistake of ours is for its log. */
function isForReviewers(error: unknown): error is LandfallError {
  return error instanceof LandfallError && !['PROJECT_NOT_FOUND', 'INTERNAL'].includes(error.code);
}

async function planSource(
  context: Context,
  flags: Flags,
  plan: Plan,
  { projectFile }: PlanSession,
): Promise<PlanSource> {
  const commit = await currentCommit(context, dirname(projectFile));
  return { ...(commit !== undefined && { commit }), apply: applyCommand(context, plan, flags) };
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

import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Concern } from '../../core/concern.ts';
import { LandfallError } from '../../core/error.ts';
import type { Plan } from '../../core/plan.ts';
import { loadProject, type LoadResult } from '../../manifest/load.ts';
import { type FindingFormat, type FindingReport, toFindings } from '../../report/findings/finding.ts';
import { renderFindings } from '../../report/findings/index.ts';
import { DEFAULT_BUDGET, MIN_BUDGET } from '../../report/markdown/compose.ts';
import {
  renderFailureMarkdown,
  renderValidationMarkdown,
  type ValidationSource,
} from '../../report/validation/markdown.ts';
import { currentCommit } from '../../workflow/git/current-commit.ts';
import { findProjectFile, projectAround } from '../../workflow/project-files.ts';
import { matcher } from '../../workflow/selection.ts';
import { version } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';
import type { SelectionFlags } from '../flags.ts';

/** What was found, and where. */
interface FindingsSource {
  readonly projectFile: string;
  readonly concerns: readonly Concern[];
  readonly files?: readonly string[];
  readonly plan?: Plan;
}

/** What a run found, as a pipeline takes it. */
export function findingsText(
  { host }: Context,
  format: FindingFormat,
  command: FindingReport['command'],
  { projectFile, concerns, files = [], plan }: FindingsSource,
): string {
  const fileOf = (file: string): string => pathFromCheckout(host, file);
  const shown = relative(host.cwd, projectFile);
  return renderFindings(format, {
    command,
    version: version(),
    projectFile: fileOf(shown),
    files: files.map(fileOf),
    findings: toFindings(concerns, shown, fileOf),
    ...(plan !== undefined && { changes: plan.changes }),
  });
}

/** What is wrong with manifests of which there is no plan: a report of a plan is never left empty. */
export function invalidManifestsText(context: Context, format: FindingFormat): string {
  const { host } = context;
  const projectFile = findProjectFile(context);
  const { concerns, files } = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  return findingsText(context, format, 'plan', { projectFile, concerns, files });
}

/**
 * What a saved plan warns of and refuses. Its files are named from the folder of the project: of the one that is found
 * from here, else of this folder, as it may be shown anywhere.
 */
export function savedFindingsText(context: Context, format: FindingFormat, plan: Plan): string {
  const { host } = context;
  const projectFile =
    context.projectFile === undefined
      ? (projectAround(host.cwd) ?? resolve(host.cwd, 'landfall.yaml'))
      : findProjectFile(context);
  const concerns = plan.concerns.map((concern) => {
    if (concern.place === undefined) return concern;
    const file = relative(host.cwd, resolve(dirname(projectFile), concern.place.file));
    return { ...concern, place: { ...concern.place, file } };
  });
  return findingsText(context, format, 'plan', { projectFile, concerns, plan });
}

/** A file as a pipeline calls it: from the top of the checkout, wherever in it landfall is run. */
function pathFromCheckout({ cwd, env }: Context['host'], file: string): string {
  const top = env['GITHUB_WORKSPACE'] ?? env['CI_PROJECT_DIR'] ?? '';
  const path = top === '' ? file : relative(top, resolve(cwd, file));
  const isInside = path !== '' && !path.startsWith('..') && !isAbsolute(path);
  return (isInside ? path : file).replaceAll(sep, '/');
}

export interface ProblemsOptions extends Pick<ValidationSource, 'instead' | 'commit'> {
  /** What was read; left out, the manifests on disk are. */
  readonly loaded?: LoadResult;
}

type ProblemsFlags = MarkdownFlags & Pick<SelectionFlags, 'target'>;

/**
 * What is wrong with manifests as a comment. It has the marker of the plan, or of the drift, that the same flags would
 * make, as far as that can be told: on a pull request either takes the place of the other.
 */
export async function problemsMarkdown(
  context: Context,
  flags: ProblemsFlags,
  { loaded = loadManifests(context), instead, commit }: ProblemsOptions = {},
): Promise<string> {
  const source = await sourceOf(context, flags, loaded, commit);
  return renderValidationMarkdown(
    loaded,
    { ...source, ...(instead !== undefined && { instead }) },
    markdownBudget(flags),
  );
}

/** Why a plan of manifests that may be in order came to nothing, as a comment with the marker of that plan. */
export async function failureMarkdown(
  context: Context,
  flags: ProblemsFlags,
  error: LandfallError,
): Promise<string> {
  const source = await sourceOf(context, flags, loadManifests(context));
  return renderFailureMarkdown(error, source, markdownBudget(flags));
}

function loadManifests(context: Context): LoadResult {
  const { cwd, clock } = context.host;
  return loadProject({ projectFile: findProjectFile(context), cwd, now: clock.now() });
}

async function sourceOf(
  context: Context,
  flags: ProblemsFlags,
  { summary: { project, targets, usedTargets: used } }: LoadResult,
  of?: string,
): Promise<ValidationSource> {
  const projectFile = findProjectFile(context);
  const wanted = matcher(flags.target, targets);
  const commit = of ?? (await currentCommit(context, dirname(projectFile)));
  return {
    projectFile: relative(context.host.cwd, projectFile).replaceAll(sep, '/'),
    ...(project !== undefined && { project }),
    targets: wanted === undefined ? used : targets.filter(wanted),
    ...(commit !== undefined && { commit }),
  };
}

export interface MarkdownFlags {
  readonly maxBytes?: number;
}

/**
 * The bytes that a comment in Markdown may have.
 * @throws LandfallError USAGE where not even its summary would fit
 */
export function markdownBudget({ maxBytes = DEFAULT_BUDGET }: MarkdownFlags): number {
  if (maxBytes >= MIN_BUDGET) return maxBytes;
  throw new LandfallError('USAGE', `--max-bytes ${maxBytes} is too few for a summary`, {
    remedy: `give ${MIN_BUDGET} or more`,
  });
}

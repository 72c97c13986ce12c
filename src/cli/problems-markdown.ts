import { dirname, relative, sep } from 'node:path';
import type { LandfallError } from '../core/error.ts';
import { loadProject, type LoadResult } from '../manifest/index.ts';
import { renderFailureMarkdown } from '../report/markdown/failure-markdown.ts';
import { renderValidationMarkdown, type ValidationSource } from '../report/markdown/validation-markdown.ts';
import { currentCommit } from './commit.ts';
import type { Context } from './context.ts';
import type { SelectionFlags } from './flags.ts';
import { markdownBudget, type MarkdownFlags } from './markdown-budget.ts';
import { findProjectFile } from './project.ts';
import { matcher } from './selection.ts';

export interface Problems extends Pick<ValidationSource, 'instead' | 'commit'> {
  /** What was read; left out, the manifests on disk are. */
  readonly loaded?: LoadResult;
}

type Flags = MarkdownFlags & Pick<SelectionFlags, 'target'>;

/**
 * What is wrong with manifests as a comment. It has the marker of the plan, or of the drift, that the same flags would
 * make, as far as that can be told: on a pull request either takes the place of the other.
 */
export async function problemsMarkdown(
  context: Context,
  flags: Flags,
  { loaded = load(context), instead, commit }: Problems = {},
): Promise<string> {
  const source = await sourceOf(context, flags, loaded, commit);
  return renderValidationMarkdown(
    loaded,
    { ...source, ...(instead !== undefined && { instead }) },
    markdownBudget(flags),
  );
}

/** Why a plan of manifests that may be in order came to nothing, as a comment with the marker of that plan. */
export async function failureMarkdown(context: Context, flags: Flags, error: LandfallError): Promise<string> {
  const source = await sourceOf(context, flags, load(context));
  return renderFailureMarkdown(error, source, markdownBudget(flags));
}

function load(context: Context): LoadResult {
  const { cwd, clock } = context.host;
  return loadProject({ projectFile: findProjectFile(context), cwd, now: clock.now() });
}

async function sourceOf(
  context: Context,
  flags: Flags,
  { outline: { project, targets, used } }: LoadResult,
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

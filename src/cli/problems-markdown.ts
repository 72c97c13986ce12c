import { dirname, relative, sep } from 'node:path';
import { loadProject, type LoadResult } from '../manifest/index.ts';
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

/**
 * What is wrong with manifests as a comment. It has the marker of the plan, or of the drift, that the same flags would make, as far as
 * that can be told: on a pull request either takes the place of the other.
 */
export async function problemsMarkdown(
  context: Context,
  flags: MarkdownFlags & Pick<SelectionFlags, 'target'>,
  { loaded, instead, commit: of }: Problems = {},
): Promise<string> {
  const { host } = context;
  const projectFile = findProjectFile(context);
  const found = loaded ?? loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  const { project, targets, used } = found.outline;
  const wanted = matcher(flags.target, targets);
  const commit = of ?? (await currentCommit(context, dirname(projectFile)));
  return renderValidationMarkdown(
    found,
    {
      projectFile: relative(host.cwd, projectFile).replaceAll(sep, '/'),
      ...(project !== undefined && { project }),
      targets: wanted === undefined ? used : targets.filter(wanted),
      ...(commit !== undefined && { commit }),
      ...(instead !== undefined && { instead }),
    },
    markdownBudget(flags),
  );
}

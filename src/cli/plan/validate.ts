import { EXIT } from '../../core/error.ts';
import { loadProject, type LoadResult } from '../../manifest/load.ts';
import type { FindingFormat } from '../../report/findings/finding.ts';
import { renderValidationJson, renderValidationText } from '../../report/validation/validation.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import { findingsText, markdownBudget, type MarkdownFlags, problemsMarkdown } from './problem-reports.ts';

interface Flags extends MarkdownFlags {
  readonly format: 'text' | 'json' | 'markdown' | FindingFormat;
}

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export async function validate(context: Context, flags: Flags): Promise<number> {
  const { host } = context;
  markdownBudget(flags);
  const projectFile = findProjectFile(context);
  const loaded = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  context.print(await render(context, flags, projectFile, loaded));
  return loaded.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}

async function render(
  context: Context,
  flags: Flags,
  projectFile: string,
  loaded: LoadResult,
): Promise<string> {
  const { format } = flags;
  switch (format) {
    case 'text':
      return renderValidationText(loaded, { colors: context.colors });
    case 'json':
      return renderValidationJson(loaded);
    case 'markdown':
      return problemsMarkdown(context, flags, { loaded });
    case 'github':
    case 'gitlab':
    case 'junit':
    case 'sarif':
      return findingsText(context, format, 'validate', { projectFile, ...loaded });
  }
}

import { EXIT } from '../../core/error.ts';
import { loadProject, type LoadResult } from '../../manifest/index.ts';
import type { FindingFormat } from '../../report/findings/report.ts';
import { renderValidationJson } from '../../report/validation-json.ts';
import { renderValidationText } from '../../report/validation-text.ts';
import type { Context } from '../context.ts';
import { findingsText } from '../findings.ts';
import { findProjectFile } from '../project.ts';

interface Flags {
  readonly format: 'text' | 'json' | FindingFormat;
}

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export function validate(context: Context, { format }: Flags): number {
  const { host } = context;
  const projectFile = findProjectFile(context);
  const loaded = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  context.print(render(context, format, projectFile, loaded));
  return loaded.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}

function render(context: Context, format: Flags['format'], projectFile: string, loaded: LoadResult): string {
  switch (format) {
    case 'text':
      return renderValidationText(loaded, { colors: context.colors });
    case 'json':
      return renderValidationJson(loaded);
    case 'github':
    case 'gitlab':
    case 'junit':
    case 'sarif':
      return findingsText(context, format, 'validate', { projectFile, ...loaded });
  }
}

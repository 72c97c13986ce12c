import { EXIT } from '../../core/error.ts';
import { loadProject } from '../../manifest/load.ts';
import { loadFormat } from '../../report/formats.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';
import { renderOptions, type ReportFlags, validationResult } from './reporting.ts';

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export async function validate(context: Context, flags: ReportFlags): Promise<number> {
  const { host } = context;
  const options = renderOptions(context, flags);
  const projectFile = findProjectFile(context);
  const format = await loadFormat(flags.format);
  const loaded = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
  context.print(await format.validation(validationResult(context, {}, 'validate', loaded), options));
  return loaded.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}

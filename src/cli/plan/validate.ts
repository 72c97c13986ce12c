import { EXIT } from '../../core/error.ts';
import { loadFormat } from '../../report/formats.ts';
import { validate as validateProject } from '../../workflow/manifests.ts';
import type { Context } from '../context.ts';
import { renderOptions, type ReportFlags, validationResult } from './reporting.ts';

/** `landfall validate`: reports every problem of every file. Exits with 1 if one of them is more than a warning. */
export async function validate(context: Context, flags: ReportFlags): Promise<number> {
  const options = renderOptions(context, flags);
  const format = await loadFormat(flags.format);
  const validation = validateProject(context);
  context.print(await format.validation(validationResult(context, {}, 'validate', { validation }), options));
  return validation.concerns.some(({ severity }) => severity !== 'warning') ? EXIT.error : EXIT.done;
}

import { EXIT } from '../../core/error.ts';
import { renderConvertJson, renderConvertText } from '../../report/inventory/convert.ts';
import { type ConvertOptions, convertWaves } from '../../workflow/converting.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags extends ConvertOptions {
  readonly format: 'text' | 'json';
}

/** `landfall convert --to mgn [FILES]`: rewrites waves for another service. Exits with 1 if problems are left. */
export async function convert(context: Context, flags: Flags, files: readonly string[]): Promise<number> {
  const result = await convertWaves(context, flags, files);
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { report } = result;
  const { colors, print } = context;
  print(flags.format === 'json' ? renderConvertJson(report) : renderConvertText(report, { colors }));
  return report.problems.length === 0 ? EXIT.done : EXIT.error;
}

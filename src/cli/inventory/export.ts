import { EXIT } from '../../core/error.ts';
import { renderExportText } from '../../report/inventory/import.ts';
import { exportMgnCsv, type ExportOptions } from '../../workflow/exporting.ts';
import { type Context, showInvalidManifests } from '../context.ts';

/** `landfall export mgn-csv`: writes VMs of a target as the inventory CSV that MGN imports. Needs no network. */
export async function mgnCsv(context: Context, flags: ExportOptions): Promise<number> {
  const result = await exportMgnCsv(context, flags);
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  if (flags.out === undefined) context.print(result.csv.text);
  context.log(renderExportText(result.csv, flags.out));
  return EXIT.done;
}

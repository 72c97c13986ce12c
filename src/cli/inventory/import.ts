import { EXIT, type ExitCode } from '../../core/error.ts';
import { encodingNote, renderImportJson, renderImportText } from '../../report/inventory/import.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import {
  importLive,
  importMgnCsv,
  importRvtools,
  type LiveOptions,
  type MgnCsvOptions,
  type RvtoolsOptions,
} from '../../workflow/importing.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface FormatFlag {
  readonly format: 'text' | 'json';
}

/** `landfall import rvtools FILE`: writes wave files from the vInfo tab of an RVTools export. */
export async function rvtools(
  context: Context,
  flags: RvtoolsOptions & FormatFlag,
  [file = '']: readonly string[],
): Promise<ExitCode> {
  return printImport(context, flags, await importRvtools(context, flags, file), file);
}

/** `landfall import live`: writes wave files for the jobs that run in an account already. */
export async function live(context: Context, flags: LiveOptions & FormatFlag): Promise<ExitCode> {
  return printImport(context, flags, await importLive(context, flags));
}

/** `landfall import mgn-csv FILE`: writes wave files from the inventory CSV that MGN imports and exports. */
export async function mgnCsv(
  context: Context,
  flags: MgnCsvOptions & FormatFlag,
  [file = '']: readonly string[],
): Promise<ExitCode> {
  return printImport(context, flags, await importMgnCsv(context, flags, file), file);
}

function printImport(
  context: Context,
  { format }: FormatFlag,
  result: Awaited<ReturnType<typeof importLive>>,
  file?: string,
): ExitCode {
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { colors, verbose, print, log } = context;
  const { report } = result;
  const encoding = encodingNote(report);
  if (file !== undefined && encoding !== undefined) log(escapeTerminal(`${file}: ${encoding}`) + '\n');
  print(format === 'json' ? renderImportJson(report) : renderImportText(report, { colors, verbose }));
  return EXIT.done;
}

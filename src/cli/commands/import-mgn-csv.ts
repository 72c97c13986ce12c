import { basename } from 'node:path';
import { EXIT } from '../../core/error.ts';
import { readMgnCsv } from '../../inventory/mgn/read.ts';
import type { Context } from '../context.ts';
import {
  type DefaultFlags,
  defaultsOf,
  findImportScene,
  type ImportFlags,
  providerOf,
  writeImport,
} from '../importing.ts';
import { readExport } from '../write-new-files.ts';

/** `landfall import mgn-csv FILE`: wave files from the inventory CSV that MGN imports and exports. */
export async function importMgnCsv(
  context: Context,
  flags: ImportFlags & DefaultFlags,
  [file = '']: readonly string[],
): Promise<number> {
  const scene = findImportScene(context, flags);
  if (scene === undefined) return EXIT.error;
  const provider = providerOf(flags, scene);
  const defaults = defaultsOf(flags, provider);
  const bytes = await readExport(context, file, 'give the path of an inventory CSV of MGN');
  const found = readMgnCsv(bytes, file, provider);
  const origin = `landfall import mgn-csv ${basename(file)}, wave`;
  return writeImport(context, flags, scene, {
    source: 'mgn-csv',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
}

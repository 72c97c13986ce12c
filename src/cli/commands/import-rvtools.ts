import { basename } from 'node:path';
import { EXIT } from '../../core/error.ts';
import type { Grouping } from '../../inventory/rvtools/columns.ts';
import { readRvtools } from '../../inventory/rvtools/read.ts';
import type { Context } from '../context.ts';
import {
  type DefaultFlags,
  defaultsOf,
  findImportScene,
  type ImportFlags,
  providerOf,
  refuseUnusedSplit,
  writeImport,
} from '../importing.ts';
import { readExport } from '../write-new-files.ts';

interface Flags extends ImportFlags, DefaultFlags {
  readonly by: Grouping;
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
  readonly includePoweredOff?: boolean;
}

/** `landfall import rvtools FILE`: wave files from the vInfo tab of an RVTools export. */
export async function importRvtools(
  context: Context,
  flags: Flags,
  [file = '']: readonly string[],
): Promise<number> {
  refuseUnusedSplit(flags);
  const scene = findImportScene(context, flags);
  if (scene === undefined) return EXIT.error;
  const provider = providerOf(flags, scene);
  const defaults = defaultsOf(flags, provider);
  const bytes = await readExport(context, file, 'give the path of a vInfo tab saved as CSV by RVTools');
  const { by, folderDepth, applicationColumn, includePoweredOff = false } = flags;
  const found = readRvtools(bytes, {
    file,
    by,
    provider,
    includePoweredOff,
    ...(folderDepth !== undefined && { folderDepth }),
    ...(applicationColumn !== undefined && { applicationColumn }),
  });
  const origin = `landfall import rvtools ${basename(file)}, ${by}`;
  return writeImport(context, flags, scene, {
    source: 'rvtools',
    origin,
    provider,
    defaults,
    found,
    incremental: false,
  });
}

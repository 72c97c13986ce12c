import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LandfallError } from '../../core/error.ts';
import type { Beginning } from './files.ts';

/** What became of a file: written, there already as it would be written, or there already and left as it is. */
export type Written = 'written' | 'same' | 'kept';

/**
 * Writes a file that is not there yet; whatever is there stays, a dangling link too.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writeBeginning(folder: string, { path, text }: Beginning): Promise<Written> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(target, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return 'written';
  } catch (cause) {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return (await contentOf(target)) === text ? 'same' : 'kept';
    throw new LandfallError('FILE_UNWRITABLE', `${path} cannot be written: ${code}`, {
      remedy: 'name a folder that may be written; what was written before it is complete',
      cause,
    });
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LandfallError } from '../core/error.ts';
import type { TemplateFile } from './project-templates.ts';

/** What became of a file: written, there already as it would be written, or there already and left as it is. */
type WriteResult = 'written' | 'same' | 'kept';

/**
 * Writes a file that is not there yet; whatever is there stays, a dangling link too.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writeTemplateFile(folder: string, { path, text }: TemplateFile): Promise<WriteResult> {
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

const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const MAX_NAME_LENGTH = 63;

/** A project's name made from the name of its folder, as far as that has letters or digits. */
export function projectNameFrom(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME_LENGTH)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'datacenter' : name;
}

/**
 * Holds a name against the rule of the project's schema.
 * @throws LandfallError USAGE
 */
export function requireProjectName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(name)) return name;
  throw new LandfallError('USAGE', `${JSON.stringify(name)} cannot be the name of a project`, {
    remedy: `use lower-case letters, digits and hyphens, with a letter or digit at both ends, such as ${projectNameFrom(name)}`,
  });
}

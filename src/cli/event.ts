import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Host } from './host.ts';

/** What a workflow was started by, as GitHub keeps it in a file; nothing where there is no such file. */
export async function readEvent({ env, cwd }: Host): Promise<string | undefined> {
  const file = env['GITHUB_EVENT_PATH'] ?? '';
  if (file === '') return undefined;
  return readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
}

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadProject, type LoadResult } from '../../src/manifest/load.ts';
import { NOW } from './documents.ts';

export const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/**/*.yaml]
targets: { local: { provider: sms, region: us-west-2, endpoint: local } }
`;

/** A wave file with one VM. */
export function waveText(name: string): string {
  return `apiVersion: landfall/v1
kind: Wave
metadata: { name: ${name} }
spec: { vms: [{ name: ${name}-vm, frequency: 12 }] }
`;
}

export interface Folder {
  readonly path: string;
  readonly write: (file: string, content: string | Uint8Array) => void;
  readonly load: (projectFile?: string) => Promise<LoadResult>;
}

/** Runs `use` in a temporary folder with a valid project in it, and removes the folder. */
export async function inFolder(use: (folder: Folder) => Promise<void>): Promise<void> {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'landfall-manifest-')));
  const write = (file: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  };
  const load = (projectFile = 'landfall.yaml') => loadProject({ projectFile, cwd: path, now: NOW });
  try {
    write('landfall.yaml', PROJECT);
    await use({ path, write, load });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

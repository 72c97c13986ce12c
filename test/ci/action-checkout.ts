import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from '@jest/globals';
import { parse } from 'yaml';
import { buildProgram } from '../cli/processes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The action as a runner has it on disk: installed and built. */
export interface Checkout {
  /** The folder, as GITHUB_ACTION_PATH says it. */
  readonly path: string;
}

/** Lays out the action for the tests of a file. */
export function useCheckout(): Checkout {
  let path = '';
  beforeAll(() => {
    path = buildProgram();
    copyFileSync(join(ROOT, 'action.yml'), join(path, 'action.yml'));
    cpSync(join(ROOT, 'script'), join(path, 'script'), { recursive: true });
  }, 60_000);
  afterAll(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
  };
}

/** A file of YAML as data, from the top of this repository or from anywhere. */
export function readYaml(file: string): unknown {
  return parse(readFileSync(new URL(file, `file://${ROOT}`), 'utf8'));
}

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Outputs } from './runner-files.ts';

/** The artifacts of workflow runs, each a file, as the actions upload-artifact and download-artifact handle them. */
export class Artifacts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'landfall-artifacts-'));
  /** Paths of copies, by `run/name`. */
  readonly files = new Map<string, string>();

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Keeps a copy of a file; returns whether there was one. */
  upload({ name = '', path = '' }: Outputs, run: string, cwd: string): boolean {
    const from = resolve(cwd, path);
    if (path === '' || !existsSync(from)) return false;
    const key = `${run}/${name}`;
    mkdirSync(join(this.#folder, key), { recursive: true });
    const copy = join(this.#folder, key, basename(from));
    copyFileSync(from, copy);
    this.files.set(key, copy);
    return true;
  }

  /** Puts an artifact, or all whose names fit a pattern, into a folder; returns whether the one that is named was there. */
  download(given: Outputs, run: string, cwd: string): boolean {
    const { name = '', pattern, path = '.' } = given;
    const key = `${given['run-id'] ?? run}/${pattern?.replace(/\*$/, '') ?? name}`;
    if (pattern !== undefined && (!pattern.endsWith('*') || given['merge-multiple'] !== 'true'))
      throw new Error(`the pattern ${pattern} is not known here`);
    const found = [...this.files].filter(([each]) =>
      pattern === undefined ? each === key : each.startsWith(key),
    );
    // As the action: without a file, a pattern makes no folder.
    if (found.length > 0) mkdirSync(resolve(cwd, path), { recursive: true });
    for (const [, file] of found) copyFileSync(file, join(resolve(cwd, path), basename(file)));
    return pattern !== undefined || found.length > 0;
  }
}

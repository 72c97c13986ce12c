import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Writes the declarations of the library into a folder, without those that it does not need. */
export function writeDeclarations(out) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const args = ['-p', 'tsconfig.build.json', '--outDir', out];
  const { status } = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc ended with exit code ${status}`);
  const needed = reachable(join(resolve(out), 'index.d.ts'));
  for (const name of readdirSync(out, { recursive: true })) {
    const path = join(resolve(out), name);
    if (name.endsWith('.d.ts') && !needed.has(path)) rmSync(path);
  }
}

/** The declarations that one imports, and those that they import. */
function reachable(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()["'](\.[^"']*)["']/g))
    reachable(resolve(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')), found);
  return found;
}

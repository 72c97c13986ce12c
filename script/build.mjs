// Bundles src/ into dist/, with the declarations of the library; source maps go to dist-maps/. Builds beside and swaps, so
// that a program that runs from dist/ meanwhile never finds it empty.
// Usage: node script/build.mjs
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './build/bundle.mjs';
import { writeDeclarations } from './build/declarations.mjs';
import { writeLicences } from './build/licences.mjs';

const beside = (folder) => `${folder}.${process.pid}`;
process.on('exit', () => {
  for (const folder of ['dist', 'dist-maps']) rmSync(beside(folder), { recursive: true, force: true });
});

/** Puts the folder that was built beside another in its place. */
function swap(folder) {
  const old = `${beside(folder)}.old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(beside(folder), folder);
  rmSync(old, { recursive: true, force: true });
}

const inputs = await bundle(beside('dist'), { maps: true });
writeLicences(join(beside('dist'), 'THIRD-PARTY-LICENSES'), inputs);
writeDeclarations(beside('dist'));
for (const name of readdirSync(beside('dist'), { recursive: true }).filter((each) => each.endsWith('.map'))) {
  const kept = join(beside('dist-maps'), name);
  mkdirSync(dirname(kept), { recursive: true });
  renameSync(join(beside('dist'), name), kept);
}
swap('dist');
swap('dist-maps');

// Compiles the validators of `*validators.ts` in src/ once, as the bundle does. Otherwise Ajv would compile them again for each
// file of tests that reads a manifest, since Jest evaluates all modules anew for each: half a second of processor time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('./compile-validators.mjs', import.meta.url));
const schemas = fileURLToPath(new URL('../../schemas/', import.meta.url));
/** What the code is made by, beside the file itself and the schemas. */
const makers = [
  './validators-transformer.mjs',
  './compile-validators.mjs',
  '../../script/build/validators.mjs',
  '../../package-lock.json',
];

/** A process of its own reads TypeScript, because a process that has begun to does not end by itself. */
async function processAsync(source, path) {
  return {
    code: execFileSync(process.execPath, [compiler, path], { encoding: 'utf8', maxBuffer: 2 ** 24, env: {} }),
  };
}

function getCacheKey(source, path) {
  const hash = createHash('sha1').update(source).update(path);
  for (const maker of makers) hash.update(readFileSync(new URL(maker, import.meta.url)));
  for (const name of readdirSync(schemas)) hash.update(readFileSync(`${schemas}${name}`));
  return hash.digest('hex');
}

export default { processAsync, getCacheKey };

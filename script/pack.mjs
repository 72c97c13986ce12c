// Makes `npm pack` publish the bundle: while npm packs, package.json is the one of the package, which needs no other
// packages. npm runs this before and after it packs.
// Usage: node script/pack.mjs before|after
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEPT = '.package.json.kept';
const FIELDS = ['name', 'version', 'description', 'keywords', 'license', 'homepage', 'bugs', 'repository'];
const USED = ['type', 'types', 'exports', 'engines', 'bin', 'files'];

/**
 * The package.json that is published. Addresses that still have a placeholder are left out, unless the environment says
 * which repository of GitHub this is.
 */
function published(manifest, { GITHUB_REPOSITORY }) {
  const fields = [...FIELDS, ...USED].map((field) => [field, manifest[field]]);
  const text = JSON.stringify(Object.fromEntries(fields));
  const { homepage, bugs, repository, ...rest } = JSON.parse(
    GITHUB_REPOSITORY === undefined ? text : text.replaceAll('YOUR_ORG/landfall', GITHUB_REPOSITORY),
  );
  const isKnown = !JSON.stringify(repository).includes('YOUR_ORG');
  // The action uses the package only for the commit that it was made from.
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  const gitHead = stdout?.trim();
  return { ...rest, ...(gitHead && { gitHead }), ...(isKnown && { homepage, bugs, repository }) };
}

// A run that was interrupted may have left it.
if (existsSync(KEPT)) renameSync(KEPT, 'package.json');
if (process.argv[2] === 'before') {
  const { status } = spawnSync(process.execPath, ['script/build.mjs'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  const text = readFileSync('package.json', 'utf8');
  writeFileSync(KEPT, text);
  writeFileSync(
    'package.json',
    `${JSON.stringify(published(JSON.parse(text), process.env), undefined, 2)}\n`,
  );
}

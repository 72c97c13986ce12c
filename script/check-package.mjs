// Packs what would be published, installs it in an empty folder, and runs it there as its user would: with the network cut
// off, except for loopback, where this machine can do that.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'landfall-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Bytes of the installed package. */
const MAX_SIZE = 8 * 1024 * 1024;

function run(command, args, cwd = folder) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

const [packed] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], root));
const paths = packed.files.map(({ path }) => path);
const strange = paths.filter(
  (path) =>
    !/^(dist|docs|schemas|examples\/(?:ci|mgn|policies))\/|^(src\/local\/SPEC\.md|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(
      path,
    ) || /(?<!\.d)\.ts$|\.map$|(?:^|\/)test\//.test(path),
);
if (strange.length > 0) throw new Error(`the package holds what it does not need: ${strange.join(', ')}`);
for (const path of ['src/local/SPEC.md', 'schemas/faults.schema.json', 'dist/THIRD-PARTY-LICENSES'])
  if (!paths.includes(path)) throw new Error(`the package has no ${path}`);
if (packed.unpackedSize > MAX_SIZE) throw new Error(`the package takes ${packed.unpackedSize} bytes`);

writeFileSync(join(folder, 'package.json'), '{ "private": true }');
const tarball = join(folder, packed.filename);
run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', tarball]);
const installed = JSON.parse(readFileSync(join(folder, 'node_modules/landfall/package.json'), 'utf8'));
for (const field of ['dependencies', 'devDependencies', 'scripts'])
  if (installed[field] !== undefined) throw new Error(`the published package.json has ${field}`);
if (JSON.stringify(installed).includes('YOUR_ORG'))
  throw new Error('the published package.json has a placeholder');

// The source maps say what is in the bundle: the licence of each package must be there.
const licences = readFileSync(join(folder, 'node_modules/landfall/dist/THIRD-PARTY-LICENSES'), 'utf8');
const maps = readdirSync(join(root, 'dist-maps'), { recursive: true }).filter((name) =>
  name.endsWith('.map'),
);
const bundled = maps.flatMap((name) => {
  const { sources } = JSON.parse(readFileSync(join(root, 'dist-maps', name), 'utf8'));
  return sources.flatMap((source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
});
for (const name of new Set(bundled))
  if (!licences.includes(`\n${name} `)) throw new Error(`THIRD-PARTY-LICENSES lacks ${name}`);
if (!bundled.includes('commander')) throw new Error('the source maps name no packages');

/** What runs a program without a network: a namespace of its own on Linux, otherwise nothing. */
const NAMESPACE = ['unshare', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const canCutOff = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true']).status === 0;
const use = [process.execPath, join(root, 'script/use-package.mjs'), folder];
const [command, ...args] = [...(canCutOff ? NAMESPACE : []), ...use];
run(command, args);

const kibibytes = (bytes) => `${Math.round(bytes / 1024)} KiB`;
console.log(
  `check-package: ${paths.length} files, ${kibibytes(packed.size)}, ${kibibytes(packed.unpackedSize)} unpacked; ` +
    `runs when installed, ${canCutOff ? 'without a network' : 'with a proxy that does not answer'}`,
);

// Runs quick tests and uses the packed program (script/use-package.mjs) on each version of Node that is supported, which
// the npm package `node` brings. The oldest one cannot build the program, and need not.
// Usage: npm run test:nodes [-- PATTERN...]   Patterns of quick tests; absent: those below.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const VERSIONS = ['20.12.0', '20', '22', '24'];
const MAIN = [
  'test/cli/main-job',
  'test/cli/two-services',
  'test/cli/saved-plan',
  'test/core',
  'test/network',
];
const given = process.argv.slice(2);
// The option before the patterns must not be one that takes a list: it would take them.
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects=quick', '--reporters=summary', '--silent'];

const folder = mkdtempSync(join(tmpdir(), 'landfall-nodes-'));
const failed = [];

/** Installs a package in a folder of its own; gives back the folder. */
function install(name, ...args) {
  const prefix = join(folder, name);
  mkdirSync(prefix);
  writeFileSync(join(prefix, 'package.json'), '{ "private": true }');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', prefix, ...quiet, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return prefix;
}

/** Runs a program of Node on the Node of a folder, also as `node` of what that starts, and notes whether it failed. */
function check(what, bin, args, options = '') {
  const PATH = `${bin}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH, NODE_OPTIONS: options, NODE_NO_WARNINGS: '1' };
  const { status } = spawnSync(join(bin, 'node'), args, { env, stdio: 'inherit' });
  console.log(`${what}: ${status === 0 ? 'passed' : 'failed'}`);
  if (status !== 0) failed.push(what);
}

try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const tarball = resolve(folder, `landfall-${version}.tgz`);
  for (const each of VERSIONS) {
    const bin = join(install(`node-${each}`, `node@${each}`), 'node_modules', 'node', 'bin');
    const name = execFileSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).trim();
    const used = install(`package-${each}`, '--offline', tarball);
    check(`${name}, package`, bin, ['script/use-package.mjs', used]);
    if (each.includes('.')) continue;
    check(
      `${name}, tests`,
      bin,
      [...jest, ...(given.length > 0 ? given : MAIN)],
      '--experimental-vm-modules',
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length > 0) throw new Error(`failed: ${failed.join('; ')}`);

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Env = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script as the runner does: from a file, in a bash that reads no start-up files and stops at what fails. */
export async function bash(script: string, cwd: string, env: Env): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-script-'));
  const file = join(folder, 'script.sh');
  writeFileSync(file, script);
  try {
    return await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], cwd, env);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program, with no variables but these. */
export async function run(program: string, argv: readonly string[], cwd: string, env: Env): Promise<Ran> {
  const child = spawn(program, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** The PATH of a pipeline: these folders, this Node, and what the machine has. */
export function pathOf(...folders: readonly string[]): string {
  return [...folders, dirname(process.execPath), process.env['PATH'] ?? ''].join(':');
}

/**
 * Makes a program for the PATH that writes down what it is called with, and what `body`, which is JavaScript, makes of
 * `argv` and `env` besides.
 */
export function stub(folder: string, name: string, log: string, body = ''): void {
  const program = `#!/usr/bin/env node
const fs = require('node:fs');
const { argv: [, , ...argv], env } = process;
const call = { argv };
${body}
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n');
`;
  writeFileSync(join(folder, name), program, { mode: 0o755 });
}

/** The machine's own git, for where a test has another one on the PATH. */
const GIT = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

/** Makes a folder a checkout of a commit with all that is in it, as `actions/checkout` and GitLab's runner leave it. */
export function startGit(folder: string): void {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const user = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  for (const argv of [
    ['init', '--quiet', '--initial-branch=main', '--template='],
    // Its own remote: the branch is the base, and what a test edits is the request.
    ['config', 'remote.origin.url', '.'],
    ['add', '--all'],
    [...user, 'commit', '--quiet', '--message', 'first'],
  ])
    execFileSync(GIT, argv, { cwd: folder, env, stdio: 'ignore' });
}

/** Puts programs into a folder that stand for curl, which brings a release, and for tar, which makes its package a link to a build. */
export function writeReleasePrograms(folder: string, dist: string): void {
  const curl = `#!/bin/sh
echo "$@" >> '${folder}/curl.log'
while [ $# -gt 1 ]; do [ "$1" = --output ] && out="$2"; shift; done
case "$1" in
  *.tgz) echo release > "$out" ;;
  *) echo "$(echo release | sha256sum | cut -d' ' -f1)  \${LANDFALL_PACKAGE_NAME:-landfall-0.1.0.tgz}" > "$out" ;;
esac
`;
  writeFileSync(join(folder, 'curl'), curl, { mode: 0o755 });
  const tar = `#!/bin/sh\nfor last; do :; done\nmkdir "$last/package"\nln -s '${dist}' "$last/package/dist"\n`;
  writeFileSync(join(folder, 'tar'), tar, { mode: 0o755 });
}

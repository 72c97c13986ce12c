import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';
import { afterAll, beforeAll } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is known of a process once it has ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Landfall {
  readonly process: ChildProcess;
  readonly ended: Promise<End>;
  /** Resolves once the process has written this to stderr. */
  readonly says: (text: string) => Promise<void>;
}

/** Compiles the program for a Node that knows no TypeScript; gives back how to start it as a process of its own. */
export function useProgram(): (
  cwd: string,
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Landfall {
  let home = '';
  const running = new Set<ChildProcess>();
  beforeAll(() => {
    home = buildProgram();
  }, 60_000);
  afterAll(() => {
    for (const process of running) process.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });
  return (cwd, argv, env = {}) => {
    const child = spawn(process.execPath, [join(home, 'dist', 'bin.js'), ...argv], {
      cwd,
      // Nothing of the machine's own AWS set-up.
      env: { PATH: process.env['PATH'], HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<End>((resolve) => {
      child.on('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    const says = async (text: string): Promise<void> => {
      while (!stderr.includes(text)) {
        await Promise.race([
          once(child.stderr, 'data'),
          ended.then(() => {
            if (!stderr.includes(text)) throw new Error(`it ended without a word of ${text}: ${stderr}`);
          }),
        ]);
      }
    };
    return { process: child, ended, says };
  };
}

/** Compiles the program into a new folder, which is laid out as its checkout is; gives back the folder. */
export function buildProgram(): string {
  const home = mkdtempSync(join(tmpdir(), 'landfall-build-'));
  const from = join(root, 'src');
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    compile(join(from, name), join(home, 'dist', name));
  }
  chmodSync(join(home, 'dist', 'bin.js'), 0o755);
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  for (const name of ['node_modules', 'schemas', 'examples']) symlinkSync(join(root, name), join(home, name));
  return home;
}

// Apart from the call: the option that turns `.ts` specifiers into `.js` is not in swc's types.
const JSC = {
  target: 'es2022',
  parser: { syntax: 'typescript' },
  rewriteRelativeImportExtensions: true,
} as const;

function compile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!from.endsWith('.ts')) {
    if (/\.\w+$/.test(from)) cpSync(from, to);
    return;
  }
  const { code } = transformFileSync(from, { module: { type: 'es6' }, jsc: JSC });
  writeFileSync(to.replace(/\.ts$/, '.js'), code);
}

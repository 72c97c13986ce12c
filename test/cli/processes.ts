import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll } from '@jest/globals';
import { BIN } from '../setup/program.ts';

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

/** Returns a function that starts the built program as a process; processes that still run are killed after the tests. */
export function useProgram(): (
  cwd: string,
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Landfall {
  const running = new Set<ChildProcess>();
  afterAll(() => {
    for (const process of running) process.kill('SIGKILL');
  });
  return (cwd, argv, env = {}) => {
    const child = spawn(process.execPath, [BIN, ...argv], {
      cwd,
      // Nothing of the machine's own AWS set-up, and no file in the project that the program does not write for it.
      env: { PATH: process.env['PATH'], HOME: cwd, NODE_DISABLE_COMPILE_CACHE: '1', ...env },
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

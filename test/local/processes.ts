import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FOLDER } from '../setup/program.ts';
import { onCleanup } from './support.ts';

const SERVE = fileURLToPath(new URL('serve.mjs', import.meta.url));
const ENDPOINT = join(PROGRAM_FOLDER, 'endpoint', 'index.js');

/** What the process reports: where it listens, why it does not, or the answer to a question. */
interface Report {
  readonly url?: string;
  readonly code?: string;
  readonly message?: string;
  readonly memory?: number;
  readonly steps?: number;
}

export interface Served {
  readonly process: ChildProcess;
  readonly started: Report;
  /** Returns the size of the process in bytes, or the number of blocks of code that ran since the last such question. */
  readonly measure: (question: 'memory' | 'steps') => Promise<number>;
}

/** Serves a folder from a process of its own; returns once the process has reported its URL or its error. */
export async function serve(folder: string): Promise<Served> {
  const process = fork(SERVE, [ENDPOINT, folder], { execArgv: [] });
  onCleanup(() => {
    process.kill('SIGKILL');
  });
  const next = async () => (await once(process, 'message')) as [Report];
  const [started] = await next();
  const measure = async (question: 'memory' | 'steps') => {
    process.send(question);
    const [report] = await next();
    return report[question] ?? Infinity;
  };
  return { process, started, measure };
}

export async function killed(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit');
  process.kill('SIGKILL');
  await exit;
}

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from '@jest/globals';
import ts from 'typescript';
import { onCleanup } from './support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Serves a folder, says where, and answers `memory` with the size of the process in bytes. */
const PROGRAM = `
import { startLocalEndpoint } from './local/index.js';
try {
  const { url } = await startLocalEndpoint({ folder: process.argv[2], pid: process.pid });
  process.on('message', () => process.send({ rss: process.memoryUsage().rss }));
  process.send({ url });
} catch (error) {
  process.send({ code: error.code, message: error.message });
  process.disconnect();
}
`;

export interface Said {
  readonly url?: string;
  readonly code?: string;
  readonly message?: string;
  readonly rss?: number;
}

export interface Served {
  readonly process: ChildProcess;
  readonly said: Said;
}

/** Compiles the room for a Node that knows no TypeScript; gives back how to start it as a process of its own. */
export function useProcesses(): (folder: string) => Promise<Served> {
  let home = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'landfall-build-'));
    const from = join(root, 'src/local');
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' }))
      compile(join(from, name), join(home, 'local', name));
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
    writeFileSync(join(home, 'package.json'), '{"type":"module"}');
    writeFileSync(join(home, 'serve.js'), PROGRAM);
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return async (folder) => {
    const process = fork(join(home, 'serve.js'), [folder], { execArgv: [] });
    onCleanup(() => {
      process.kill('SIGKILL');
    });
    return { process, said: await next(process) };
  };
}

/** What the process says next. */
export async function next(process: ChildProcess): Promise<Said> {
  const [said] = (await once(process, 'message')) as [Said];
  return said;
}

export async function killed(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit');
  process.kill('SIGKILL');
  await exit;
}

function compile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!from.endsWith('.ts')) {
    if (/\.\w+$/.test(from)) cpSync(from, to);
    return;
  }
  const { outputText } = ts.transpileModule(readFileSync(from, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  writeFileSync(to.replace(/\.ts$/, '.js'), outputText);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Landfall, useProgram } from '../cli/processes.ts';

const PAGE = readFileSync(new URL('../../docs/test-double.md', import.meta.url), 'utf8');
const ADDRESS = 'http://127.0.0.1:4566';

/** Returns the code blocks of a chapter, each with its language. */
function blocksOf(chapter: string): Readonly<Record<string, string>> {
  const [, text = ''] = PAGE.split(`\n## ${chapter}\n`);
  const [own = ''] = text.split('\n## ');
  return Object.fromEntries(
    [...own.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => [language, code]),
  );
}

/** Whether a program of this machine starts. */
const has = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const python = {
  language: 'python',
  shell: ['python3', '-c'],
  found: has('python3', '-c', 'import boto3'),
} as const;
const examples = [
  { chapter: 'boto3', ...python },
  { chapter: 'Imports and exports', ...python },
  { chapter: 'AWS CLI', language: 'sh', shell: ['sh', '-ec'], found: has('aws', '--version') },
] as const;

describe('docs/test-double.md', () => {
  let endpoint: Landfall;
  let folder: string;
  let url: string;
  // Before useProgram, which kills what still runs after the tests.
  afterAll(async () => {
    endpoint.process.kill('SIGTERM');
    expect(await endpoint.ended).toMatchObject({ code: 0, signal: null });
    rmSync(folder, { recursive: true, force: true });
  });
  const start = useProgram();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-double-'));
    endpoint = start(folder, ['local', 'start', '--mgn-initialized', '--in-memory']);
    let stdout = '';
    endpoint.process.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    await endpoint.says('Press Ctrl-C');
    url = /http:\S+/.exec(stdout)?.[0] ?? '';
  });

  for (const { chapter, language, shell, found } of examples) {
    const example = found ? it : it.skip;
    example(
      `runs the example of ${chapter}${found ? '' : `: skipped, ${chapter} is not installed here`}`,
      () => {
        const { [language]: code = '', text } = blocksOf(chapter);
        const [program, flag] = shell;
        const run = spawnSync(program, [flag, code.replaceAll(ADDRESS, url)], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: folder },
        });
        expect({ stderr: run.stderr, stdout: run.stdout }).toEqual({ stderr: '', stdout: text });
      },
    );
  }

  it('shows the answer of /health', async () => {
    const answer = await fetch(`${url}/health`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 200,
      body: JSON.parse(blocksOf('Start it')['json'] ?? '') as unknown,
    });
  });
});

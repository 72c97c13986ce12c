import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Shell } from './shell.ts';

/** A fence of four encloses output that has fences of its own. */
const BLOCK = /^(`{3,4})(yaml|diff|console)\n([\s\S]*?)^\1$/gm;
/** A line that stands for any number of lines of output. */
const CUT = /^…\n/m;
/** The id of a commit depends on all that is in it, the schemas that `init` writes too. */
const COMMIT = /(?<=commit `)[0-9a-f]{40}(?=`)/g;
const ANY = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';

/** What a document's YAML blocks are: files that the reader writes, or files as the commands have left them. */
type Files = 'written' | 'shown';

/**
 * Runs what a document says: the lines that follow a `$` in its `console` blocks, one after another, with its `yaml`
 * blocks as files, and its `diff` blocks as edits of files. Both begin with a line `# FILE`. What it says is printed must be what is printed; with UPDATE_GOLDEN=1 it is written again.
 * Exit codes 0 to 3 are part of a story; with any other, and with an error, stderr is shown too.
 */
export async function expectReplay(page: string, shell: Shell, files: Files): Promise<void> {
  const path = new URL(`../../docs/${page}`, import.meta.url);
  const text = readFileSync(path, 'utf8');
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.matchAll(BLOCK)) {
    const [whole, fence = '', kind = '', body = ''] = match;
    const now = kind === 'console' ? await replay(body, shell) : fileBlock(kind, body, shell, files);
    pieces.push(text.slice(end, match.index), `${fence}${kind}\n${now}${fence}`);
    end = match.index + whole.length;
  }
  const replayed = pieces.join('') + text.slice(end);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, replayed);
  expect(replayed).toBe(readFileSync(path, 'utf8'));
}

function fileBlock(kind: string, body: string, shell: Shell, files: Files): string {
  const file = /^# (\S+)\n/.exec(body)?.[1];
  if (file === undefined) return body;
  if (kind === 'diff') {
    shell.write(file, edited(shell.read(file), body));
    return body;
  }
  if (files === 'shown') return `# ${file}\n${shell.read(file)}`;
  shell.write(file, body);
  return body;
}

/** A file after an edit, which is a diff without line numbers: what it takes away must stand there once. */
function edited(text: string, diff: string): string {
  const lines = diff.split('\n').slice(1, -1);
  const side = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const parts = text.split(side('-'));
  if (parts.length !== 2) throw new Error(`this stands ${parts.length - 1} times in the file:\n${side('-')}`);
  return parts.join(side('+'));
}

async function replay(block: string, shell: Shell): Promise<string> {
  const printed: string[] = [];
  for (const [, line = '', said = ''] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
    const { code, stdout, stderr } = await shell.run(line);
    const now = (code === 0 || code === 2 || code === 3 ? stdout : `${stdout}${stderr}`).replaceAll(
      COMMIT,
      ANY,
    );
    printed.push(`$ ${line}\n`, fits(said, now) ? said : now);
  }
  return printed.join('');
}

/** Whether output is what a document says, where that leaves out lines. */
function fits(said: string, now: string): boolean {
  const escaped = said.split(CUT).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return escaped.length > 1 && new RegExp(`^${escaped.join('(?:.*\\n)*')}$`).test(now);
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Run, ScratchProject } from '../cli/scratch-project.ts';

/** Words of a command line, and the operators between its commands: `&&`, `|`, `>`, … */
type Token = { readonly word: string } | { readonly operator: string };

const OPERATOR = /^(?:&&|\|\||>>|[|;>])/;

/** Splits a command line as a shell does, as far as the documents need it: quotes, comments, operators. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = line.trim();
  while (rest !== '' && !rest.startsWith('#')) {
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      tokens.push({ operator });
      rest = rest.slice(operator.length).trimStart();
      continue;
    }
    const raw = /^(?:'[^']*'|"[^"]*"|<\([^)]*\)|[^\s|&;>'"]|&(?!&))+/.exec(rest)?.[0];
    if (raw === undefined) throw new Error(`no shell reads this: ${line}`);
    tokens.push({
      word: raw.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one?: string, two?: string) => one ?? two ?? ''),
    });
    rest = rest.slice(raw.length).trimStart();
  }
  return tokens;
}

/** The simple commands of a line: each one's words, what comes between it and the one before, and where its output goes. */
export interface Simple {
  readonly after: string;
  readonly words: readonly string[];
  readonly into?: string;
}

export function commandsOf(line: string): readonly Simple[] {
  const commands: { after: string; words: string[]; into?: string }[] = [{ after: '', words: [] }];
  let isFile = false;
  for (const token of tokensOf(line)) {
    const current = commands.at(-1);
    if ('operator' in token) {
      isFile = token.operator.startsWith('>');
      if (!isFile) commands.push({ after: token.operator, words: [] });
    } else if (isFile && current !== undefined) {
      current.into = token.word;
      isFile = false;
    } else current?.words.push(token.word);
  }
  return commands.filter(({ words }) => words.length > 0);
}

/** A shell in a world: it knows `landfall`, `git`, and a handful of small commands. */
export class Shell {
  readonly world: ScratchProject;
  #code = 0;

  constructor(world: ScratchProject) {
    this.world = world;
  }

  /** Runs a line; what it printed comes back, and the exit code of its last command. */
  async run(line: string): Promise<Run> {
    let [stdout, stderr] = ['', ''];
    for (const { after, words, into } of commandsOf(line)) {
      if ((after === '&&' && this.#code !== 0) || (after === '||' && this.#code === 0)) continue;
      if (after === '|') throw new Error(`a pipe: ${line}`);
      const run = await this.#one(words);
      this.#code = run.code;
      stderr += run.stderr;
      if (into === undefined) stdout += run.stdout;
      else writeFileSync(this.#path(into), run.stdout);
    }
    return { code: this.#code, stdout, stderr };
  }

  #path(file: string): string {
    return resolve(this.world.cwd, file);
  }

  /** Runs a command with the variables that stand before it; variables alone change nothing here. */
  async #one(words: readonly string[]): Promise<Run> {
    const first = words.findIndex((word) => !/^\w+=/.test(word));
    const before = this.world.env;
    this.world.env = { ...before, ...Object.fromEntries(words.slice(0, Math.max(first, 0)).map(variable)) };
    try {
      return first < 0 ? { code: 0, stdout: '', stderr: '' } : await this.#program(words.slice(first));
    } finally {
      this.world.env = before;
    }
  }

  async #program([program = '', ...argv]: readonly string[]): Promise<Run> {
    const done = (stdout = ''): Run => ({ code: 0, stdout, stderr: '' });
    switch (program) {
      case 'landfall':
        return this.world.run(...argv);
      case 'git':
        return done(this.#git(argv));
      case 'cd':
        this.world.cwd = this.#path(argv[0] ?? '');
        if (!existsSync(this.world.cwd)) throw new Error(`there is no ${this.world.cwd}`);
        return done();
      case 'mkdir':
        for (const folder of argv.filter((word) => word !== '-p')) {
          mkdirSync(this.#path(folder), { recursive: argv[0] === '-p' });
        }
        return done();
      case 'source':
        return this.run(/^<\((.*)\)$/.exec(argv[0] ?? '')?.[1] ?? '');
      case 'rm':
        for (const file of argv) rmSync(this.#path(file));
        return done();
      case 'cat':
        return done(argv.map((file) => readFileSync(this.#path(file), 'utf8')).join(''));
      case 'echo':
        return done(`${argv.join(' ').replaceAll('$?', String(this.#code))}\n`);
      default:
        throw new Error(`this shell knows no ${program}`);
    }
  }

  /** git with nothing of this machine's configuration; its commits are made at the world's time. */
  #git(argv: readonly string[]): string {
    const date = new Date(this.world.now).toISOString();
    const who = { NAME: 'Ann', EMAIL: 'ann@example.org', DATE: date };
    const roles = ['AUTHOR', 'COMMITTER'] as const;
    const identity = roles.flatMap((role) =>
      Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    );
    return execFileSync('git', [...argv], {
      cwd: this.world.cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
        GIT_PAGER: 'cat',
        ...(Object.fromEntries(identity) as Record<string, string>),
      },
    });
  }

  /** The file that a block stands for, as it then is. */
  read(file: string): string {
    return readFileSync(this.#path(file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.#path(file)), { recursive: true });
    writeFileSync(this.#path(file), text);
  }
}

function variable(word: string): readonly [string, string] {
  const [name = '', ...value] = word.split('=');
  return [name, value.join('=')];
}

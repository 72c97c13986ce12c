// Shells as a user sits before them: what they offer at TAB, and what is on the line then.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shell makes of a line when TAB is pressed. */
export interface Completed {
  /** All that it offers, sorted; of zsh and fish without what they say of it. */
  readonly offered: readonly string[];
  /** The line as it then stands. */
  readonly line: string;
}

export interface Shell {
  readonly isThere: boolean;
  /** Where the script stands for the shell to find it by itself, in the home folder. */
  readonly kept: string;
  /** @param env with AUTOLOAD the shell finds the script by itself; without it is told to load completion.zsh or .fish */
  complete(folder: string, line: string, env: Readonly<Record<string, string>>): Completed;
  /** The words that a line comes to, as the shell reads it. */
  read(folder: string, words: string): readonly string[];
}

/** A shell that hangs ends the test, and not the other way round. */
const TIMEOUT = 120_000;

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;

/** Runs a shell; gives back what it says. */
function run(
  shell: string,
  folder: string,
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): string {
  return execFileSync(shell, argv, {
    cwd: folder,
    encoding: 'utf8',
    timeout: TIMEOUT,
    ...(env !== undefined && { env }),
  });
}

function linesOf(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

/** In the shell that the user would have: `compadd` also tells what it is given, and Ctrl-X Ctrl-X what is on the line. */
const ZSH_INSIDE = `
PROMPT= RPROMPT=
unsetopt beep
[[ -n $AUTOLOAD ]] && fpath=($PWD/functions $fpath)
autoload -U compinit
compinit -u -D
[[ -n $AUTOLOAD ]] || source completion.zsh
zstyle ':completion:*' list-prompt ''
compadd() {
  local -a given=("$@")
  if [[ \${given[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
    local -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits >> offered
  fi
  builtin compadd "$@"
}
finish() { print -rn -- "$BUFFER" > line; exit }
zle -N finish
bindkey '^X^X' finish
bindkey '^I' complete-word
print ready
`;

/** Holds that shell at the other end of a terminal; it ends by itself, and so does this. */
const ZSH_OUTSIDE = `
zmodload zsh/zpty || exit 3
zpty inside zsh -f -i
zpty -w inside 'source inside.zsh'
while zpty -r inside said; do
  [[ $said == ready* ]] && break
done
zpty -n -w inside "$1"$'\\t'$'\\x18\\x18'
while zpty -r inside said; do :; done
true
`;

const zsh: Shell = {
  isThere: isThere('zsh'),
  kept: 'functions/_landfall',
  complete(folder, line, env) {
    for (const name of ['offered', 'line']) rmSync(join(folder, name), { force: true });
    writeFileSync(join(folder, 'inside.zsh'), ZSH_INSIDE);
    run('zsh', folder, ['-fc', ZSH_OUTSIDE, 'zsh', line], env);
    return {
      offered: linesOf(join(folder, 'offered')),
      line: readFileSync(join(folder, 'line'), 'utf8').trimEnd(),
    };
  },
  read: (folder, words) =>
    run('zsh', folder, ['-fc', `printf '%s\\0' ${words}`])
      .split('\0')
      .slice(0, -1),
};

/** In an interactive shell: what completion offers goes to a file, and Ctrl-X Ctrl-X writes the line to another. */
const BASH_INSIDE = `
PS1=
[[ -n $AUTOLOAD ]] || source completion.bash
[[ -n $AUTOLOAD ]] && source .local/share/bash-completion/completions/landfall
spy() {
  _landfall "$@"
  printf '%s\\n' "\${COMPREPLY[@]}" > offered
}
complete -o default -o bashdefault -F spy landfall
finish() { printf %s "$READLINE_LINE" > line; exit; }
bind -x '"\\C-x\\C-x": finish'
bind 'set bell-style none'
`;

const bash: Shell = {
  isThere: isThere('bash'),
  kept: '.local/share/bash-completion/completions/landfall',
  complete(folder, line, env) {
    for (const name of ['offered', 'line']) rmSync(join(folder, name), { force: true });
    writeFileSync(join(folder, 'inside.bash'), BASH_INSIDE);
    execFileSync('bash', ['--noprofile', '--rcfile', 'inside.bash', '-i'], {
      cwd: folder,
      timeout: TIMEOUT,
      env: { ...env },
      input: `${line}\t\x18\x18`,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    return {
      offered: linesOf(join(folder, 'offered')),
      line: readFileSync(join(folder, 'line'), 'utf8').trimEnd(),
    };
  },
  read: (folder, words) =>
    run('bash', folder, ['--norc', '-c', `printf '%s\\0' ${words}`])
      .split('\0')
      .slice(0, -1),
};

const fish: Shell = {
  isThere: isThere('fish'),
  kept: '.config/fish/completions/landfall.fish',
  complete(folder, line, env) {
    const complete = `complete -C ${quoted(line)}`;
    const argv =
      env['AUTOLOAD'] === undefined
        ? ['--no-config', '-c', `source completion.fish; ${complete}`]
        : ['-c', complete];
    const said = run('fish', folder, argv, env);
    const offered = said
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => each.split('\t')[0] ?? '')
      .toSorted();
    // As fish's own reader does it: what is offered is put in, escaped.
    const word = offered.length === 1 ? escaped(folder, offered[0] ?? '') : undefined;
    return { offered, line: word === undefined ? line.trimEnd() : `${line.replace(/\S*$/, '')}${word}` };
  },
  read: (folder, words) =>
    run('fish', folder, ['--no-config', '-c', `printf '%s\\0' ${words}`])
      .split('\0')
      .slice(0, -1),
};

function escaped(folder: string, text: string): string {
  return run('fish', folder, ['--no-config', '-c', 'string escape -- $argv[1]', '--', text]).trimEnd();
}

/** Text in single quotes, as fish reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export const SHELLS: Readonly<Record<'bash' | 'zsh' | 'fish', Shell>> = { bash, zsh, fish };

import type { Command } from 'commander';
import { EXIT } from '../../core/error.ts';
import {
  type Candidate,
  completionScript,
  renderCandidates,
  unquoteBash,
} from '../../report/editor/completion.ts';
import type { ProjectNames } from '../../workflow/project-names.ts';
import type { Context } from '../context.ts';
import { type ArgumentNode, type CommandNode, commandTree, type FlagNode } from './command-tree.ts';

/** `landfall completion SHELL`: prints the script that makes the shell call `landfall __complete`. */
export function completion(context: Context, _flags: unknown, [shell]: readonly string[]): number {
  context.print(completionScript(shell as 'bash' | 'zsh' | 'fish'));
  return EXIT.done;
}

/**
 * `landfall __complete SHELL -- WORD…`: prints what the last word can become. The first line is `files` or `folders`
 * where the shell has to list those, and `words` otherwise; each following line is a word that the shell may insert,
 * and behind a tab, for zsh and fish, its description.
 * @param program the commands
 * @param args the shell, and the words of the command line after `landfall` up to the cursor: from bash as they are
 *   typed, from zsh and fish without quotes
 */
export async function complete(
  context: Context,
  program: Command,
  [shell = '', ...typed]: readonly string[],
): Promise<number> {
  const words = shell === 'bash' ? joinGluedValues(typed) : typed;
  const plain = shell === 'bash' ? words.map(unquoteBash) : words;
  const place = findPlace(commandTree(program), plain);
  if (place.kind === 'file' || place.kind === 'folder') {
    context.print(`${place.kind}s\n`);
    return EXIT.done;
  }
  const names = async (): Promise<ProjectNames> => {
    const { readProjectNames } = await import('../../workflow/project-names.ts');
    return readProjectNames(context, flagValue(plain.slice(0, -1), '--project'));
  };
  const candidates = await candidatesFor(place, names);
  // The value of --flag=value: bash that does not split words at "=", and fish, replace the whole word.
  const isWhole = shell === 'fish' || (shell === 'bash' && typed.at(-1) === words.at(-1));
  const current = words.at(-1) ?? '';
  const start = place.isGlued ? current.indexOf('=') + 1 : 0;
  const prefix = isWhole ? current.slice(0, start) : '';
  context.print(`words\n${renderCandidates(candidates, current.slice(start), shell, prefix)}`);
  return EXIT.done;
}

/** Puts together what bash splits at "=", where COMP_WORDBREAKS contains it: `--flag`, `=` and `value`. */
function joinGluedValues(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  words.forEach((word, index) => {
    const last = joined.at(-1);
    const isGlue = word === '=' && last !== undefined && /^--[^=]+$/.test(last);
    const isValue = words[index - 1] === '=' && last !== undefined && /^--[^=]+=$/.test(last);
    if (isGlue || isValue) joined[joined.length - 1] = `${last}${word}`;
    else joined.push(word);
  });
  return joined;
}

/** Returns the value of a flag in a command line; of several, the last. */
function flagValue(words: readonly string[], flag: string): string | undefined {
  const values = words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    return words[index - 1] === flag ? [word] : [];
  });
  return values.at(-1);
}

/** What the last word of a command line stands for. */
interface Place {
  readonly command: CommandNode;
  readonly kind: FlagNode['kind'] | 'flag' | 'command';
  /** The flag or argument that the word is the value of. */
  readonly value?: FlagNode | ArgumentNode;
  /** Whether the word is `--flag=value`. */
  readonly isGlued?: boolean;
}

/** Finds the command that the words lead to, and what the last word can be there. */
function findPlace(root: CommandNode, words: readonly string[]): Place {
  let command = root;
  let flag: FlagNode | undefined;
  let position = 0;
  for (const word of words.slice(0, -1)) {
    const below = command.commands.find(({ path }) => path.at(-1) === word);
    if (flag !== undefined) flag = undefined;
    else if (word.startsWith('-')) flag = flagNamed(command, word);
    else if (below !== undefined) command = below;
    else position += 1;
  }
  const current = words.at(-1) ?? '';
  if (flag !== undefined) return { command, kind: flag.kind, value: flag };
  const glued = /^(--[^=]*)=/.exec(current)?.[1];
  if (glued !== undefined) {
    const value = flagNamed(command, glued);
    return { command, kind: value?.kind ?? 'text', isGlued: true, ...(value && { value }) };
  }
  if (current.startsWith('-')) return { command, kind: 'flag' };
  if (command.commands.length > 0) return { command, kind: 'command' };
  const last = command.args.at(-1);
  const argument = command.args[position] ?? (last?.variadic === true ? last : undefined);
  return { command, kind: argument?.kind ?? 'text', ...(argument && { value: argument }) };
}

/** Finds a flag that takes a value. */
function flagNamed({ flags }: CommandNode, name: string): FlagNode | undefined {
  return flags.find(({ long, short, value }) => value !== undefined && (long === name || short === name));
}

/** Returns what can stand at a place. `names` reads the project, and is called only where it is needed. */
async function candidatesFor(
  { command, kind, value }: Place,
  names: () => Promise<ProjectNames>,
): Promise<(typed: string) => readonly Candidate[]> {
  const always = (candidates: readonly Candidate[]) => () => candidates;
  const texts = (all: readonly string[]) => always(all.map((text) => ({ text })));
  if (kind === 'flag')
    return always(command.flags.map(({ long, description }) => ({ text: long, description })));
  if (kind === 'command') {
    return always(
      command.commands.map(({ path, description }) => ({ text: path.at(-1) ?? '', description })),
    );
  }
  if (value !== undefined && value.choices.length > 0) return texts(value.choices);
  switch (kind) {
    case 'wave':
      return texts((await names()).waves);
    case 'target':
      return texts((await names()).targets);
    case 'address':
      return texts((await names()).addresses);
    case 'vm':
    case 'name': {
      const { waves, vms, addresses } = await names();
      // A VM is offered by its name until a "/" is typed, then by wave/name.
      return (typed) =>
        [...(kind === 'name' ? waves : []), ...(typed.includes('/') ? addresses : vms)].map((text) => ({
          text,
        }));
    }
    case 'text':
    case 'file':
    case 'folder':
      return texts(await ownWords(command.path.join(' ')));
  }
}

/** Returns what the argument of `explain` and of `schema` can be. */
async function ownWords(command: string): Promise<readonly string[]> {
  if (command === 'schema') return (await import('../../workflow/shipped-files.ts')).schemaNames();
  if (command !== 'explain') return [];
  const { allExplanations } = await import('../../report/explanations/index.ts');
  return allExplanations().map(({ id }) => id);
}

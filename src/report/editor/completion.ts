import { escapeTerminal } from '../text/escape.ts';

/** What the value of a flag or argument is: names of the project at hand are asked for when the user presses TAB. */
export type ValueKind = 'file' | 'folder' | 'wave' | 'vm' | 'target' | 'name' | 'address' | 'text';

/** The kinds that `landfall __complete` answers. */
export const DYNAMIC_KINDS: readonly ValueKind[] = ['wave', 'vm', 'target', 'name', 'address'];

export interface FlagNode {
  /** `--format`, with its dashes. */
  readonly long: string;
  readonly short?: string;
  /** `<format>`, where the flag takes a value. */
  readonly value?: string;
  readonly description: string;
  readonly kind: ValueKind;
  readonly choices: readonly string[];
  readonly repeatable: boolean;
  /** The default in words, where there is one. */
  readonly fallback?: string;
  /** The environment variable that stands for it, if one does. */
  readonly variable?: string;
}

export interface ArgumentNode {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly description: string;
  readonly kind: ValueKind;
  readonly choices: readonly string[];
}

/** A command with all that can follow it. The words of its path are those after the program's name. */
export interface CommandNode {
  readonly path: readonly string[];
  readonly description: string;
  readonly flags: readonly FlagNode[];
  readonly args: readonly ArgumentNode[];
  readonly commands: readonly CommandNode[];
}

/** A command and all below it, itself first. */
export function flattenCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(flattenCommands)];
}

/** Text in single quotes, as bash and zsh read it. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What can follow a flag or stand for an argument: `choices a b`, `ask wave`, `files`, `folders`, or nothing. */
export function valueSpec({ kind, choices }: Pick<FlagNode, 'kind' | 'choices'>): string {
  if (choices.length > 0) return `choices ${choices.join(' ')}`;
  if (DYNAMIC_KINDS.includes(kind)) return `ask ${kind}`;
  if (kind === 'file') return 'files';
  return kind === 'folder' ? 'folders' : 'nothing';
}

/**
 * The names that a shell may offer for the word `current`, in a form that is safe to insert: for bash, which inserts
 * what it is given, with a backslash before everything that could mean something to it; zsh and fish quote by
 * themselves. Names come from files of strangers: those with characters that cannot be seen are left out, and those
 * that would be taken for a flag.
 * @param names the names there are, given what has been typed so far
 */
export function completionCandidates(
  names: (typed: string) => readonly string[],
  current: string,
  shell: string,
): readonly string[] {
  const fits = (typed: string) =>
    names(typed).filter(
      (name) =>
        name !== '' && name.startsWith(typed) && !name.startsWith('-') && escapeTerminal(name) === name,
    );
  if (shell !== 'bash') return fits(current);
  // Behind an opening quote bash wants the text between the quotes: only what needs no escaping there is offered.
  if (current.startsWith("'")) return fits(current.slice(1)).filter((name) => !name.includes("'"));
  if (current.startsWith('"')) return fits(current.slice(1)).filter((name) => !/["$`\\!]/.test(name));
  return fits(unquoteBash(current)).map((name) => name.replace(/[^\p{L}\p{N}_./,@%+-]/gu, '\\$&'));
}

/** A word of bash as it was meant: without its backslashes and quotes. Expansions stay as they are written. */
export function unquoteBash(word: string): string {
  return word.replace(
    /\\(.)|'([^']*)'?|"((?:\\.|[^"\\])*)"?/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replace(/\\(["$`\\])/g, '$1'),
  );
}

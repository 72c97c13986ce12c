/** What the value of a flag or argument is: names of the project at hand are asked for when the user presses TAB. */
export type ValueKind = 'file' | 'folder' | 'wave' | 'vm' | 'target' | 'name' | 'address' | 'text';

/** The kinds that `landfall __complete` answers. */
export const ASKED: readonly ValueKind[] = ['wave', 'vm', 'target', 'name', 'address'];

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
export function everyCommand(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)];
}

/** Text in single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What can follow a flag or stand for an argument: `choices a b`, `ask wave`, `files`, `folders`, or nothing. */
export function valueWords({ kind, choices }: Pick<FlagNode, 'kind' | 'choices'>): string {
  if (choices.length > 0) return `choices ${choices.join(' ')}`;
  if (ASKED.includes(kind)) return `ask ${kind}`;
  if (kind === 'file') return 'files';
  return kind === 'folder' ? 'folders' : 'nothing';
}

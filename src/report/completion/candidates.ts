import { escapeTerminal } from '../escape.ts';

/**
 * The names that a shell may offer for the word `current`, in a form that is safe to insert: for bash, which inserts
 * what it is given, with a backslash before everything that could mean something to it; zsh and fish quote by
 * themselves. Names come from files of strangers: those with characters that cannot be seen are left out, and those
 * that would be taken for a flag.
 * @param names the names there are, given what has been typed so far
 */
export function candidates(
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
  return fits(unquote(current)).map((name) => name.replace(/[^\p{L}\p{N}_./,@%+-]/gu, '\\$&'));
}

/** A word of bash as it was meant: without its backslashes and quotes. Expansions stay as they are written. */
export function unquote(word: string): string {
  return word.replace(
    /\\(.)|'([^']*)'?|"((?:\\.|[^"\\])*)"?/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replace(/\\(["$`\\])/g, '$1'),
  );
}

/**
 * A program and its arguments as a line for a POSIX shell. Nothing where an argument holds what cannot be seen: such
 * a line must not be copied.
 */
export function shellCommand(words: readonly string[]): string | undefined {
  if (words.some((word) => /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(word)))
    return undefined;
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

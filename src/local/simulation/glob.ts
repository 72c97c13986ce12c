/** Whether `text` fits a pattern in which `*` stands for any characters and `?` for one, regardless of case. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}

/** Longest piece of a manifest that a message repeats. */
const LONGEST = 80;

/** A value for use in a message: cut in the middle of its length, never in the middle of a character. */
export function shorten(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  const whole = /[\uD800-\uDBFF]$/.test(text.slice(0, longest)) ? longest - 1 : longest;
  return `${text.slice(0, whole)}… (${text.length} characters)`;
}

/** A value of a manifest as a message names it: text in double quotes, everything as JSON would write it. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return String(value);
}

/**
 * A character that cannot be seen, moves a terminal's cursor or reverses text: control and format characters (ANSI
 * escapes, bidi controls, zero-width spaces), line and paragraph separators, halves of surrogate pairs, and letters
 * that Unicode says to draw as nothing.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Replaces each invisible character of a text. */
export function replaceInvisible(text: string, replace: (character: string) => string): string {
  return text.replace(EVERY_INVISIBLE, replace);
}

/** Longest piece of a manifest that a message repeats. */
const MAX_QUOTED = 80;

/** A value for use in a message: cut in the middle of its length, never in the middle of a character. */
export function shorten(text: string, longest = MAX_QUOTED): string {
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

/** Quotes a word for a POSIX shell where that is needed. What cannot be seen in it stays: escape it for a terminal. */
export function quoteShellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The first few of a list of names, and how many more there are. */
export function joinFirst(names: readonly string[], shown = 5): string {
  const more = names.length - shown;
  return names.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Escapes JSON text: characters that cannot be seen or that reverse text become `\uXXXX`, and so does text that the runner
 * of a pipeline would run as a command. A JSON parser reads the same data.
 */
export function escapeJson(text: string): string {
  // What JSON itself leaves as it is, of the "other" categories of Unicode; line feeds are the indentation's.
  const seen = text.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, escapeCodeUnits);
  // Number signs stand in strings only.
  return seen.replace(/(?<=#)#(?=\w*\[)/g, escapeCodeUnits);
}

function escapeCodeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

/**
 * Data as JSON in which the keys of every object are sorted: the same data is the same text. Numbers that JSON does not
 * have, such as infinity, are texts.
 */
export function canonicalJson(data: unknown): string {
  return JSON.stringify(withSortedKeys(data));
}

/** Copies data with the keys of every object sorted. A function that JSON.stringify calls for each value takes twice as long. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const fields = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const key of sortKeys(Object.keys(fields))) {
    const field = withSortedKeys(fields[key]);
    if (key !== '__proto__') copy[key] = field;
    else Object.defineProperty(copy, key, { value: field, enumerable: true });
  }
  return copy;
}

/** Sorts keys in place. Objects have few, and most are nearly sorted. */
function sortKeys(keys: string[]): readonly string[] {
  if (keys.length > 30) return keys.sort();
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    let place = index;
    for (; place > 0 && (keys[place - 1] ?? '') > key; place -= 1) keys[place] = keys[place - 1] ?? '';
    keys[place] = key;
  }
  return keys;
}

/** Credentials of this run, which no output may contain. */
const secrets = new Set<string>();
/** The shortest text that is taken for a secret: shorter ones would hide words. */
const MIN_SECRET = 8;
/** Secrets that are remembered: a run has few credentials, and renews them once an hour. */
const MAX_SECRETS = 100;
const HIDDEN = '***';

/** Remembers credentials of this run, so that `hideSecrets` replaces them in everything that is said. */
export function rememberSecrets(...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    if (value === undefined || value.trim().length < MIN_SECRET || secrets.has(value)) continue;
    secrets.add(value);
    const [oldest = ''] = secrets;
    if (secrets.size > MAX_SECRETS) secrets.delete(oldest);
  }
}

/** Environment variables that hold credentials. */
const SECRET_VARIABLES =
  /^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CONTAINER_AUTHORIZATION_TOKEN)|LANDFALL_PLATFORM_TOKEN|GITHUB_TOKEN|GH_TOKEN|GITLAB_TOKEN|CI_JOB_TOKEN|SYSTEM_ACCESSTOKEN|BITBUCKET_TOKEN|BITBUCKET_STEP_OIDC_TOKEN|ACTIONS_(ID_TOKEN_REQUEST|RUNTIME)_TOKEN)$/;

/** Remembers the credentials in environment variables. */
export function rememberVariables(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) if (SECRET_VARIABLES.test(name)) rememberSecrets(value);
}

/** What belongs to a signature of AWS, or to a presigned URL, whoever made it (AWS: Signature Version 4). */
const SIGNED = [
  /(AWS4-HMAC-SHA256)[\s,]+Credential\b[^\n"'<\\]*/gi,
  /\b(Signature|X-Amz-(?:Signature|Credential|Security-Token))(=|%3D|(?:\\?["'])?\s*:\s*(?:\\?["'])?)[^\s&"'<,;\\]+/gi,
] as const;

/**
 * Replaces the credentials of this run, and signatures and presigned queries of AWS, in a text that is about to be said:
 * as they are, URL-encoded, escaped as in JSON, broken over lines, or cut off after at least `MIN_CUT` characters.
 * Everything that is printed, written to a file, posted or put into a lock goes through here.
 * @param more secrets that only this text may contain
 */
export function hideSecrets(text: string, more: readonly string[] = []): string {
  let hidden = text;
  for (const pattern of SIGNED) {
    hidden = hidden.replace(pattern, (_, name: string, sign: unknown) =>
      typeof sign === 'string' ? `${name}${sign}${HIDDEN}` : `${name} ${HIDDEN}`,
    );
  }
  if (secrets.size + more.length === 0) return hidden;
  const forms = [...secrets, ...more].flatMap(formsOf).toSorted((a, b) => b.length - a.length);
  for (const form of forms) hidden = hidden.replaceAll(form, HIDDEN);
  // Most texts have none: one look finds also what was broken over lines.
  const broken = forms.filter((form) => beginsBroken(form, hidden));
  return broken.length === 0 ? hidden : hideBroken(hidden, broken);
}

/** The shortest beginning of a secret that is hidden where the rest was cut off. */
const MIN_CUT = 12;

/** What a terminal's width puts into a long word: line breaks, indentation and frames. */
const BREAK = '[\\s│|>]';
const HAS_BREAK = new RegExp(BREAK);

/** Whether a text has the beginning of a secret, with or without breaks in it. */
function beginsBroken(form: string, text: string): boolean {
  const beginning = form.slice(0, MIN_CUT);
  if (beginning.length < MIN_CUT || HAS_BREAK.test(beginning)) return false;
  const characters = Array.from(beginning, (character) => character.replace(/[^\w]/, '\\$&'));
  return new RegExp(characters.join(`${BREAK}*`)).test(text);
}

function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, encodeURIComponent(secret), json, json.replaceAll('/', '\\/')])];
}

/** Hides secrets that breaks were put into, or whose end was cut off: at each place the longest that begins there. */
function hideBroken(text: string, forms: readonly string[]): string {
  const firsts = new Set(forms.map((form) => form.charAt(0)));
  let hidden = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!firsts.has(text.charAt(at))) continue;
    const end = Math.max(...forms.map((form) => endOfMatch(text, at, form)));
    if (end === 0) continue;
    hidden += text.slice(from, at) + HIDDEN;
    from = end;
    at = end - 1;
  }
  return hidden + text.slice(from);
}

/** Returns where the beginning of a secret ends that begins at a place of a text; 0: there are less than `MIN_CUT` characters of it. */
function endOfMatch(text: string, at: number, form: string): number {
  let [end, matched] = [0, 0];
  for (let index = at; index < text.length && matched < form.length; index += 1) {
    const character = text.charAt(index);
    if (character === form[matched]) {
      matched += 1;
      end = index + 1;
    } else if (!/[\s│|>]/.test(character)) break;
  }
  return matched < MIN_CUT ? 0 : end;
}

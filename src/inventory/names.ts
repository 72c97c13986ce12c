import { MAX_NAME_LENGTH } from '../core/limits.ts';
import { byText } from '../core/lists.ts';

/** How much of a title is read, in characters: the rest cannot become part of a name of that length. */
const MAX_TITLE_READ = 400;
/** Names that Windows does not allow for files, with any extension. */
const RESERVED_FILE_NAMES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Why a VM is left out whose name a program has read in a wrong encoding. */
export const LOST_CHARACTER = 'has a name with a character that another program has lost (U+FFFD)';

/** Reduces a title to lower-case letters, digits and hyphens, at most `longest` of them. The result may be empty. */
export function slugOf(title: string, longest = MAX_NAME_LENGTH): string {
  return title
    .slice(0, MAX_TITLE_READ)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest + 1)
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
}

/** Makes the name of a wave from a title: lower-case letters, digits and hyphens, at most `longest` of them. */
export function waveNameFor(title: string, longest = MAX_NAME_LENGTH): string {
  const name = slugOf(title, longest);
  if (name === '') return 'wave';
  return RESERVED_FILE_NAMES.test(name) ? `wave-${name}` : name;
}

/** Allocates unique names of waves. They depend on the order of the calls: callers sort their titles first. */
export class WaveNames {
  readonly #taken: Set<string>;
  readonly #attempts = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Returns a name for each part of a wave: the name of the wave if it has one part, else `name-01`, `name-02`, …. */
  allocate(title: string, parts: number): readonly string[] {
    const width = Math.max(2, String(parts).length);
    const tail = parts === 1 ? 0 : width + 1;
    const plain = waveNameFor(title, MAX_NAME_LENGTH - tail);
    for (let attempt = this.#attempts.get(plain) ?? 1; ; attempt++) {
      const suffix = attempt === 1 ? '' : `-${attempt}`;
      const base = plain.slice(0, MAX_NAME_LENGTH - tail - suffix.length).replace(/-+$/, '') + suffix;
      const names = Array.from({ length: parts }, (_, index) =>
        parts === 1 ? base : `${base}-${String(index + 1).padStart(width, '0')}`,
      );
      if (names.some((name) => this.#taken.has(name))) continue;
      this.#attempts.set(plain, attempt + 1);
      for (const name of names) this.#taken.add(name);
      return names;
    }
  }
}

/** Compares two keys part by part. Returns a number below, at or above 0, for `sort`. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = byText(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

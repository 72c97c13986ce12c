import { byText } from '../core/lists.ts';

/** Longest name of a wave (schemas/wave.schema.json). */
const MAX_WAVE_NAME = 63;
/** Part of a title that is looked at: what comes after it cannot reach the name. */
const MAX_TITLE_READ = 400;
/** Names that no file may have on Windows, whatever their extension. */
const RESERVED_FILE_NAMES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Reduces a title to lower-case letters, digits and hyphens, at most `longest` of them; none may be left. */
export function slugOf(title: string, longest = MAX_WAVE_NAME): string {
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
export function waveNameFor(title: string, longest = MAX_WAVE_NAME): string {
  const name = slugOf(title, longest);
  if (name === '') return 'wave';
  return RESERVED_FILE_NAMES.test(name) ? `wave-${name}` : name;
}

/** Gives out names of waves, each once. What it gives depends on the order of asking, so ask in a sorted one. */
export class WaveNames {
  readonly #taken: Set<string>;
  readonly #attempts = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Names for the parts of a wave: its own where it has one part, else `name-01`, `name-02`, …. */
  allocate(title: string, parts: number): readonly string[] {
    const width = Math.max(2, String(parts).length);
    const tail = parts === 1 ? 0 : width + 1;
    const plain = waveNameFor(title, MAX_WAVE_NAME - tail);
    for (let attempt = this.#attempts.get(plain) ?? 1; ; attempt++) {
      const suffix = attempt === 1 ? '' : `-${attempt}`;
      const base = plain.slice(0, MAX_WAVE_NAME - tail - suffix.length).replace(/-+$/, '') + suffix;
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

/** Compares keys part by part. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = byText(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

import { decode } from './decode.ts';
import { NAMELESS } from './model.ts';
import { readManifest } from './read-manifest.ts';
import { Source } from './source.ts';

/** The waves that one file holds, or held. */
export interface WavesOfFile {
  /** `target` is absent where the wave leaves it to the project. */
  readonly waves: readonly { readonly name: string; readonly target?: string }[];
  /** The file says that it holds waves, and not all of them could be read. */
  readonly isBroken: boolean;
}

/** Reads which waves a text holds, whatever else is wrong with them: of a file that may be no manifest at all. */
export function wavesOf(content: Uint8Array): WavesOfFile {
  const { text } = decode(content);
  const { waves, concerns } = readManifest(new Source('', text), 'wave file');
  const named = waves.filter(({ name }) => name !== NAMELESS);
  // A value that the schema refuses does not hide which wave it stands in.
  const isWhole = !concerns.some(({ id }) => !id.startsWith('schema.') || id === 'schema.kind');
  const isNamed = named.length === waves.length;
  return {
    waves: named.map(({ name, target }) => (target === undefined ? { name } : { name, target })),
    isBroken: !(isWhole && isNamed) && /^\s*["']?kind["']?\s*:\s*["']?Wave\b/m.test(text),
  };
}

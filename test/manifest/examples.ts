import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The texts of the example project: landfall.yaml and the files in waves/. */
export function exampleTexts(): string[] {
  const waves = readdirSync(`${root}waves`).sort();
  return ['landfall.yaml', ...waves.map((name) => `waves/${name}`)].map((file) =>
    readFileSync(`${root}${file}`, 'utf8'),
  );
}

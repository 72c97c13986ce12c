import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The texts of the example projects, of SMS and of MGN: landfall.yaml and the files in waves/. */
export function exampleTexts(): string[] {
  return [root, `${root}examples/mgn/`].flatMap((folder) => {
    const waves = readdirSync(`${folder}waves`).sort();
    return ['landfall.yaml', ...waves.map((name) => `waves/${name}`)].map((file) =>
      readFileSync(`${folder}${file}`, 'utf8'),
    );
  });
}

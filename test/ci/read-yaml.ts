import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Reads a YAML file, named relative to the root of this repository or by an absolute path, as data. */
export function readYaml(file: string): unknown {
  return parse(readFileSync(new URL(file, `file://${ROOT}`), 'utf8'));
}

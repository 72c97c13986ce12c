import { cut, isMap, mapAt, toValue, type Value } from '../../manifest/schema/value.ts';
import { readYaml } from '../../manifest/yaml/read.ts';

/** A value that is gone from a document, or is another one now. */
export interface Removal {
  /** Position among the documents that are not empty. */
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly now?: string;
}

/** Whether two texts say the same but for what was removed. Defaults without settings say nothing. */
export function isSameBut(before: string, after: string, removals: readonly Removal[]): boolean {
  const [old, fresh] = [readYaml(before), readYaml(after)];
  if (old.problems.length > 0 || fresh.problems.length > 0) return false;
  const wanted = old.roots.map(toValue);
  for (const { document, path, now } of removals) {
    const root = wanted[document];
    if (now === undefined) cut(root, path);
    else if (isMap(root)) mapAt(root, 'spec')['target'] = now;
  }
  const found = fresh.roots.map(toValue);
  return canonical(wanted.map(withoutEmptyDefaults)) === canonical(found.map(withoutEmptyDefaults));
}

function withoutEmptyDefaults(root: Value): Value {
  if (!isMap(root)) return root;
  const spec = mapAt(root, 'spec');
  const { defaults } = spec;
  if (defaults === null || (isMap(defaults) && Object.keys(defaults).length === 0))
    cut(root, ['spec', 'defaults']);
  return root;
}

/** JSON with the keys of mappings in order of their names. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isMap(value)) return typeof value === 'number' ? String(value) : JSON.stringify(value ?? null);
  const entries = Object.keys(value).sort();
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

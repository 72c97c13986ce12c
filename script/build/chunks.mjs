import { join } from 'node:path';

/**
 * What is loaded together, in the order in which it is loaded: a file with these modules and all that they import and no
 * file before has. Every file that Node loads takes time, and so does every byte: by itself, the bundler makes a file for
 * each set of modules that the same commands share, 60 for `validate`.
 */
const CHUNKS = [
  ['start', ['cli/version.ts', 'process.ts']],
  ['validate', ['main.ts', 'cli/plan/register.ts', 'cli/plan/reporting.ts', 'report/formats/text.ts']],
  ['plan', ['cli/plan/plan.ts', 'report/plan/text.ts']],
  ['sms', ['providers/sms/index.ts']],
  ['mgn', ['providers/mgn/index.ts']],
];

/** Returns the name of a file in CHUNKS, by the modules in it: the bundler puts such a file into one that others import. */
export function chunkNameOf(root, moduleIds) {
  return CHUNKS.find(([, [first]]) => moduleIds.includes(join(root, 'src', first)))?.[0];
}

/** Returns a function that names the file of a module; null leaves the choice to the bundler. */
export function chunkOf(root) {
  let closures;
  return (id, graph) => {
    closures ??= CHUNKS.map(([name, files]) => [
      name,
      closure(
        files.map((file) => join(root, 'src', file)),
        graph,
      ),
    ]);
    return closures.find(([, modules]) => modules.has(id))?.[0] ?? null;
  };
}

/** Some modules and all that they import, but not what they import dynamically. */
function closure(ids, graph, found = new Set()) {
  for (const id of ids) {
    if (found.has(id)) continue;
    found.add(id);
    closure(graph.getModuleInfo(id)?.importedIds ?? [], graph, found);
  }
  return found;
}

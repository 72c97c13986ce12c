import { chmodSync, cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { chunkOf } from './chunks.mjs';
import { adaptSources, oneCopyOfEachVersion } from './plugins.mjs';
import { compileValidators } from './validators.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The program, the library, and what the action uses. */
const PROGRAM = {
  bin: 'src/bin.ts',
  index: 'src/index.ts',
  'platforms/index': 'src/platforms/index.ts',
  'platforms/reviewed-run': 'src/platforms/reviewed-run.ts',
  process: 'src/process.ts',
  'workflow/output-files': 'src/workflow/output-files.ts',
};

/**
 * Bundles the program and the library with all packages they use into one folder of modules, and copies the files beside
 * them that they read when they run. Names of functions and classes stay as they are: messages and stack traces contain
 * them.
 * @param out the folder; its parent has package.json, schemas/ and examples/ when the program runs
 * @param entries the modules that others may start or import, by the names of their files
 * @param maps whether each file gets a source map, which the file itself does not name
 * @returns the paths of all modules that are in the bundle
 */
export async function bundle(out, { entries = PROGRAM, maps = false } = {}) {
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    plugins: [compileValidators(), adaptSources(root), oneCopyOfEachVersion(root)],
    resolve: { mainFields: ['module', 'main'] },
    transform: { target: 'node20.12', define: { __filename: 'import.meta.filename' } },
    preserveEntrySignatures: 'allow-extension',
    // A command that another one shares code with is loaded with it.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await build.write({
    dir: out,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => `${name.replace(/[~_].*/, '').replaceAll(/[^\w-]/g, '')}-[hash].js`,
    // One character beyond Latin-1 makes V8 keep and scan the whole file in two bytes for each character.
    charset: 'ascii',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: maps && 'hidden',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: chunkOf(root), priority: 1, debugName: 'what a command loads' },
        { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 20_000 },
      ],
    },
  });
  await build.close();
  // Explanations are read by the program; other Markdown is for those who read the source.
  const isSource = /\.ts$|(?<!explanations[\\/][^\\/]*)\.md$/;
  cpSync(join(root, 'src'), out, { recursive: true, filter: (path) => !isSource.test(path) });
  if (existsSync(join(out, 'bin.js'))) chmodSync(join(out, 'bin.js'), 0o755);
  return output.flatMap(({ moduleIds = [] }) => moduleIds);
}

import { chmodSync, cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { adaptSources, oneCopyOfEachVersion } from './plugins.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Packages that are CommonJS ask for Node's modules by `require`, which a module does not have. */
const BANNER =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);";

/**
 * Bundles the program and the library with all packages they use into one folder of modules, and copies the files beside
 * them that they read when they run. What is imported dynamically is a file of its own. Names of functions and classes
 * stay as they are: messages and stack traces contain them.
 * @param out the folder; its parent has package.json, schemas/ and examples/ when the program runs
 * @param maps whether each file gets a source map, which the file itself does not name
 * @returns the paths of all source files that are in the bundle
 */
export async function bundle(out, { entries = ['src/bin.ts', 'src/index.ts'], maps = false } = {}) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.12',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    sourcemap: maps && 'external',
    sourcesContent: false,
    metafile: true,
    banner: { js: BANNER },
    define: { __filename: 'import.meta.filename' },
    plugins: [adaptSources(root), oneCopyOfEachVersion(root)],
  });
  // Explanations are read by the program; other Markdown is for those who read the source.
  const isSource = /\.ts$|(?<!explanations[\\/][^\\/]*)\.md$/;
  cpSync(join(root, 'src'), out, { recursive: true, filter: (path) => !isSource.test(path) });
  if (existsSync(join(out, 'bin.js'))) chmodSync(join(out, 'bin.js'), 0o755);
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return [...new Set(used)].sort();
}

import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { chunkNameOf, chunkOf } from './chunks.mjs';
import { adaptPackages, adaptSources, oneCopyOfEachVersion } from './plugins.mjs';
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

/** Messages contain the names of classes: of operations of AWS, and of errors. */
const keepNames = { class: true, function: false };

/**
 * Bundles the program and the library with all packages they use into one folder of modules, and copies the files beside
 * them that they read when they run. Names of classes stay as they are: messages contain them. Names of functions do not.
 * @param out the folder; its parent has package.json, schemas/ and examples/ when the program runs
 * @param entries the modules that others may start or import, by the names of their files
 * @param maps whether each file gets a source map, which the file itself does not name
 * @returns the paths of all modules that are in the bundle
 */
export async function bundle(out, { entries = PROGRAM, maps = false } = {}) {
  const exported = new Map();
  const inputs = [];
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    plugins: [
      listExports(exported),
      compileValidators(inputs),
      adaptSources(root),
      adaptPackages(),
      oneCopyOfEachVersion(root),
    ],
    // Modules of Node are not loaded for nothing: http2 would be.
    // Of ECharts, only the charts that are named are taken, and of EC2 its commands: both say so of themselves.
    treeshake: {
      moduleSideEffects: [
        { external: true, sideEffects: false },
        { test: /[\\/](?:(?:echarts|zrender)[\\/]lib|client-ec2)[\\/]/, sideEffects: false },
        { test: /./, sideEffects: true },
      ],
    },
    resolve: { mainFields: ['module', 'main'] },
    transform: { target: 'node20.12' },
    preserveEntrySignatures: 'allow-extension',
    // A command that another one shares code with is loaded with it.
    checks: { ineffectiveDynamicImport: false, pluginTimings: false },
  });
  const { output } = await build.write({
    dir: out,
    // Node 20 keeps compiled code of scripts only.
    format: 'cjs',
    entryFileNames: ({ name, moduleIds }) =>
      `${chunkNameOf(root, moduleIds) ?? name.replaceAll('/', '-')}-[hash].cjs`,
    chunkFileNames: ({ name }) =>
      `${name.replace(/[~_].*/, '').replaceAll(/[^\w-]|^-+/g, '') || 'part'}-[hash].cjs`,
    // One character beyond Latin-1 makes V8 keep and scan the whole file in two bytes for each character.
    charset: 'ascii',
    minify: {
      compress: { keepNames },
      mangle: { toplevel: true, keepNames },
      codegen: { removeWhitespace: true },
    },
    sourcemap: maps && 'hidden',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: chunkOf(root), priority: 1, debugName: 'what a command loads' },
        // Small files are not merged: two of them could then need each other.
        { name: 'shared', minShareCount: 2, entriesAware: true },
      ],
    },
  });
  await build.close();
  refuseCircles(output);
  for (const { isEntry, name, fileName } of output)
    if (isEntry) writeEntry(join(out, `${name}.js`), name, fileName, exported.get(name));
  // Explanations are read by the program; other Markdown is for those who read the source.
  const isSource = /\.ts$|(?<!explanations[\\/][^\\/]*)\.md$/;
  cpSync(join(root, 'src'), out, { recursive: true, filter: (path) => !isSource.test(path) });
  if (existsSync(join(out, 'bin.js'))) chmodSync(join(out, 'bin.js'), 0o755);
  return [...inputs, ...output.flatMap(({ moduleIds = [] }) => moduleIds)];
}

/**
 * Refuses files that load one another in a circle: one of them would use exports of another before they are there.
 * @throws Error that names them
 */
function refuseCircles(output) {
  const imports = new Map(output.map(({ fileName, imports: others = [] }) => [fileName, others]));
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name))
      throw new Error(`files in a circle: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`);
    if (done.has(name)) return;
    for (const other of imports.get(name) ?? []) visit(other, [...path, name]);
    done.add(name);
  };
  for (const name of imports.keys()) visit(name, []);
}

/** Notes what each entry exports, by its name. */
const listExports = (exported) => ({
  name: 'list-exports',
  generateBundle(_, output) {
    for (const { isEntry, name, facadeModuleId } of Object.values(output))
      if (isEntry) exported.set(name, this.getModuleInfo(facadeModuleId).exports);
  },
});

/** Writes the module under whose name others start or import a script. */
function writeEntry(path, name, script, names) {
  const file = posix.relative(posix.dirname(name), script);
  const load = `createRequire(import.meta.url)('${file.startsWith('.') ? file : `./${file}`}')`;
  const list = names.join(', ');
  const shebang = name === 'bin' ? '#!/usr/bin/env node\n' : '';
  const code = list === '' ? `${load};` : `const { ${list} } = ${load};\nexport { ${list} };`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${shebang}import { createRequire } from 'node:module';\n${code}\n`);
}

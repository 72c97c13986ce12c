// What the bundler has to be told about this repository.
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** `const { A, B } = await import('package')` */
const DYNAMIC = /const \{ ([\w, ]+) \} = await import\('([^'.][^']*)'\)/g;

/**
 * Changes two things in the files of src/.
 * `new URL('./file', import.meta.url)` stays true: the bundle is flat, and the files that a module reads lie below it as they
 * lie below src/. And what nobody takes from a package that is imported dynamically is left out, as the bundler does by
 * itself for static imports.
 * @type {(root: string) => import('rolldown').Plugin}
 */
export function adaptSources(root) {
  const wanted = new Map();
  return {
    name: 'adapt-sources',
    transform: {
      filter: { id: /[\\/]src[\\/].*\.ts$/ },
      handler(code, id) {
        const place = `./${relative(join(root, 'src'), id).replaceAll(sep, '/')}`;
        const adapted = code
          .replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url)`)
          .replaceAll(DYNAMIC, (_, names, from) => {
            const key = `exports-of:${from}:${names}`;
            wanted.set(`\0${key}`, { from, names, importer: id });
            return `const { ${names} } = await import('${key}')`;
          });
        // No line moves: the source map stays as it is.
        return adapted === code ? null : { code: adapted, map: null };
      },
    },
    resolveId: { filter: { id: /^exports-of:/ }, handler: (source) => `\0${source}` },
    load: {
      filter: { id: /^\0exports-of:/ },
      async handler(key) {
        const { from, names, importer } = wanted.get(key);
        const { id } = await this.resolve(from, importer);
        return { code: `export { ${names} } from ${JSON.stringify(id)};`, moduleType: 'js' };
      },
    },
  };
}

/** What packages load at each start, and landfall uses nothing of. */
const UNUSED = [
  // An optional package, which is looked for beside the bundle.
  [/[\\/]fdir[\\/]dist[\\/]index\.mjs$/, '__require.resolve("picomatch");', 'throw new Error();'],
  // For commands that are programs of their own.
  [/[\\/]commander[\\/]lib[\\/]command\.js$/, "require('node:child_process')", 'undefined'],
];

/**
 * Removes what packages load without need. Fails if a package no longer has it.
 * @type {() => import('rolldown').Plugin}
 */
export const adaptPackages = () => ({
  name: 'adapt-packages',
  transform: {
    filter: { id: UNUSED.map(([path]) => path) },
    handler(code, id) {
      const [, load, instead] = UNUSED.find(([path]) => path.test(id));
      if (!code.includes(load))
        throw new Error(`${id} has no ${load}: see UNUSED in script/build/plugins.mjs`);
      return { code: code.replace(load, instead), map: null };
    },
  },
});

/**
 * Bundles each version of a package once, although npm installs several copies of it: today's clients of AWS have the
 * same core each in a folder of its own.
 * @type {(root: string) => import('rolldown').Plugin}
 */
export function oneCopyOfEachVersion(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const copies = new Map();
  const first = new Map();
  for (const path of Object.keys(packages).sort()) {
    const id = `${path.replace(/^.*node_modules\//, '')}@${packages[path].version}`;
    copies.set(path, id);
    if (!first.has(id)) first.set(id, path);
  }
  return {
    name: 'one-copy-of-each-version',
    resolveId: {
      filter: { id: /^(?:@[^/]+\/)?[a-z][^:]*$/i },
      async handler(source, importer, options) {
        const found = await this.resolve(source, importer, { ...options, skipSelf: true });
        if (found === null || found.external) return found;
        const [, home, folder, rest] =
          /^(.*?)((?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+)(.*)$/.exec(found.id.replaceAll('\\', '/')) ?? [];
        const other = folder && first.get(copies.get(folder.slice(0, -1)));
        return other === undefined ? found : { ...found, id: join(home, other, rest) };
      },
    },
  };
}

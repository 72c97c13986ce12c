// What esbuild has to be told about this repository.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** `const { A, B } = await import('package')` */
const DYNAMIC = /const \{ ([\w, ]+) \} = await import\('([^'.][^']*)'\)/g;
const EXPORTS = 'exports-of:';

/**
 * Reads the files of src/ with two changes.
 * `new URL('./file', import.meta.url)` stays true: the bundle is flat, and the files that a module reads lie below it as they
 * lie below src/. And what nobody takes from a package that is imported dynamically is left out, as esbuild does by itself
 * for static imports.
 * @type {(root: string) => import('esbuild').Plugin}
 */
export const adaptSources = (root) => ({
  name: 'adapt-sources',
  setup({ onLoad, onResolve }) {
    const wanted = new Map();
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const place = `./${relative(join(root, 'src'), path).replaceAll(sep, '/')}`;
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url)`)
        .replaceAll(DYNAMIC, (_, names, from) => {
          const id = `${EXPORTS}${from}:${names}`;
          wanted.set(id, { from, names, folder: dirname(path) });
          return `const { ${names} } = await import('${id}')`;
        });
      return { contents, loader: 'ts' };
    });
    onResolve({ filter: new RegExp(`^${EXPORTS}`) }, ({ path }) => ({ path, namespace: 'exports' }));
    onLoad({ filter: /.*/, namespace: 'exports' }, ({ path }) => {
      const { from, names, folder } = wanted.get(path);
      return { contents: `export { ${names} } from '${from}';`, loader: 'js', resolveDir: folder };
    });
  },
});

const BARE = /^(?:@[^/]+\/)?[a-z][^:]*$/i;

/**
 * Bundles each version of a package once, although npm installs several copies of it: today's clients of AWS have the
 * same core each in a folder of its own.
 * @type {(root: string) => import('esbuild').Plugin}
 */
export const oneCopyOfEachVersion = (root) => ({
  name: 'one-copy-of-each-version',
  setup({ onResolve, resolve }) {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const copies = new Map();
    const first = new Map();
    for (const path of Object.keys(packages).sort()) {
      const id = `${path.replace(/^.*node_modules\//, '')}@${packages[path].version}`;
      copies.set(path, id);
      if (!first.has(id)) first.set(id, path);
    }
    onResolve({ filter: BARE }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolving') return undefined;
      const { importer, namespace, resolveDir, kind } = options;
      const found = await resolve(path, { importer, namespace, resolveDir, kind, pluginData: 'resolving' });
      const [, home, folder, rest] =
        /^(.*?)((?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+)(.*)$/.exec(found.path.replaceAll('\\', '/')) ?? [];
      const other = folder && first.get(copies.get(folder.slice(0, -1)));
      return other === undefined ? found : { ...found, path: join(home, other, rest) };
    });
  },
});

import { pathToFileURL } from 'node:url';
import standaloneCode from 'ajv/dist/standalone/index.js';
import '../typescript.mjs';

/**
 * Puts the validators that Ajv makes of schemas into the bundle, instead of Ajv. A file of src/ that ends in
 * `validators.ts` exports one object with the `names` of its validators, `get`, which returns one, and `ajv`, which creates
 * the compiler; in the bundle, it has only `get`.
 * @type {() => import('rolldown').Plugin}
 */
export const compileValidators = () => ({
  name: 'compile-validators',
  load: {
    filter: { id: /[\\/]src[\\/].*validators\.ts$/ },
    async handler(path) {
      const [[exported, { ajv, names }]] = Object.entries(await import(pathToFileURL(path).href));
      const variables = Object.fromEntries(names.map((name, index) => [`validator${index}`, name]));
      const compiler = ajv({ source: true, esm: true, lines: true });
      const code = standaloneCode(compiler, variables).replaceAll(/^export (?=const )/gm, '');
      const table = names.map((name, index) => `${JSON.stringify(name)}: validator${index}`);
      return {
        code: `${code}
const validators = { ${table.join(', ')} };
export const ${exported} = { get: (name) => validators[name] };`,
        moduleType: 'js',
      };
    },
  },
});

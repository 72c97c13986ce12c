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
      for (const env of Object.values({ ...compiler.schemas, ...compiler.refs })) removeTexts(env.schema);
      for (const name of names) shareDefinitions(compiler, name, names);
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

/** What editors show and no validator reads. */
const TEXTS = new Set(['title', 'description', 'markdownDescription', 'enumDescriptions', '$comment']);

/** Removes the texts of a schema for editors; they would be a tenth of what `validate` loads. */
function removeTexts(schema) {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    // A property may have such a name: its value is a schema.
    const isText = typeof value === 'string' || Array.isArray(value);
    if (TEXTS.has(key) && isText) delete schema[key];
    else removeTexts(value);
  }
}

/** Lets the validator of a part of a document (`Wave#/$defs/vm`) be the one that the document uses; Ajv makes another. */
function shareDefinitions(compiler, document, names) {
  if (document.includes('#')) return;
  const { root, schema } = compiler.getSchema(document).schemaEnv;
  for (const part of names.filter((name) => name.startsWith(`${document}#`))) {
    const shared = root.refs[`${schema.$id}${part.slice(document.length)}`];
    if (shared?.validate !== undefined) compiler.refs[part] = shared;
  }
}

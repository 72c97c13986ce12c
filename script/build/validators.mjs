import { pathToFileURL } from 'node:url';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { rolldown } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';
import { minifySync } from 'rolldown/utils';
import '../typescript.mjs';

/**
 * Puts the validators that Ajv makes of schemas into the bundle, instead of Ajv. A file of src/ that ends in
 * `validators.ts` exports one object with the `names` of its validators, `get`, which returns one, and `ajv`, which creates
 * the compiler; in the bundle, it has only `get`, which loads all of them from a file of their own. If the object also has
 * `accepts`, which only says whether a value is valid, that is in the bundle: small and quick validators, which know nothing
 * of errors, so that the others are loaded only for a value that has some.
 * @param inputs gets the paths of the modules that the code of validators uses
 * @type {(inputs: string[]) => import('rolldown').Plugin}
 */
export const compileValidators = (inputs) => ({
  name: 'compile-validators',
  load: {
    filter: { id: /[\\/]src[\\/].*validators\.ts$/ },
    async handler(path) {
      const [[exported, validators]] = Object.entries(await import(pathToFileURL(path).href));
      const file = this.emitFile({
        type: 'asset',
        name: `${exported}.cjs`,
        source: await explainingValidators(this, validators, path, inputs),
      });
      const { names } = validators;
      const quick = 'accepts' in validators ? quickValidators(validators) : '';
      const accepts = quick && `accepts: (name, value) => quick[names.indexOf(name)](value),`;
      return {
        code: `import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
${quick}
const names = ${JSON.stringify(names)};
let all;
export const ${exported} = {
  names,
  ${accepts}
  get(name) {
    all ??= createRequire(import.meta.url)(fileURLToPath(import.meta.ROLLUP_FILE_URL_${file}));
    return all[\`validator\${names.indexOf(name)}\`];
  },
};`,
        moduleType: 'js',
      };
    },
  },
});

/** Returns a script of CommonJS that exports the validators, which tell all errors as those of the sources do. */
async function explainingValidators(context, validators, path, inputs) {
  const code = explainingCode(validators);
  const build = await rolldown({
    input: 'validators',
    platform: 'node',
    checks: { pluginTimings: false },
    plugins: [
      {
        name: 'code-of-validators',
        resolveId: (id) => (id === 'validators' ? id : context.resolve(id, path)),
        load: (id) => (id === 'validators' ? code : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'cjs', minify: true });
  await build.close();
  inputs.push(...output[0].moduleIds);
  return output[0].code;
}

/** Returns code that exports `validator0` and so on, one for each name. */
export function explainingCode({ ajv, names }) {
  const compiler = ajv({ code: { source: true, esm: true, lines: true } });
  removeKeys(compiler, TEXTS);
  for (const name of names) shareDefinitions(compiler, name, names);
  return standaloneCode(compiler, variablesOf(names));
}

/** Returns the code of `quick`, a list of functions that only return whether a value is valid. */
export function quickValidators({ ajv, names }) {
  const code = { source: true, esm: true, lines: true };
  const compiler = ajv({ allErrors: false, verbose: false, messages: false, code });
  removeKeys(compiler, new Set([...TEXTS, ...MESSAGES]));
  for (const name of names) shareDefinitions(compiler, name, names);
  const complete = standaloneCode(compiler, variablesOf(names)).replaceAll(/^export (?=const )/gm, '');
  const list = `export const quick = [${Object.keys(variablesOf(names)).join(', ')}];`;
  // Nobody reads the names of these functions, as they throw nothing.
  const minified = minifySync('quick.js', `${withoutErrors(complete)}\n${list}`, {
    module: true,
    compress: true,
    mangle: { toplevel: true },
  });
  return minified.code.replace(/\bexport (?=const quick=)/, '');
}

const variablesOf = (names) => Object.fromEntries(names.map((name, index) => [`validator${index}`, name]));

/** What editors show and no validator reads. */
const TEXTS = ['title', 'description', 'markdownDescription', 'enumDescriptions', '$comment', 'default'];

/** What only messages about errors are made of. */
const MESSAGES = ['examples', 'errorMessage', 'patternErrorMessage'];

/** Removes keys that do not decide what is valid; texts would be a tenth of what `validate` loads. */
function removeKeys(compiler, keys) {
  for (const env of Object.values({ ...compiler.schemas, ...compiler.refs }))
    removeFrom(env.schema, new Set(keys));
}

/** @param isMap whether it is a mapping of schemas by name: a property may have the name of a key */
function removeFrom(schema, keys, isMap = false) {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (!isMap && keys.has(key)) delete schema[key];
    else if (isMap || !VALUES.has(key)) removeFrom(value, keys, !isMap && MAPS.has(key));
  }
}

/** Keys whose values are values of documents, and keys whose values are schemas by name. */
const VALUES = new Set(['enum', 'const', 'examples']);
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** Removes the descriptions of errors from the code of validators that return at the first one: most of the code. */
function withoutErrors(code) {
  const cuts = [];
  visit(parseAst(code), (node) => {
    // validate1.errors = [{ … }]
    const { left, right } = node.type === 'AssignmentExpression' ? node : {};
    if (left?.property?.name === 'errors' && right.type === 'ArrayExpression') cuts.push(right);
    // const err0 = { … }
    const isError = node.type === 'VariableDeclarator' && /^err\d+$/.test(node.id.name);
    if (isError && node.init?.type === 'ObjectExpression') cuts.push(node.init);
  });
  return cuts
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end }) => `${text.slice(0, start)}0${text.slice(end)}`, code);
}

function visit(node, found) {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') found(node);
  for (const child of Object.values(node)) visit(child, found);
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

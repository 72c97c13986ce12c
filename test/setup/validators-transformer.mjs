// Compiles the validators of `*validators.ts` in src/ once, as the bundle does. Otherwise Ajv would compile them again for each
// file of tests that reads a manifest, since Jest evaluates all modules anew for each: half a second of processor time.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const schemas = fileURLToPath(new URL('../../schemas/', import.meta.url));
/** What the code is made by, beside the file itself and the schemas. */
const makers = [
  './validators-transformer.mjs',
  '../../script/build/validators.mjs',
  '../../package-lock.json',
];

/** The code of a file with another `get` and `accepts`; `ajv` still creates the compiler, for tests that compare the two. */
async function processAsync(source, path) {
  // Where the result is cached, none of this is loaded.
  const { transformSync } = await import('@swc/core');
  const { explainingCode, quickValidators } = await import('../../script/build/validators.mjs');
  const { code } = transformSync(source, {
    configFile: false,
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  const [[exported, validators]] = Object.entries(await import(pathToFileURL(path).href));
  const { names } = validators;
  const all = inFunction(explainingCode(validators).replaceAll(/^export (?=const )/gm, ''), [
    ...names.map((_, index) => `validator${index}`),
  ]);
  const quick = 'accepts' in validators ? inFunction(quickValidators(validators), ['...quick']) : undefined;
  const index = `${exported}.names.indexOf(name)`;
  const members = [
    `get: ((all) => (name) => all[${index}])(${all})`,
    ...(quick === undefined
      ? []
      : [`accepts: ((quick) => (name, value) => quick[${index}](value))(${quick})`]),
  ];
  return { code: withImports(`${code}\nObject.assign(${exported}, { ${members.join(',\n')} });`) };
}

/** A call of a function whose body is some code, and which returns a list. */
const inFunction = (code, list) => `(() => {\n${code}\nreturn [${list.join(', ')}];\n})()`;

/** Code of Ajv calls `require` in modules too. */
function withImports(code) {
  const modules = [...new Set(Array.from(code.matchAll(/\brequire\("(ajv[^"]+)"\)/g), ([, name]) => name))];
  const imports = modules.map((name, index) => `import ajv_${index} from '${name}.js';\n`);
  return `${imports.join('')}${code.replaceAll(/\brequire\("(ajv[^"]+)"\)/g, (_, name) => `ajv_${modules.indexOf(name)}`)}`;
}

function getCacheKey(source, path) {
  const hash = createHash('sha1').update(source).update(path);
  for (const maker of makers) hash.update(readFileSync(new URL(maker, import.meta.url)));
  for (const name of readdirSync(schemas)) hash.update(readFileSync(`${schemas}${name}`));
  return hash.digest('hex');
}

export default { processAsync, getCacheKey };

// Prints the code of a file of src/ that ends in `validators.ts` with another `get` and `accepts`, which are compiled. `ajv` still
// creates the compiler, for tests that compare the two.
// Usage: node test/setup/compile-validators.mjs FILE
import { pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import { explainingCode, quickValidators } from '../../script/build/validators.mjs';

const [, , path] = process.argv;
const { code } = transformFileSync(path, {
  configFile: false,
  module: { type: 'es6' },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
});
const [[exported, validators]] = Object.entries(await import(pathToFileURL(path).href));
const index = `${exported}.names.indexOf(name)`;
const all = listOf(
  explainingCode(validators).replaceAll(/^export (?=const )/gm, ''),
  validators.names.map((_, at) => `validator${at}`),
);
const members = [`get: ((all) => (name) => all[${index}])(${all})`];
if ('accepts' in validators) {
  const quick = listOf(quickValidators(validators), ['...quick']);
  members.push(`accepts: ((quick) => (name, value) => quick[${index}](value))(${quick})`);
}
process.stdout.write(withImports(`${code}\nObject.assign(${exported}, { ${members.join(',\n')} });`));

/** A call of a function whose body is some code, and which returns a list. */
function listOf(body, names) {
  return `(() => {\n${body}\nreturn [${names.join(', ')}];\n})()`;
}

/** Ajv writes calls of `require` in modules too. */
function withImports(text) {
  const modules = new Set();
  const changed = text.replaceAll(/\brequire\("(ajv[^"]+)"\)/g, (_, name) => {
    modules.add(name);
    return `ajv_${[...modules].indexOf(name)}`;
  });
  const imports = [...modules].map((name, at) => `import ajv_${at} from '${name}.js';\n`);
  return `${imports.join('')}${changed}`;
}

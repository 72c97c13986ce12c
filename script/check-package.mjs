// Packs what would be published, installs it in an empty folder, and runs it there as its user would.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'landfall-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(command, args, cwd = folder) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

// dist/ is there already: packing must not build it again while other checks use it.
const [packed] = JSON.parse(
  run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
);
const strange = packed.files
  .map(({ path }) => path)
  .filter(
    (path) =>
      !/^(dist|docs|schemas|examples\/(?:ci|mgn))\/|^(src\/local\/SPEC\.md|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(
        path,
      ) || /(?<!\.d)\.ts$|\.map$|(?:^|\/)test\//.test(path),
  );
if (strange.length > 0) throw new Error(`the package holds what it does not need: ${strange.join(', ')}`);

for (const path of ['src/local/SPEC.md', 'schemas/faults.schema.json'])
  if (!packed.files.some((file) => file.path === path)) throw new Error(`the package has no ${path}`);

writeFileSync(join(folder, 'package.json'), '{ "private": true }');
run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', join(folder, packed.filename)]);
for (const part of ['landfall.yaml', 'waves'])
  cpSync(join(root, part), join(folder, part), { recursive: true });

const landfall = join(folder, 'node_modules', '.bin', 'landfall');
process.stdout.write(run(landfall, ['--version']));
process.stdout.write(run(landfall, ['validate']));
const plan = JSON.parse(run(landfall, ['plan', '--format', 'json']));
if (plan.summary.create === 0) throw new Error('the installed package plans nothing');

// What `init` writes is shipped too: a project begun with the installed package can be planned at once.
for (const ci of ['github', 'gitlab']) {
  const begun = join(folder, ci);
  run(landfall, ['init', begun, '--ci', ci, '--no-input', '--quiet']);
  run(landfall, ['validate'], begun);
  const { summary } = JSON.parse(run(landfall, ['plan', '--format', 'json'], begun));
  if (summary.create === 0) throw new Error(`a project begun with --ci ${ci} plans nothing`);
  const pipeline = ci === 'github' ? '.github/workflows/landfall-plan.yml' : '.gitlab-ci.yml';
  if (!existsSync(join(begun, pipeline))) throw new Error(`init --ci ${ci} wrote no ${pipeline}`);
}
// Without a project, too.
const away = join(folder, 'away');
mkdirSync(away);
const connectors = run(landfall, ['connectors', 'list', '--state', 'state', '--format', 'json'], away);
if (!connectors.includes('c-415fef98f4c66c487'))
  throw new Error('connectors list without a project lists none');

// The example of docs/library.md compiles against the shipped declarations, and runs.
const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs/library.md'), 'utf8')) ?? [];
writeFileSync(join(folder, 'example.mts'), example);
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
for (const words of ['to create: ', 'exit code: 0', 'differences: ', 'VMs: '])
  if (!printed.includes(words))
    throw new Error(`the example of docs/library.md prints no ${words}\n${printed}`);

console.log(
  `check-package: ${packed.files.length} files, ${Math.round(packed.size / 1024)} KiB, runs when installed`,
);

// Checks who imports whom (.dependency-cruiser.cjs) and the size of files and folders, and prints the figures of src/:
// files, lines, fullest folder, and the modules that run for `validate` and `plan` of one VM.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** Limits of CONTRIBUTING.md, "How we write". */
const LIMITS = { files: 550, median: 80, lines: 300, entries: 25, validate: 52, plan: 153 };

const ROOMS = [
  'apply',
  'bin.ts',
  'cli',
  'core',
  'forecast',
  'inventory',
  'journey',
  'local',
  'locks',
  'manifest',
  'network',
  'plan',
  'platforms',
  'policy',
  'providers',
  'report',
  'schedule',
  'workflow',
];
const root = fileURLToPath(new URL('../', import.meta.url));

function fail(message) {
  console.error(`check-rooms: ${message}`);
  process.exitCode = 1;
}

const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], options, undefined, {
  tsConfig: extractTSConfig('./tsconfig.json'),
});
// A checker that resolves nothing finds nothing wrong.
const seen = new Set(output.modules.map((module) => module.source.split('/')[1]));
const unseen = ROOMS.filter((room) => !seen.has(room));
if (unseen.length > 0) fail(`found no module of ${unseen.join(', ')}: the import check does not work`);
for (const { rule, from, to } of output.summary.violations) fail(`${from} → ${to}: ${rule.name}`);

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
  .sort((a, b) => a.lines - b.lines);
const median = files[Math.floor(files.length / 2)].lines;
const total = files.reduce((sum, { lines }) => sum + lines, 0);
const folders = [...new Set(files.map(({ path }) => dirname(path)))]
  .map((path) => ({ path, entries: readdirSync(path).length }))
  .sort((a, b) => b.entries - a.entries);
if (files.length > LIMITS.files) fail(`${files.length} files in src/: at most ${LIMITS.files}`);
if (median < LIMITS.median) fail(`the median file has ${median} lines: at least ${LIMITS.median}`);
for (const { path, lines } of files)
  if (lines > LIMITS.lines) fail(`${path} has ${lines} lines: at most ${LIMITS.lines}`);
for (const { path, entries } of folders)
  if (entries > LIMITS.entries) fail(`${path} has ${entries} entries: at most ${LIMITS.entries}`);

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: rooms }
waves: [wave.yaml]
targets: { local: { provider: sms, region: us-west-2, endpoint: local } }
`;
const WAVE = `apiVersion: landfall/v1
kind: Wave
metadata: { name: one }
spec: { vms: [{ name: awsscrum-lnx1, os: rhel-7.3, frequency: 12 }] }
`;

/** Counts the modules of src/ in which a function runs for a command. */
function countExecuted(folder, command) {
  const coverage = join(folder, `coverage-${command}`);
  const env = { ...process.env, NODE_V8_COVERAGE: coverage };
  const loader = pathToFileURL(join(root, 'script/typescript.mjs')).href;
  const args = ['--import', loader, join(root, 'src/bin.ts'), command];
  const run = spawnSync(process.execPath, args, { cwd: folder, env });
  if (run.status !== 0) fail(`${command} of one VM ended with exit code ${run.status}: ${run.stderr}`);
  const prefix = pathToFileURL(join(root, 'src/')).href;
  const scripts = readdirSync(coverage).flatMap((name) =>
    JSON.parse(readFileSync(join(coverage, name), 'utf8')).result.filter(({ url }) => url.startsWith(prefix)),
  );
  const executed = scripts.filter(({ functions }) =>
    functions.some(({ ranges: [whole] }) => whole.startOffset > 0 && whole.count > 0),
  );
  return new Set(executed.map(({ url }) => url)).size;
}

const folder = mkdtempSync(join(tmpdir(), 'landfall-rooms-'));
try {
  writeFileSync(join(folder, 'landfall.yaml'), PROJECT);
  writeFileSync(join(folder, 'wave.yaml'), WAVE);
  const executed = { validate: countExecuted(folder, 'validate'), plan: countExecuted(folder, 'plan') };
  for (const [command, count] of Object.entries(executed))
    if (count > LIMITS[command]) fail(`${command} runs ${count} modules: at most ${LIMITS[command]}`);
  console.log(
    `check-rooms: ${output.summary.totalCruised} modules, ${output.summary.violations.length} violations; ` +
      `${files.length} files, median ${median} lines, longest ${files.at(-1).lines}, ${total} lines in all; ` +
      `fullest folder ${folders[0].path} with ${folders[0].entries} entries; ` +
      `one VM runs ${executed.validate} modules in validate, ${executed.plan} in plan`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

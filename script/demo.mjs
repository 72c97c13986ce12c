// The main job, start to end, on the built-in endpoint: plan the example waves, apply them, plan again, and
// forecast when they arrive.
// Works on a copy in a temporary folder, so that the tree stays as it is and every run starts afresh.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'landfall-demo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const part of ['landfall.yaml', 'waves', 'schemas']) {
  cpSync(join(root, part), join(folder, part), { recursive: true });
}

function landfall(args, expectedExit = 0) {
  console.log(`\n$ landfall ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'bin.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== expectedExit) {
    console.error(`demo: landfall ${args[0]} exited with ${status}, not ${expectedExit}`);
    process.exit(1);
  }
}

landfall(['validate']);
landfall(['plan', '--detailed-exitcode'], 2);
landfall(['apply', '--auto-approve', '--quiet']);
landfall(['plan', '--detailed-exitcode'], 0);
landfall(['forecast']);

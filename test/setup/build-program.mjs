// Builds the program once for all tests that start it as a process (*.slow.test.ts), in a temporary folder that is laid out
// like an installed checkout. test/setup/program.ts tells the tests where it is.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export default function buildProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-build-'));
  // Types are checked by `npm run check:types`.
  const args = [join(root, 'script/build.mjs'), join(folder, 'dist'), '--noCheck'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`script/build.mjs failed with exit code ${status}`);
  for (const file of ['package.json', 'action.yml']) copyFileSync(join(root, file), join(folder, file));
  cpSync(join(root, 'script'), join(folder, 'script'), { recursive: true });
  for (const name of ['node_modules', 'schemas', 'examples'])
    symlinkSync(join(root, name), join(folder, name));
  process.env.PROGRAM_FOLDER = folder;
}

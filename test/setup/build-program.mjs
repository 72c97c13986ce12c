// Bundles the program once for all tests that start it as a process (*.slow.test.ts), in a temporary folder that is laid out
// like an installed package. test/setup/program.ts tells the tests where it is.
import { copyFileSync, cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../script/build/bundle.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

export default async function buildProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-build-'));
  // With source maps, which a test traces an error by.
  await bundle(join(folder, 'dist'), { maps: true });
  // The endpoint by itself, to count what it does.
  await bundle(join(folder, 'endpoint'), { entries: { index: 'src/local/index.ts' } });
  const validators = { index: 'src/manifest/schema/validators.ts' };
  await bundle(join(folder, 'validators'), { entries: validators });
  for (const file of ['package.json', 'action.yml']) copyFileSync(join(root, file), join(folder, file));
  cpSync(join(root, 'script'), join(folder, 'script'), { recursive: true });
  for (const name of ['node_modules', 'schemas', 'examples'])
    symlinkSync(join(root, name), join(folder, name));
  process.env.PROGRAM_FOLDER = folder;
  // Tests write nothing into the folder of the user.
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';
}

import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';

const FILE = new URL('../../docs/concerns.md', import.meta.url);

let world: ScratchProject;
afterEach(async () => {
  await world.dispose();
});

it('docs/concerns.md is what `landfall explain --format markdown` prints', async () => {
  world = new ScratchProject();
  const { code, stdout, stderr } = await world.run('explain', '--format', 'markdown');
  // An explanation that cannot be parsed is an error, in the update of the file too.
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, stdout);
  expect(readFileSync(FILE, 'utf8')).toBe(stdout);
});

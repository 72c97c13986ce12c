import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { World } from '../cli/world.ts';

const FILE = new URL('../../docs/concerns.md', import.meta.url);

let world: World;
afterEach(async () => {
  await world.dispose();
});

it('docs/concerns.md is what `landfall explain --format markdown` prints', async () => {
  world = new World();
  const { stdout } = await world.run('explain', '--format', 'markdown');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, stdout);
  expect(readFileSync(FILE, 'utf8')).toBe(stdout);
});

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { ScratchProject } from '../cli/scratch-project.ts';
import { expectReplay } from './replay.ts';
import { Shell } from './shell.ts';

/** How far the clock goes in each wait of a run. */
const MINUTES_A_WAIT = 60;

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject();
  world.remove('landfall.yaml');
});
afterEach(async () => {
  await world.dispose();
});

it('docs/tutorial.md begins in an empty folder, and prints what it says', async () => {
  expect(readdirSync(world.folder)).toEqual([]);
  // The second terminal of its last chapter.
  world.onSleep = () => {
    world.now += MINUTES_A_WAIT * 60_000;
  };
  await expectReplay('tutorial.md', new Shell(world), 'written');
});

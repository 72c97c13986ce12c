import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';
import { expectReplay } from './replay.ts';
import { Shell } from './shell.ts';

describe('docs/mgn.md', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('shows what the commands print, and waves that they take', async () => {
    await expectReplay('mgn.md', new Shell(world), 'written');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { ScratchProject } from '../cli/scratch-project.ts';
import { expectReplay } from './replay.ts';
import { Shell } from './shell.ts';

describe('docs/walkthrough.md', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    world.remove('landfall.yaml');
    world.now = Date.parse('2018-11-06T16:00:00Z');
  });
  afterEach(async () => {
    await world.dispose();
  });

  it.each(['model', 'console'] as const)(
    'begins in an empty folder and prints what it says, with enum values in the spelling of the %s',
    async (style) => {
      expect(readdirSync(world.folder)).toEqual([]);
      if (style === 'console') await world.serve({ wireStyle: style });
      await expectReplay('walkthrough.md', new Shell(world), 'written');
    },
  );
});

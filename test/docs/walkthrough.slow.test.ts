import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { World } from '../cli/world.ts';
import { expectReplay } from './replay.ts';
import { Shell } from './shell.ts';

describe('docs/walkthrough.md', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.now = Date.parse('2018-11-06T16:00:00Z');
  });
  afterEach(async () => {
    await world.dispose();
  });

  it.each(['model', 'console'] as const)(
    'prints what it says, enum values spelled as by the %s',
    async (style) => {
      if (style === 'console') await world.serve({ wireStyle: style });
      await expectReplay('walkthrough.md', new Shell(world), 'written');
    },
  );
});

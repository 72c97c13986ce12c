import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

/** Who wrote a pull request may know under which names its pipeline writes. */
describe('a link under the name of a file that is to be written', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    mkdirSync(join(world.folder, 'elsewhere'));
    symlinkSync('elsewhere/victim', join(world.folder, 'link.json'));
    symlinkSync('elsewhere', join(world.folder, 'out'));
  });
  afterEach(async () => {
    await world.dispose();
  });

  it.each([
    ['plan', '--out'],
    ['apply', '--auto-approve', '--report'],
    ['apply', '--auto-approve', '--json-into'],
    ['apply', '--no-such-flag', '--report'],
    ['schema', 'wave', '--out'],
  ])('is not written through by %s %s %s', async (...argv) => {
    for (const [file, link] of [
      ['link.json', 'link.json'],
      ['out/victim', 'out'],
    ] as const) {
      const { code, stderr } = await world.run(...argv, file);
      expect(code).toBe(1);
      if (!argv.includes('--no-such-flag')) expect(stderr).toContain(`${link} is a symbolic link`);
      expect(existsSync(join(world.folder, 'elsewhere/victim'))).toBe(false);
    }
  });

  it('is nobody’s business outside the working folder', async () => {
    mkdirSync(join(world.folder, 'elsewhere/run'));
    world.cwd = join(world.folder, 'elsewhere/run');
    const { code } = await world.run('schema', 'wave', '--out', '../../out/wave.json');
    expect(code).toBe(0);
    expect(existsSync(join(world.folder, 'elsewhere/wave.json'))).toBe(true);
  });
});

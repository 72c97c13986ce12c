import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';

const FOLDER = fileURLToPath(new URL('../../examples/mgn/', import.meta.url));

let world: ScratchProject;
beforeEach(() => {
  const waves = readdirSync(`${FOLDER}waves`).map((file) => `waves/${file}`);
  const files = ['landfall.yaml', ...waves].map((file) => [file, readFileSync(FOLDER + file, 'utf8')]);
  world = new ScratchProject(Object.fromEntries(files) as Record<string, string>);
});
afterEach(async () => {
  await world.dispose();
});

describe('the example project of MGN', () => {
  it('is valid, without a warning', async () => {
    expect(await world.run('validate')).toEqual({ code: 0, stdout: '2 waves, 13 VMs: valid\n', stderr: '' });
  });

  it('has nothing that SMS has', async () => {
    expect((await world.run('convert', '--to', 'mgn')).stdout).toBe(
      '2 waves in 2 files: nothing to convert.\n',
    );
  });

  it('plans against the built-in endpoint, once its account is set up, and stays applied', async () => {
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({ code: 0 });
    const plan = await world.run('plan', '--format', 'json');
    expect(JSON.parse(plan.stdout)).toMatchObject({ summary: { create: 13, delete: 0 }, concerns: [] });
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    const again = await world.run('plan', '--format', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({ summary: { create: 0, update: 0, delete: 0 } });
  });
});

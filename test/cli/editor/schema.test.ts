import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { ScratchProject } from '../scratch-project.ts';

const SCHEMAS = new URL('../../../schemas/', import.meta.url);

describe('landfall schema', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    world.remove('landfall.yaml');
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('lists all schemas, and prints and writes each of them byte for byte', async () => {
    const { stdout: list } = await world.run('schema');
    const files = readdirSync(SCHEMAS);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      const name = file.replace('.schema.json', '');
      expect(list).toMatch(new RegExp(`^${name} `, 'm'));
      const text = readFileSync(new URL(file, SCHEMAS), 'utf8');
      expect(await world.run('schema', name)).toEqual({ code: 0, stdout: text, stderr: '' });
      expect(await world.run('schema', name, '--out', 'kept.json')).toMatchObject({ code: 0, stdout: '' });
      expect(world.read('kept.json')).toBe(text);
    }
  });

  it('suggests the one that was meant', async () => {
    const { code, stderr } = await world.run('schema', 'wav');
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean wave?');
    expect(await world.run('schema', '--out', 'x.json')).toMatchObject({ code: 1 });
  });
});

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

/** A pull request can hold anything that git can, links and a .landfall of its own among it. */
describe('what landfall keeps beside the project', () => {
  let world: ScratchProject;
  let outside: string;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
    outside = mkdtempSync(join(tmpdir(), 'landfall-outside-'));
    writeFileSync(join(outside, 'victim'), 'precious\n');
  });
  afterEach(async () => {
    await world.dispose();
    rmSync(outside, { recursive: true, force: true });
  });

  const APPLY = ['apply', '--auto-approve'] as const;
  const expectUntouched = (): void => {
    expect(readdirSync(outside)).toEqual(['victim']);
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('precious\n');
  };

  it.each([['.landfall'], ['.landfall/local'], ['.landfall/locks'], ['.landfall/locks/local']])(
    'is in the project, and never where a link %s leads',
    async (path) => {
      mkdirSync(join(world.folder, path, '..'), { recursive: true });
      symlinkSync(outside, join(world.folder, path));
      const { code, stderr } = await world.run(...APPLY);
      expect(code).toBe(1);
      expect(stderr).toContain(`FILE_UNWRITABLE`);
      expect(stderr).toContain(`${path} is a symbolic link`);
      expectUntouched();
    },
  );

  it.each(['journal-1.jsonl', 'state.json', 'account-1.jsonl', 'lock-1.json', 'inventory-1.jsonl'])(
    'is no file behind a link %s',
    async (name) => {
      await world.run('plan');
      const path = join(world.folder, '.landfall', 'local', name);
      rmSync(path, { force: true });
      symlinkSync(join(outside, 'victim'), path);
      for (const argv of [['plan'], ['local', 'advance', '1h'], ['local', 'reset', '--auto-approve']]) {
        const { code, stderr } = await world.run(...argv);
        expect([argv, code]).toEqual([argv, 1]);
        expect(stderr).toContain(`.landfall/local/${name} is a symbolic link`);
      }
      expectUntouched();
    },
  );

  it('sends nobody to an address that it names, but to this machine', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"landfall":"local"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const since = '2026-11-23T08:00:00Z';
      for (const url of [
        `http://localhost:${port}`,
        `http://127.0.0.1:${port}@127.0.0.1:${port}`,
        `http://[::ffff:127.0.0.1]:${port}`,
        'http://',
        7,
      ]) {
        world.write('.landfall/local/lock-1.json', JSON.stringify({ url, since, token: 'x' }));
        expect([url, (await world.run('plan')).code]).toEqual([url, 0]);
        rmSync(join(world.folder, '.landfall'), { recursive: true });
      }
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });
});

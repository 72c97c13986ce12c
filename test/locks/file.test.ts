import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LockStore } from '../../src/core/lock.ts';
import { fileLock } from '../../src/locks/file.ts';
import { holder, HOLDER } from './holders.ts';

describe('a lock in a folder', () => {
  let folder = '';
  let living: number[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-lock-'));
    living = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const store = (): LockStore =>
    fileLock({
      folder: join(folder, 'local'),
      place: 'x',
      host: 'here',
      isAlive: (pid) => living.includes(pid),
    });
  const mine = (id: string, pid: number, host = 'here') => holder(id, { pid, host });

  it('is taken, seen by others, and removed', async () => {
    expect(await store().take(HOLDER)).toEqual({ taken: true });
    expect(await store().take(holder('b'))).toMatchObject({ taken: false, found: { holder: HOLDER } });
    const found = await store().read();
    expect(found && (await store().remove(found))).toBe(true);
    expect(await store().read()).toBeUndefined();
    expect(found && (await store().remove(found))).toBe(false);
  });

  it('is taken over from a process that is dead', async () => {
    await store().take(mine('a', 1));
    expect(await store().take(mine('b', 2))).toMatchObject({ taken: true, deadHolder: { id: 'a', pid: 1 } });
  });

  it.each([
    ['lives', [1], 'here'],
    ['is on another machine', [], 'elsewhere'],
  ])('is not taken from a process that %s', async (_, alive, host) => {
    living = alive;
    await store().take(mine('a', 1, host));
    expect(await store().take(mine('b', 2))).toMatchObject({ taken: false, found: { id: 'a' } });
  });

  it('is held by what nobody of ours wrote, and can be removed', async () => {
    await store().take(HOLDER);
    const [name = ''] = readdirSync(join(folder, 'local'));
    writeFileSync(join(folder, 'local', name), 'hello');
    const taking = await store().take(holder('b'));
    expect(taking).toMatchObject({ taken: false, found: { id: 'file-1', excerpt: 'hello' } });
    if (!taking.taken) expect(await store().remove(taking.found)).toBe(true);
    expect((await store().take(holder('b'))).taken).toBe(true);
  });

  it('says so where the folder cannot be written', async () => {
    writeFileSync(join(folder, 'local'), 'a file');
    await expect(store().take(HOLDER)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  it('has one holder at most, whatever is done to it in turn', async () => {
    const deed = fc.record({
      pid: fc.integer({ min: 1, max: 4 }),
      what: fc.constantFrom('take', 'drop', 'die'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 30 }), async (deeds) => {
        rmSync(join(folder, 'local'), { recursive: true, force: true });
        living = [1, 2, 3, 4];
        let holds: number | undefined;
        for (const [index, { pid, what }] of deeds.entries()) {
          if (what === 'die') living = living.filter((one) => one !== pid);
          if (!living.includes(pid)) continue;
          if (what === 'take') {
            const free = holds === undefined || !living.includes(holds);
            const { taken } = await store().take(mine(`id-${index}`, pid));
            expect(taken).toBe(free);
            if (taken) holds = pid;
          } else if (holds === pid) {
            const found = await store().read();
            expect(found && (await store().remove(found))).toBe(true);
            holds = undefined;
          }
        }
        expect((await store().read())?.holder?.pid).toBe(holds);
      }),
    );
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startLocalEndpoint } from '../../src/local/index.ts';
import { FakeS3 } from '../locks/fake-s3.ts';
import { type Landfall, useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const VMS = ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `{ name: p-payroll-${part} }`);
const KEY = 'production.json';

const start = useProgram();

describe('processes and a lock in S3', () => {
  let s3: FakeS3;
  let relayed: Relayed;
  /** Lets the creates go that are held back. */
  let release: () => void;
  /** Resolves when a create is held back. */
  let held: Promise<void>;

  beforeEach(async () => {
    s3 = await FakeS3.open();
    relayed = await relayedWorld(1);
    const { world, relay } = relayed;
    const lock = `lock: { s3: { bucket: locks, key: ${KEY}, endpoint: "${s3.url}" } }`;
    world.write('landfall.yaml', world.read('landfall.yaml').replace('limits:', `${lock}, limits:`));
    world.write('waves/a.yaml', wave('a', VMS));
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    held = new Promise((resolve) => {
      relay.watch = {
        async before({ operation }) {
          if (operation !== 'CreateReplicationJob') return true;
          resolve();
          await released;
          return true;
        },
      };
    });
  });
  afterEach(async () => {
    release();
    await relayed.dispose();
    await s3.close();
  });

  const landfall = (...argv: readonly string[]): Landfall => start(relayed.world.folder, argv, CREDENTIALS);

  /** Starts an apply; resolves when it is in the middle of it. */
  async function applyUntilHeld(): Promise<Landfall> {
    const applying = landfall('apply', '--auto-approve');
    expect(await Promise.race([held, applying.ended])).toBeUndefined();
    return applying;
  }

  it('one applies, the other is refused, and a third waits for it', async () => {
    const first = await applyUntilHeld();
    const second = await landfall('apply', '--auto-approve').ended;
    expect(second.code).toBe(5);
    expect(second.stderr).toContain(`process ${first.process.pid ?? 0} on `);
    // The SDK of a later version would tell of Node's.
    expect(second.stderr).not.toContain('Warning');
    expect((await landfall('plan').ended).code).toBe(0);

    const third = landfall('apply', '--auto-approve', '--lock-timeout', '5m');
    await third.says('Waiting for the lock of target local');
    release();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await third.ended).toMatchObject({ code: 0 });
    expect((await third.ended).stdout).toContain('No changes');
    expect(s3.get(KEY)).toBeUndefined();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s drains, and releases the lock', async (signal) => {
    const { process, says, ended } = await applyUntilHeld();
    process.kill(signal);
    await says(
      'If you interrupt again, the lock of target local remains. To remove it: landfall force-unlock ',
    );
    expect(s3.get(KEY)).toBeDefined();
    release();
    const end = await ended;
    expect(end.code).toBe(6);
    expect(end.stderr).toMatch(/Stopping: .*\nIf you interrupt again, /);
    expect(s3.get(KEY)).toBeUndefined();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'a second %s leaves the lock, and says what removes it',
    async (signal) => {
      const { process, says, ended } = await applyUntilHeld();
      process.kill('SIGINT');
      await says(
        'If you interrupt again, the lock of target local remains. To remove it: landfall force-unlock ',
      );
      process.kill(signal);
      const end = await ended;
      expect(end).toMatchObject({ signal, stdout: expect.not.stringContaining('Interrupted') as unknown });
      const [, command = ''] =
        /^The lock of target local remains\. .*: landfall (force-unlock \S+ --target local)$/m.exec(
          end.stderr,
        ) ?? [];
      expect(s3.get(KEY)).toContain(command.split(' ')[1]);
      expect((await landfall(...command.split(' '), '--auto-approve').ended).code).toBe(0);
      expect(s3.get(KEY)).toBeUndefined();
    },
  );

  it('SIGINT while the lock is being taken says what removes it too', async () => {
    let taken: () => void = () => undefined;
    const writing = new Promise<void>((resolve) => {
      s3.after = async ({ method }) => {
        if (method !== 'PUT') return;
        s3.after = () => undefined;
        resolve();
        await new Promise<void>((go) => {
          taken = go;
        });
      };
    });
    const applying = landfall('apply', '--auto-approve');
    await Promise.race([writing, applying.ended]);
    applying.process.kill('SIGINT');
    await applying.says('Stopping');
    taken();
    const { code, stderr } = await applying.ended;
    expect(code).toBe(6);
    expect(stderr).toContain(
      'If you interrupt again, the lock of target local remains. To remove it: landfall force-unlock ',
    );
    expect(s3.get(KEY)).toBeUndefined();
  });

  it('SIGINT ends the waiting at once', async () => {
    await applyUntilHeld();
    const waiting = landfall('apply', '--auto-approve', '--lock-timeout', '24h');
    await waiting.says('Waiting for the lock');
    waiting.process.kill('SIGINT');
    expect((await waiting.ended).code).toBe(5);
    expect(s3.get(KEY)).toBeDefined();
  });

  it('a killed one leaves its lock, and force-unlock removes it by the id that is shown', async () => {
    const { process, ended } = await applyUntilHeld();
    process.kill('SIGKILL');
    await ended;
    release();
    const { code, stderr } = await landfall('apply', '--auto-approve').ended;
    expect(code).toBe(5);
    const [, command = ''] = /landfall (force-unlock \S+ --target local)/.exec(stderr) ?? [];
    expect((await landfall(...command.split(' '), '--auto-approve').ended).code).toBe(0);
    expect((await landfall('apply', '--auto-approve').ended).code).toBe(0);
  });

  it('of several that start at once, none applies beside another', async () => {
    let applying = 0;
    let most = 0;
    relayed.relay.watch = {
      before: ({ operation }) => {
        if (operation === 'CreateReplicationJob') applying += 1;
        most = Math.max(most, applying);
        return true;
      },
      answered: ({ operation }) => {
        if (operation === 'CreateReplicationJob') applying -= 1;
      },
    };
    const runs = [1, 2, 3].map(() => landfall('apply', '--auto-approve', '--lock-timeout', '5m'));
    const ends = await Promise.all(runs.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ends.filter(({ stdout }) => stdout.includes('5 created'))).toHaveLength(1);
    // One call at a time is what the target allows a run.
    expect(most).toBe(1);
    expect(s3.get(KEY)).toBeUndefined();
  });
});

describe('processes and the built-in endpoint', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', VMS) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('the next takes over the file of one that was killed', async () => {
    const endpoint = await startLocalEndpoint({
      folder: join(world.folder, '.landfall', 'local'),
      clock: { now: () => world.now, setTimer: () => () => undefined },
      // No answer comes while the test lasts.
      faults: { latency: 60_000 },
    });
    try {
      const killed = start(world.folder, ['apply', '--auto-approve']);
      const lock = join(world.folder, '.landfall/locks/local/lock-1.json');
      while (!existsSync(lock)) await new Promise((resolve) => setImmediate(resolve));
      const refused = await start(world.folder, ['apply', '--auto-approve']).ended;
      expect(refused.code).toBe(5);
      expect(refused.stderr).toContain(`process ${killed.process.pid ?? 0} on `);
      killed.process.kill('SIGKILL');
      await killed.ended;
    } finally {
      await endpoint.close();
    }
    const { code, stdout, stderr } = await start(world.folder, ['apply', '--auto-approve']).ended;
    expect(code).toBe(0);
    expect(stdout).toContain('5 created');
    expect(stderr).toContain('which has ended. Taking it over');
  });
});

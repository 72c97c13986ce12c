import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeS3 } from '../locks/fake-s3.ts';
import { holder } from '../locks/holders.ts';
import { type Relayed, relayedWorld } from './relayed.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const KEY = 'local.json';
const A = wave('a', ['{ name: awsscrum-lnx1 }']);
const OTHER = holder('other-run', { since: '2026-11-23T07:47:57Z' });

/** Ids that differ from run to run, and names of this machine, as the golden words have them. */
const APPLY = ['apply', '--auto-approve'] as const;

describe('a target with a lock in S3', () => {
  let s3: FakeS3;
  let relayed: Relayed;
  let world: ScratchProject;
  beforeEach(async () => {
    s3 = await FakeS3.open();
    relayed = await relayedWorld();
    ({ world } = relayed);
    world.write(
      'landfall.yaml',
      `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
defaultTarget: local
targets:
  local:
    provider: sms
    region: us-west-2
    endpoint: local
    lock: { s3: { bucket: locks, key: ${KEY}, endpoint: "${s3.url}" } }
`,
    );
    world.write('waves/a.yaml', A);
  });
  afterEach(async () => {
    await relayed.dispose();
    await s3.close();
  });

  const holdByOther = (): void => {
    s3.set(KEY, JSON.stringify(OTHER));
  };
  const holderNow = (): Record<string, string> => JSON.parse(s3.get(KEY) ?? '{}') as Record<string, string>;

  it('is locked before anything is observed, says by whom, and is free again', async () => {
    world.env = {
      GITHUB_ACTOR: 'jo',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'ucop/waves',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: '1a2b3c4d5e6f7081920a1b2c3d4e5f6071829304',
    };
    let held: Record<string, string> = {};
    s3.after = ({ method }) => {
      if (method === 'PUT' && s3.get(KEY) !== undefined) held = holderNow();
    };
    const { code } = await world.run(...APPLY);
    expect(code).toBe(0);
    expect(held).toMatchObject({
      format_version: '1.0',
      operation: 'apply',
      project: 'ucop',
      target: 'local',
      who: 'jo',
      since: '2026-11-23T08:00:00Z',
      from: 'https://github.com/ucop/waves/actions/runs/42',
      commit: '1a2b3c4d5e6f7081920a1b2c3d4e5f6071829304',
    });
    expect(s3.get(KEY)).toBeUndefined();
  });

  it('refuses a second run with exit 5, and says how to go on', async () => {
    holdByOther();
    const { code, stdout, stderr } = await world.run(...APPLY);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr.replaceAll(s3.url, 'URL')).toBe(
      [
        'error LOCK_HELD  target local is locked at s3://locks/local.json at URL: jo@ci-7 holds it since 2026-11-23 07:47:57 UTC (12 min 3 s ago) for apply of ucop, target production, from https://github.com/ucop/waves/actions/runs/42, at commit 1a2b3c4d5e6f',
        '  fix: wait for it with --lock-timeout 10m; only if that run has died: landfall force-unlock other-run --target local',
        '',
      ].join('\n'),
    );
    expect(holderNow()['id']).toBe('other-run');
  });

  it.each([
    ['run', 'a', '--auto-approve'],
    ['catalog', 'delete', '--auto-approve'],
    ['connectors', 'disassociate', 'c-1', '--auto-approve'],
  ])('refuses %s %s too', async (...argv) => {
    holdByOther();
    expect((await world.run(...argv)).code).toBe(5);
  });

  it.each([['plan'], ['status'], ['validate'], ['catalog', 'list']])('lets %s look', async (...argv) => {
    holdByOther();
    expect((await world.run(...argv)).code).toBe(0);
  });

  it.each(['--no-lock', '--lock=false'])('is changed all the same with %s', async (flag) => {
    holdByOther();
    expect((await world.run(...APPLY, flag)).code).toBe(0);
    expect(holderNow()['id']).toBe('other-run');
  });

  it('takes LANDFALL_LOCK=false and LANDFALL_LOCK_TIMEOUT from the environment', async () => {
    holdByOther();
    world.env = { LANDFALL_LOCK: 'false', LANDFALL_LOCK_TIMEOUT: '1m' };
    expect((await world.run(...APPLY)).code).toBe(0);
  });

  it('waits as long as it is told, and says once whom it waits for', async () => {
    holdByOther();
    const start = world.now;
    const { code, stderr } = await world.run(...APPLY, '--lock-timeout', '10m');
    expect(code).toBe(5);
    expect(world.now - start).toBe(600_000);
    expect(stderr.match(/Waiting for the lock of target local: jo@ci-7 holds it since/g)).toHaveLength(1);
  });

  it('goes on when the lock is free', async () => {
    holdByOther();
    let sleeps = 0;
    world.onSleep = () => {
      sleeps += 1;
      if (sleeps === 3) s3.delete(KEY);
    };
    expect((await world.run(...APPLY, '--lock-timeout', '10m')).code).toBe(0);
    expect(s3.get(KEY)).toBeUndefined();
  });

  it('stops waiting when it is interrupted', async () => {
    holdByOther();
    let sleeps = 0;
    world.onSleep = () => {
      sleeps += 1;
      world.interrupt();
    };
    expect((await world.run(...APPLY, '--lock-timeout', '10m')).code).toBe(5);
    expect(sleeps).toBe(1);
  });

  it.each([
    ['not approved', ['apply'], 1],
    ['refused', ['apply', '--auto-approve'], 3],
    ['broken', ['apply', '--auto-approve', '--vm', 'nobody'], 1],
  ] as const)('is free again after a run that was %s', async (_, argv, code) => {
    world.answer = 'no';
    if (code === 3)
      world.write(
        'waves/a.yaml',
        A.replace('awsscrum-lnx1 }', 'awsscrum-lnx1, os: rhel-7.3, licenseType: AWS }'),
      );
    expect((await world.run(...argv)).code).toBe(code);
    expect(s3.calls.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(0);
    expect(s3.get(KEY)).toBeUndefined();
  });

  it('is held while a saved plan is carried out', async () => {
    await world.run('plan', '--out', 'a.plan');
    holdByOther();
    expect((await world.run('apply', 'a.plan')).code).toBe(5);
    s3.delete(KEY);
    expect((await world.run('apply', 'a.plan')).code).toBe(0);
    expect(s3.get(KEY)).toBeUndefined();
  });

  it.each([
    ['removed', undefined, 'somebody has removed it'],
    ['replaced', JSON.stringify(OTHER), 'jo@ci-7 holds it since'],
  ])('says so when it was %s during a run, and leaves it alone', async (_, text, words) => {
    world.write(
      'landfall.yaml',
      world.read('landfall.yaml').replace('endpoint: local\n', `endpoint: "${relayed.relay.url}"\n`),
    );
    world.env = {};
    relayed.relay.watch = {
      before: ({ operation }) => {
        if (operation !== 'CreateReplicationJob') return true;
        if (text === undefined) s3.delete(KEY);
        else s3.set(KEY, text);
        return true;
      },
    };
    await withCredentials(async () => {
      const { code, stdout, stderr } = await world.run(...APPLY, '--report', 'report.json');
      expect(stderr).toContain('error LOCK_LOST');
      expect(stderr).toContain(words);
      expect(stdout).toContain('Applied: 1 created');
      expect(code).toBe(5);
    });
    expect(JSON.parse(world.read('report.json'))).toMatchObject({
      exit_code: 5,
      error: { code: 'LOCK_LOST' },
    });
    expect(s3.get(KEY)).toBe(text);
  });

  it.each([
    ['catalog', 'delete'],
    ['connectors', 'disassociate', 'c-415fef98f4c66c487'],
    ['run', 'a'],
  ])('makes %s %s end with 5, too, if it was removed meanwhile', async (...argv) => {
    await world.run(...APPLY);
    world.now += 3 * 3_600_000;
    world.answer = 'yes';
    world.onAsk = () => {
      s3.delete(KEY);
    };
    const { code, stderr } = await world.run(...argv);
    expect(stderr).toContain('error LOCK_LOST');
    expect(code).toBe(5);
  });

  it('is looked at once more when the user has answered', async () => {
    world.answer = 'yes';
    world.onAsk = holdByOther;
    const { code, stdout, stderr } = await world.run('apply');
    expect(stderr).toContain('error LOCK_LOST');
    expect(stdout).toContain('not tried: the lock was lost');
    expect(code).toBe(5);
    expect(holderNow()['id']).toBe('other-run');
  });

  it('starts nothing more once it is seen that the lock is lost', async () => {
    world.write(
      'waves/a.yaml',
      wave(
        'a',
        ['web01', 'web02', 'app01'].map((part) => `{ name: p-payroll-${part} }`),
      ),
    );
    world.write(
      'landfall.yaml',
      world
        .read('landfall.yaml')
        .replace('endpoint: local\n', `endpoint: "${relayed.relay.url}"\n    limits: { apiRequests: 1 }\n`),
    );
    const looked = new Promise<void>((resolve) => {
      s3.after = ({ method, nth }) => {
        if (method === 'GET' && nth === looksBefore + 1) resolve();
      };
    });
    let looksBefore = Infinity;
    let creates = 0;
    relayed.relay.watch = {
      before: async ({ operation }) => {
        if (operation !== 'CreateReplicationJob') return true;
        creates += 1;
        if (creates > 1) return true;
        holdByOther();
        looksBefore = s3.calls.filter(({ method }) => method === 'GET').length;
        world.tick();
        await looked;
        // The answer has left; give it the time to be read.
        for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return true;
      },
    };
    await withCredentials(async () => {
      const { code, stdout } = await world.run(...APPLY);
      expect(code).toBe(5);
      expect(stdout).toContain('not tried: the lock was lost');
    });
    expect(creates).toBe(1);
    expect(holderNow()['id']).toBe('other-run');
  });

  it('is released, or the run says which command does it', async () => {
    s3.fault = ({ method }) => (method === 'DELETE' ? { status: 403, code: 'AccessDenied' } : undefined);
    const { code, stderr } = await world.run(...APPLY, '--report', 'report.json');
    // The next run finds it held.
    expect(code).toBe(1);
    const id = holderNow()['id'] ?? '';
    expect(stderr).toContain('could not be released');
    expect(JSON.parse(world.read('report.json'))).toMatchObject({
      exit_code: 1,
      results: [{ status: 'done' }],
      error: {
        code: 'CREDENTIALS_REFUSED',
        message: expect.stringContaining('could not be released') as unknown,
        remedy: expect.stringContaining('landfall force-unlock') as unknown,
      },
    });
    expect(stderr).toContain(`landfall force-unlock ${id} --target local`);
  });

  it('prints nothing raw of what stands there', async () => {
    s3.set(KEY, JSON.stringify({ ...OTHER, who: 'eve\u001b[2J\u202e' }));
    expect((await world.run(...APPLY)).stderr).toContain('eve\\u{1b}[2J\\u{202e}');
    s3.set(KEY, '\u001b[31mgarbage');
    const { code, stderr } = await world.run(...APPLY);
    expect(code).toBe(5);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/landfall force-unlock etag-\w+ --target local/);
  });

  it('serves two targets at once, without one waiting for the other', async () => {
    const [target = ''] = / {2}local:[^]*/.exec(world.read('landfall.yaml')) ?? [];
    world.write('landfall.yaml', world.read('landfall.yaml') + target.replace('local:', 'more:'));
    world.write('waves/b.yaml', wave('b', ['{ name: p-payroll-web01 }'], ['target: more']));
    expect((await world.run(...APPLY)).code).toBe(0);
    expect(s3.get(KEY)).toBeUndefined();
  });

  describe('force-unlock', () => {
    it('removes the lock with that id, after asking', async () => {
      holdByOther();
      world.answer = 'no';
      expect((await world.run('force-unlock', 'other-run')).code).toBe(1);
      expect(holderNow()['id']).toBe('other-run');
      world.answer = 'yes';
      const { code, stdout, stderr } = await world.run('force-unlock', 'other-run');
      expect([code, stdout]).toEqual([0, 'The lock other-run of target local is removed.\n']);
      expect(stderr).toContain('jo@ci-7 holds it since');
      expect(s3.get(KEY)).toBeUndefined();
    });

    it('shows the id that there is', async () => {
      holdByOther();
      const { code, stderr } = await world.run('force-unlock', 'mine', '--auto-approve');
      expect([code, stderr]).toEqual([1, expect.stringContaining('has the id other-run, not mine')]);
      expect(holderNow()['id']).toBe('other-run');
    });

    it('says so where nobody holds it, and needs no wave files', async () => {
      world.write('waves/a.yaml', 'broken: [');
      const { code, stderr } = await world.run('force-unlock', 'x', '--auto-approve');
      expect([code, stderr]).toEqual([1, expect.stringContaining('LOCK_NOT_HELD')]);
    });

    it('removes no other that has taken its place meanwhile', async () => {
      holdByOther();
      s3.after = ({ method }) => {
        if (method === 'GET') s3.set(KEY, JSON.stringify(holder('third')));
      };
      const { code } = await world.run('force-unlock', 'other-run', '--auto-approve');
      expect([code, holderNow()['id']]).toEqual([1, 'third']);
    });

    it('removes garbage by the id that was shown for it', async () => {
      s3.set(KEY, 'garbage');
      const [, id = ''] = /force-unlock (\S+)/.exec((await world.run(...APPLY)).stderr) ?? [];
      expect((await world.run('force-unlock', id, '--auto-approve')).code).toBe(0);
      expect(s3.get(KEY)).toBeUndefined();
    });
  });
});

/** The relay stands for an endpoint that is not the built-in one: credentials are looked for in the environment. */
async function withCredentials(use: () => Promise<void>): Promise<void> {
  const given = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' };
  Object.assign(process.env, given);
  try {
    await use();
  } finally {
    for (const name of Object.keys(given)) Reflect.deleteProperty(process.env, name);
  }
}

describe('the built-in endpoint', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': A });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('is locked by a file that needs no setting', async () => {
    world.write('.landfall/locks/local/lock-7.json', JSON.stringify(OTHER));
    const { code, stderr } = await world.run(...APPLY);
    expect(code).toBe(5);
    expect(stderr).toContain('target local is locked at .landfall/locks/local: jo@ci-7 holds it since');
    expect((await world.run('force-unlock', 'other-run', '--auto-approve')).code).toBe(0);
    expect((await world.run(...APPLY)).code).toBe(0);
    expect((await world.run(...APPLY)).code).toBe(0);
  });

  it('may not have its lock at AWS', async () => {
    world.write(
      'landfall.yaml',
      world.read('landfall.yaml').replace('endpoint: local', 'endpoint: local, lock: s3://bucket/key'),
    );
    expect(await world.run('validate')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('target.lock-not-local') as unknown,
    });
    expect((await world.run(...APPLY)).code).toBe(1);
    // It reads no rules, and goes nowhere all the same.
    const { code, stderr } = await world.run('force-unlock', 'id', '--auto-approve');
    expect([code, stderr]).toEqual([1, expect.stringContaining('must be on this machine only')]);
  });
});

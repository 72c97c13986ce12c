import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LockStore } from '../../src/core/lock.ts';
import { s3Lock } from '../../src/locks/s3.ts';
import type { S3LockOptions } from '../../src/locks/s3-client.ts';
import { FakeS3 } from './fake-s3.ts';
import { holder, HOLDER, quickClock } from './holders.ts';

const KEY = 'locks/production.json';

describe('a lock in S3', () => {
  let s3: FakeS3;
  const open: LockStore[] = [];
  beforeEach(async () => {
    s3 = await FakeS3.open();
  });
  afterEach(async () => {
    for (const store of open.splice(0)) store.close();
    await s3.close();
  });

  function store(more: Partial<S3LockOptions['lock']> = {}): LockStore {
    const made = s3Lock({
      lock: { bucket: 'locks', key: KEY, endpoint: s3.url, ...more },
      region: 'us-west-2',
      sessionName: 'landfall-ucop',
      local: true,
      clock: quickClock(),
    });
    open.push(made);
    return made;
  }

  it('is taken, seen by others, and removed', async () => {
    const [one, other] = [store(), store()];
    expect(await one.take(HOLDER)).toEqual({ taken: true });
    expect(await other.take(holder('b'))).toMatchObject({ taken: false, found: { holder: HOLDER } });
    const found = await other.look();
    expect(found && (await one.remove(found))).toBe(true);
    expect(await other.look()).toBeUndefined();
    expect(await other.take(holder('b'))).toEqual({ taken: true });
  });

  it('goes to one of many who try at once', async () => {
    const takings = await Promise.all(
      Array.from({ length: 12 }, (_, index) => store().take(holder(`id-${index}`))),
    );
    const winners = takings.flatMap(({ taken }, index) => (taken ? [`id-${index}`] : []));
    expect(winners).toHaveLength(1);
    expect((await store().look())?.id).toBe(winners[0]);
    const losers = takings.flatMap((taking) => (taking.taken ? [] : [taking.found.id]));
    expect(new Set(losers)).toEqual(new Set(winners));
  });

  it.each([
    ['a lost reply to the write', 'PUT', 'lost-reply'],
    ['a 500 on the write', 'PUT', { status: 500, code: 'InternalError' }],
    ['a 503 on the write', 'PUT', { status: 503, code: 'SlowDown' }],
    ['a conflict of two writers', 'PUT', { status: 409, code: 'ConditionalRequestConflict' }],
    ['a lost reply to the look', 'GET', 'lost-reply'],
  ] as const)('survives %s', async (_, method, fault) => {
    s3.fault = (call) => (call.method === method && call.nth === 1 ? fault : undefined);
    expect(await store().take(HOLDER)).toEqual({ taken: true });
    expect(s3.get(KEY)).toContain(HOLDER.id);
  });

  it('is gone after a lost reply to its removal', async () => {
    const one = store();
    await one.take(HOLDER);
    const found = await one.look();
    s3.fault = ({ method, nth }) => (method === 'DELETE' && nth === 1 ? 'lost-reply' : undefined);
    await (found && one.remove(found));
    expect(s3.get(KEY)).toBeUndefined();
  });

  it.each(['kept', 'no-delete'] as const)(
    'never removes that of another (conditions on deletes: %s)',
    async (conditions) => {
      s3.conditions = conditions;
      const one = store();
      await one.take(HOLDER);
      const found = await one.look();
      s3.set(KEY, JSON.stringify({ id: 'another' }));
      expect(found && (await one.remove(found))).toBe(false);
      expect(s3.get(KEY)).toContain('another');
    },
  );

  it('is removed where deletes know no condition', async () => {
    s3.conditions = 'no-delete';
    const one = store();
    await one.take(HOLDER);
    const found = await one.look();
    expect(found && (await one.remove(found))).toBe(true);
    expect(s3.get(KEY)).toBeUndefined();
  });

  it.each(['ignored', 'not-implemented'] as const)(
    'is refused where conditions are %s, and leaves nothing behind',
    async (conditions) => {
      s3.conditions = conditions;
      await expect(store().take(HOLDER)).rejects.toMatchObject({ code: 'LOCK_UNSUPPORTED' });
      expect(s3.get(KEY)).toBeUndefined();
    },
  );

  it('does not overwrite what is there, though the store would', async () => {
    s3.conditions = 'ignored';
    s3.set(KEY, JSON.stringify({ id: 'another' }));
    expect(await store().take(HOLDER)).toMatchObject({ taken: false, found: { id: 'another' } });
  });

  it.each([
    ['no JSON', 'hello \u001b[31mred'],
    ['another JSON', '[1,2]'],
    ['an id that a shell would run', JSON.stringify({ id: '$(reboot)' })],
    ['an id that reads as a flag', JSON.stringify({ id: '--help' })],
    ['nothing', ''],
    ['far too much', 'x'.repeat(3_000_000)],
  ])('is held by %s', async (_, text) => {
    s3.set(KEY, text);
    const taking = await store().take(HOLDER);
    if (taking.taken) throw new Error('it was taken');
    const { found } = taking;
    expect(found.holder).toBeUndefined();
    expect(found.id).toMatch(/^etag-\w+$/);
    expect(found.excerpt?.length).toBeLessThanOrEqual(80);
    expect(await store().remove(found)).toBe(true);
  });

  it('shortens what a holder says', async () => {
    s3.set(KEY, JSON.stringify({ id: 'a', who: 'x'.repeat(9000), pid: 'one' }));
    const { holder: read } = (await store().look()) ?? {};
    expect(read?.who).toHaveLength(300);
    expect(read?.pid).toBeUndefined();
  });

  it.each([
    ['AccessDenied', 403, 'CREDENTIALS_REFUSED', 's3:PutObject'],
    ['NoSuchBucket', 404, 'SERVICE_ERROR', 'create the bucket'],
    ['InternalError', 500, 'SERVICE_ERROR', 'again later'],
  ])('says what to do about %s', async (name, status, code, remedy) => {
    s3.fault = () => ({ status, code: name });
    await expect(store().take(HOLDER)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`the lock s3://locks/${KEY}: `) as unknown,
      remedy: expect.stringContaining(remedy) as unknown,
    });
  });

  it.each([undefined, 'https://s3.us-west-2.amazonaws.com', 'http://10.0.0.1'])(
    'of a local target does not stand at %s',
    (endpoint) => {
      const options = { region: 'us-west-2', sessionName: 'x', local: true, clock: quickClock() };
      const lock = { bucket: 'locks', key: KEY, ...(endpoint !== undefined && { endpoint }) };
      expect(() => s3Lock({ ...options, lock })).toThrow(/this machine only/);
    },
  );
});

import dns, { type LookupOptions } from 'node:dns';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { mockClient } from 'aws-sdk-client-mock';
import type { LockStore } from '../../src/core/lock.ts';
import { createS3Client, s3Lock, type S3LockOptions } from '../../src/locks/s3.ts';
import { FakeS3 } from './fake-s3.ts';
import { holder, HOLDER, quickClock } from './holders.ts';
import { tries } from '../setup/tries.ts';

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

  function store(more: Partial<S3LockOptions['lock']> = {}, local = true): LockStore {
    const made = s3Lock({
      lock: { bucket: 'locks', key: KEY, endpoint: s3.url, ...more },
      region: 'us-west-2',
      sessionName: 'landfall-ucop',
      local,
      clock: quickClock(),
    });
    open.push(made);
    return made;
  }

  it('is taken, seen by others, and removed', async () => {
    const [one, other] = [store(), store()];
    expect(await one.take(HOLDER)).toEqual({ taken: true });
    expect(await other.take(holder('b'))).toMatchObject({ taken: false, found: { holder: HOLDER } });
    const found = await other.read();
    expect(found && (await one.remove(found))).toBe(true);
    expect(await other.read()).toBeUndefined();
    expect(await other.take(holder('b'))).toEqual({ taken: true });
  });

  it('goes to one of many who try at once', async () => {
    const takings = await Promise.all(
      Array.from({ length: 12 }, (_, index) => store().take(holder(`id-${index}`))),
    );
    const winners = takings.flatMap(({ taken }, index) => (taken ? [`id-${index}`] : []));
    expect(winners).toHaveLength(1);
    expect((await store().read())?.id).toBe(winners[0]);
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

  it('is not left behind by one that could not find out whether it holds it', async () => {
    s3.fault = ({ method, nth }) =>
      method === 'GET' && nth > 1 && nth <= 7 ? { status: 500, code: 'InternalError' } : undefined;
    await expect(store().take(HOLDER)).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(s3.calls.some(({ method }) => method === 'PUT')).toBe(true);
    expect(s3.get(KEY)).toBeUndefined();

    // Nor is that of another.
    s3.set(KEY, JSON.stringify({ id: 'another' }));
    s3.fault = ({ method, nth }) =>
      method === 'GET' && nth < 16 ? { status: 500, code: 'InternalError' } : undefined;
    await expect(store().take(HOLDER)).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(s3.get(KEY)).toContain('another');
  });

  it('has one holder at most, whatever goes wrong with whom', async () => {
    const fates = [
      'lost-reply',
      { status: 500, code: 'InternalError' },
      { status: 503, code: 'SlowDown' },
      { status: 409, code: 'ConditionalRequestConflict' },
    ] as const;
    const script = fc.array(fc.option(fc.constantFrom(...fates), { nil: undefined, freq: 3 }), {
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 2, max: 4 }), async (fate, contenders) => {
        s3.delete(KEY);
        const begun = s3.calls.length;
        s3.fault = ({ method }) => {
          const drawn = fate[s3.calls.length - begun];
          // Only writes conflict.
          return typeof drawn === 'object' && drawn.status === 409 && method !== 'PUT' ? undefined : drawn;
        };
        const ids = Array.from({ length: contenders }, (_, index) => `id-${index}`);
        const ends = await Promise.allSettled(ids.map((id) => store().take(holder(id))));
        s3.fault = () => undefined;
        const winners = ids.filter((_, index) => {
          const end = ends[index];
          return end?.status === 'fulfilled' && end.value.taken;
        });
        expect(winners.length).toBeLessThanOrEqual(1);
        // Whoever holds it knows, unless nobody could find out.
        const now = (await store().read())?.id;
        if (winners.length === 1) expect(now).toBe(winners[0]);
        else if (ends.every(({ status }) => status === 'fulfilled')) expect(now).toBeUndefined();
      }),
      tries(25),
    );
  });

  it.each([409, 500, 503])(
    'is removed although the first %d calls for it conflict or fail',
    async (status) => {
      const one = store();
      await one.take(HOLDER);
      const found = await one.read();
      s3.fault = ({ method, nth }) =>
        method === 'DELETE' && nth < 4 ? { status, code: 'ConditionalRequestConflict' } : undefined;
      expect(await (found && one.remove(found))).toBe(true);
      expect(s3.get(KEY)).toBeUndefined();
    },
  );

  it('is gone after a lost reply to its removal', async () => {
    const one = store();
    await one.take(HOLDER);
    const found = await one.read();
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
      const found = await one.read();
      s3.set(KEY, JSON.stringify({ id: 'another' }));
      expect(found && (await one.remove(found))).toBe(false);
      expect(s3.get(KEY)).toContain('another');
    },
  );

  it('is removed where deletes know no condition', async () => {
    s3.conditions = 'no-delete';
    const one = store();
    await one.take(HOLDER);
    const found = await one.read();
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
    const { holder: read } = (await store().read()) ?? {};
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

  it('is written with the role of the target, under its external id', async () => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).resolves({
      Credentials: {
        AccessKeyId: 'ASIAROLE',
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: new Date(Date.now() + 3_600_000),
      },
    });
    const RoleArn = 'arn:aws:iam::123456789012:role/landfall';
    const one = s3Lock({
      lock: { bucket: 'locks', key: KEY, endpoint: s3.url },
      region: 'us-west-2',
      local: false,
      clock: quickClock(),
      assumeRole: RoleArn,
      externalId: 'migration',
      sessionName: 'landfall-ucop',
    });
    open.push(one);
    try {
      expect(await one.take(HOLDER)).toEqual({ taken: true });
      for (const { headers } of s3.calls) {
        expect(headers.authorization).toContain('Credential=ASIAROLE/');
        expect(headers['x-amz-security-token']).toBe('token');
      }
      expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input)).toEqual([
        { RoleArn, RoleSessionName: 'landfall-ucop', ExternalId: 'migration' },
      ]);
    } finally {
      sts.restore();
    }
  });

  describe('where the bucket stands in URLs', () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' };
    beforeEach(() => {
      Object.assign(process.env, env);
      // Every host is this machine.
      jest.spyOn(dns, 'lookup').mockImplementation(((
        _: string,
        { all }: LookupOptions,
        callback: (error: null, address: unknown, family?: number) => void,
      ) => {
        if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      }) as typeof dns.lookup);
    });
    afterEach(() => {
      jest.restoreAllMocks();
      for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
    });

    it('is in front of the host, where that is asked for', async () => {
      const endpoint = `http://s3.test:${s3.port}`;
      const one = store({ endpoint, forcePathStyle: false }, false);
      expect(await one.take(HOLDER)).toEqual({ taken: true });
      const found = await one.read();
      expect(found && (await one.remove(found))).toBe(true);
      expect(new Set(s3.calls.map(({ host }) => host))).toEqual(new Set(['locks.s3.test']));
      expect(new Set(s3.calls.map(({ bucket, key }) => `${bucket}/${key}`))).toEqual(
        new Set([`locks/${KEY}`]),
      );
      expect(one.place).toBe(`s3://locks/${KEY} at ${endpoint}`);
    });

    it('is in the path by default, for any endpoint of one’s own', async () => {
      const one = store({ endpoint: `http://s3.test:${s3.port}` }, false);
      // The fake takes the first word of such a host for a bucket: the path has to name it.
      s3.buckets.set('s3', new Map());
      expect(await one.take(HOLDER)).toEqual({ taken: true });
      expect(new Set(s3.calls.map(({ host, key }) => `${host} ${key}`))).toEqual(
        new Set([`s3.test locks/${KEY}`]),
      );
    });

    it.each([
      ['locks', undefined, 'locks.s3.us-west-2.amazonaws.com', `/${KEY}`],
      ['locks', 'eu-west-1', 'locks.s3.eu-west-1.amazonaws.com', `/${KEY}`],
      // A wildcard certificate covers no dots.
      ['my.locks', undefined, 's3.us-west-2.amazonaws.com', `/my.locks/${KEY}`],
    ])('of AWS, bucket %s in region %s: %s%s', async (bucket, region, host, path) => {
      const client = createS3Client({
        lock: { bucket, key: KEY, ...(region !== undefined && { region }) },
        region: 'us-west-2',
        sessionName: 'x',
        local: false,
        clock: quickClock(),
      });
      let url = '';
      client.middlewareStack.add(
        () =>
          ({ request }) => {
            const { protocol, hostname, path } = request as { [name: string]: string };
            url = `${protocol ?? ''}//${hostname ?? ''}${path ?? ''}`;
            throw new Error('far enough');
          },
        { step: 'finalizeRequest', priority: 'low' },
      );
      await expect(client.send(new GetObjectCommand({ Bucket: bucket, Key: KEY }))).rejects.toThrow('far');
      client.destroy();
      expect(url.replace(/\?.*/, '')).toBe(`https://${host}${path}`);
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

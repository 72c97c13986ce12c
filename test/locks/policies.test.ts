import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Lock } from '../../src/locks/s3.ts';
import { operationsOf, policy, statements } from '../docs/policies.ts';
import { FakeS3 } from './fake-s3.ts';
import { HOLDER, quickClock } from './holders.ts';

/** Operations on an object, by the method that the API of S3 has for each. */
const OPERATIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};
const BUCKET = 'arn:aws:s3:::ucop-migration';

describe('the policy for locks in docs/security.md', () => {
  let s3: FakeS3;
  beforeEach(async () => {
    s3 = await FakeS3.open();
  });
  afterEach(() => s3.close());

  it('lets a run do what locking takes to the object, and nothing else', async () => {
    const lock = { bucket: 'locks', key: 'locks/production.json', endpoint: s3.url };
    const store = s3Lock({
      lock,
      region: 'us-west-2',
      sessionName: 'landfall-ucop',
      local: true,
      clock: quickClock(),
    });
    await store.take(HOLDER);
    await store.take({ ...HOLDER, id: 'other' });
    const found = await store.read();
    if (found !== undefined) await store.remove(found);
    store.close();

    const called = [...new Set(s3.calls.map(({ method }) => OPERATIONS[method] ?? method))].toSorted();
    expect(called).toEqual(operationsOf('@aws-sdk/client-s3').map((operation) => `s3:${operation}`));
    const [onObject, onBucket, ...more] = statements('lock-policy');
    expect(onObject).toMatchObject({ Action: called, Resource: `${BUCKET}/locks/production.json` });
    // It is asked of who looks for an object that is not there, and is no call of its own.
    expect(onBucket).toMatchObject({ Action: 's3:ListBucket', Resource: BUCKET });
    expect(more).toEqual([]);
  });

  it('is none of the other policies', () => {
    for (const name of ['plan-policy', 'apply-policy', 'pipeline-policy']) {
      expect(policy(name).filter((action) => action.startsWith('s3:'))).toEqual([]);
    }
  });
});

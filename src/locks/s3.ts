import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { LandfallError } from '../core/error.ts';
import type { FoundLock, LockAttempt, LockHolder, LockStore } from '../core/lock.ts';
import { createErrorExplainer } from '../providers/aws/errors.ts';
import { excerptOf, MAX_LOCK_BYTES, readHolder, writeHolder } from './holder.ts';
import { createS3Client, retryTransient, type S3LockOptions } from './s3-client.ts';

/** Tries against S3's own conflicts, which come of two writing at the same moment. */
const MAX_TRIES = 8;
const PAUSE = 250;

/** As much of an error of the SDK as is looked at. */
interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * A lock in S3: an object that is written only where there is none (`If-None-Match: *`), and deleted only as it was
 * read (`If-Match`). S3 sees to it that of all who write at once, one succeeds.
 */
export function s3Lock(options: S3LockOptions): LockStore {
  const { lock, clock } = options;
  const { bucket: Bucket, key: Key, endpoint } = lock;
  const client = createS3Client(options);
  const place = `s3://${Bucket}/${Key}`;

  /** Writes that have been tried. */
  let writes = 0;

  /** @returns false where something is there already */
  async function put(holder: LockHolder): Promise<boolean> {
    writes += 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const Body = writeHolder(holder);
        const more = { ContentType: 'application/json', IfNoneMatch: '*' } as const;
        await retryTransient(clock, () => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })));
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        if (statusOf(error) === 501) throw unsupportedError(place, endpoint, error);
        if (statusOf(error) !== 409 || attempt === MAX_TRIES) throw explainedError(error, 'PutObject', place);
        await clock.sleep(PAUSE * attempt * (1 + Math.random()));
      }
    }
  }

  async function look(): Promise<FoundLock | undefined> {
    try {
      return await retryTransient(clock, async () =>
        toFoundLock(await client.send(new GetObjectCommand({ Bucket, Key }))),
      );
    } catch (error) {
      if ((error as S3Error).name === 'NoSuchKey') return undefined;
      throw explainedError(error, 'GetObject', place);
    }
  }

  async function remove({ tag }: FoundLock): Promise<boolean> {
    try {
      await retryTransient(clock, () => client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: tag })));
      return true;
    } catch (error) {
      if (statusOf(error) === 412 || (error as S3Error).name === 'NoSuchKey') return false;
      if (statusOf(error) !== 501) throw explainedError(error, 'DeleteObject', place);
    }
    // The store knows no condition on a delete: what it has is held against what is to go, a moment before it goes.
    if ((await look())?.tag !== tag) return false;
    await retryTransient(clock, () => client.send(new DeleteObjectCommand({ Bucket, Key }))).catch(
      (error: unknown) => {
        throw explainedError(error, 'DeleteObject', place);
      },
    );
    return true;
  }

  async function take(holder: LockHolder): Promise<LockAttempt> {
    const before = writes;
    try {
      return await tryToTake(holder);
    } catch (error) {
      // A write whose fate is open may have come to pass: nobody would remove that lock but by hand.
      if (writes > before) await removeOwn(holder).catch(() => undefined);
      throw error;
    }
  }

  async function removeOwn({ id }: LockHolder): Promise<void> {
    const found = await look();
    if (found?.holder?.id === id) await remove(found);
  }

  async function tryToTake(holder: LockHolder): Promise<LockAttempt> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      // A store that knows no If-None-Match must not be made to overwrite what it has.
      const before = endpoint === undefined ? undefined : await look();
      if (before !== undefined) return { taken: false, found: before };
      const written = await put(holder);
      const after = await look();
      if (after?.holder?.id === holder.id) {
        // An answer may have got lost, and the object be there all the same.
        if (endpoint === undefined || !(await put(holder))) return { taken: true };
        // It was written twice: the condition was passed over.
        throw unsupportedError(place, endpoint);
      }
      if (after !== undefined) {
        if (written && endpoint !== undefined) throw unsupportedError(place, endpoint);
        return { taken: false, found: after };
      }
      // It was released between the two calls.
    }
    throw new LandfallError('LOCK_HELD', `other runs keep taking the lock ${place}`, {
      remedy: 'try again, or wait for it with --lock-timeout 10m',
    });
  }

  return {
    // Where the store is another, the same bucket and key are another place.
    place: endpoint === undefined ? place : `${place} at ${endpoint}`,
    take,
    read: look,
    remove,
    close: () => {
      client.destroy();
    },
  };
}

async function toFoundLock({ Body, ETag = '' }: GetObjectCommandOutput): Promise<FoundLock> {
  const text = await readStart(Body as AsyncIterable<Uint8Array> | undefined);
  const holder = readHolder(text);
  if (holder !== undefined) return { id: holder.id, tag: ETag, holder };
  return { id: `etag-${ETag.replaceAll(/\W/g, '').slice(0, 60)}`, tag: ETag, excerpt: excerptOf(text) };
}

async function readStart(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_LOCK_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function statusOf(error: unknown): number | undefined {
  return (error as S3Error).$metadata?.httpStatusCode;
}

function unsupportedError(place: string, endpoint: string | undefined, cause?: unknown): LandfallError {
  return new LandfallError(
    'LOCK_UNSUPPORTED',
    `${endpoint ?? 'S3'} does not keep to If-None-Match, without which ${place} locks nothing`,
    {
      source: 'service',
      remedy:
        'take a store that knows conditional writes (AWS S3 does), or --no-lock where nothing else applies',
      cause,
    },
  );
}

const explain = createErrorExplainer({
  service: 'Amazon S3',
  actions: 's3:PutObject, s3:GetObject and s3:DeleteObject on the lock, and s3:ListBucket on its bucket',
  unreachable: 'check the network, and `lock` of the target: its endpoint, bucket and region',
  remedies: {
    NoSuchBucket: 'create the bucket, or correct `lock` of the target',
    InvalidAccessKeyId: 'use credentials that the store of the lock knows',
    PermanentRedirect: 'name the region of the bucket: lock: { s3: { bucket, key, region } }',
    AuthorizationHeaderMalformed: 'name the region of the bucket: lock: { s3: { bucket, key, region } }',
    MethodNotAllowed: 'check that the endpoint of the lock speaks the API of S3',
  },
});

function explainedError(error: unknown, operation: string, place: string): LandfallError {
  const { code, message, source, remedy } = explain(error, operation);
  return new LandfallError(code, `the lock ${place}: ${message}`, {
    source,
    cause: error,
    ...(remedy !== undefined && { remedy }),
  });
}

import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { isLoopback } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { FoundLock, LockAttempt, LockHolder, LockStore, S3Lock } from '../core/lock.ts';
import type { Clock } from '../core/time.ts';
import { isPermanentFailure } from '../network/connections.ts';
import { createHttpHandler } from '../network/http-handler.ts';
import { LOCAL_CLIENT_CONFIG } from '../providers/aws/client.ts';
import { classifyError, createErrorExplainer, type SdkError } from '../providers/aws/errors.ts';
import { credentialsOption, type RoleOptions, sessionOf } from '../providers/aws/sts.ts';
import { excerptOf, MAX_LOCK_BYTES, readHolder, writeHolder } from './holder.ts';

export interface S3LockOptions extends RoleOptions {
  readonly lock: S3Lock;
  /** Whether the target is the built-in endpoint: then no credentials of the environment are used, and only loopback is reached. */
  readonly local: boolean;
  /** Waits between attempts. */
  readonly clock: Clock;
}

/** How often a run tries again to take a lock that was released while it tried. */
const MAX_TRIES = 8;

/** The fields of an SDK error that are read here. */
interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * A lock in S3: an object that is written only if it does not exist (`If-None-Match: *`), and deleted only if it has not
 * changed since it was read (`If-Match`). Of several clients that write at the same moment, S3 lets one succeed.
 */
export function s3Lock(options: S3LockOptions): LockStore {
  const { lock, clock } = options;
  const { bucket: Bucket, key: Key, endpoint } = lock;
  const client = createS3Client(options);
  const place = `s3://${Bucket}/${Key}`;

  let writes = 0;

  /** @returns false if the object exists already */
  async function put(holder: LockHolder): Promise<boolean> {
    writes += 1;
    const input = {
      Bucket,
      Key,
      Body: writeHolder(holder),
      ContentType: 'application/json',
      IfNoneMatch: '*',
    };
    try {
      await retryTransient(clock, () => client.send(new PutObjectCommand(input)));
      return true;
    } catch (error) {
      if (statusOf(error) === 412) return false;
      if (statusOf(error) === 501) throw unsupportedError(place, endpoint, error);
      throw explainedError(error, 'PutObject', place);
    }
  }

  async function read(): Promise<FoundLock | undefined> {
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
    const deleteObject = (more: { IfMatch?: string }) =>
      retryTransient(clock, () => client.send(new DeleteObjectCommand({ Bucket, Key, ...more })));
    try {
      try {
        await deleteObject({ IfMatch: tag });
      } catch (error) {
        if (statusOf(error) !== 501) throw error;
        // The store supports no condition on a delete: the object is compared immediately before it is deleted.
        if ((await read())?.tag !== tag) return false;
        await deleteObject({});
      }
      return true;
    } catch (error) {
      if (statusOf(error) === 412 || (error as S3Error).name === 'NoSuchKey') return false;
      throw error instanceof LandfallError ? error : explainedError(error, 'DeleteObject', place);
    }
  }

  async function take(holder: LockHolder): Promise<LockAttempt> {
    const before = writes;
    try {
      return await tryToTake(holder);
    } catch (error) {
      // A write that failed may still have created the object. Without this, a user would have to remove that lock.
      if (writes > before) await removeOwn(holder).catch(() => undefined);
      throw error;
    }
  }

  async function removeOwn({ id }: LockHolder): Promise<void> {
    const found = await read();
    if (found?.holder?.id === id) await remove(found);
  }

  async function tryToTake(holder: LockHolder): Promise<LockAttempt> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      // A store that ignores If-None-Match would overwrite an existing object.
      const before = endpoint === undefined ? undefined : await read();
      if (before !== undefined) return { taken: false, found: before };
      const written = await put(holder);
      const after = await read();
      if (after?.holder?.id === holder.id) {
        // After a lost reply the object exists although the write failed.
        if (endpoint === undefined || !(await put(holder))) return { taken: true };
        // The second write succeeded too: the store ignores the condition.
        throw unsupportedError(place, endpoint);
      }
      if (after !== undefined) {
        if (written && endpoint !== undefined) throw unsupportedError(place, endpoint);
        return { taken: false, found: after };
      }
      // The lock was released between the two calls.
    }
    throw new LandfallError('LOCK_HELD', `other runs keep taking the lock ${place}`, {
      remedy: 'try again, or wait for it with --lock-timeout 10m',
    });
  }

  return {
    // The same bucket and key in another store are another place.
    place: endpoint === undefined ? place : `${place} at ${endpoint}`,
    take,
    read,
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
    `${endpoint ?? 'S3'} does not support If-None-Match, which the lock ${place} needs`,
    {
      source: 'service',
      remedy:
        'use a store that supports conditional writes, such as AWS S3, or run without the lock: --no-lock',
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
    InvalidAccessKeyId: 'use credentials of the store that holds the lock',
    PermanentRedirect: 'name the region of the bucket: lock: { s3: { bucket, key, region } }',
    AuthorizationHeaderMalformed: 'name the region of the bucket: lock: { s3: { bucket, key, region } }',
    MethodNotAllowed: 'check that the endpoint of the lock serves the S3 API',
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

/** How long a call may take, in milliseconds. */
const TIMEOUT = 20_000;
/** Connections at once: a lock is one small object. */
const SOCKETS = 2;

/**
 * Creates a client for the store that holds a lock.
 * @throws LandfallError USAGE if the lock of a local target is not on this machine (design, rule 7)
 */
export function createS3Client({ lock, local, ...role }: S3LockOptions): S3Client {
  const { endpoint } = lock;
  if (local && !isLoopback(endpoint)) {
    throw new LandfallError(
      'USAGE',
      `the lock of a local target must be on this machine only, not at ${endpoint ?? 'AWS'}`,
      { remedy: 'remove `lock` from the target: a target with endpoint: local is locked by a file' },
    );
  }
  const network = local ? undefined : sessionOf(role.machine).network;
  const config: S3ClientConfig = {
    region: lock.region ?? role.region,
    // `retryTransient` repeats calls, by the clock of the program.
    maxAttempts: 1,
    requestHandler: streaming(createHttpHandler({ sockets: SOCKETS, timeout: TIMEOUT, network })),
    // Stores other than AWS do not support checksums in trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: lock.forcePathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint }),
    ...(local ? LOCAL_CLIENT_CONFIG : credentialsOption(role)),
  };
  const client = new S3Client(config);
  // This middleware sends the trace id of a surrounding Lambda function, which is a part of the environment.
  if (local) client.middlewareStack.remove('recursionDetectionMiddleware');
  return client;
}

/** Makes a handler give bodies as streams, which this version of the SDK expects of S3. */
function streaming(
  handler: ReturnType<typeof createHttpHandler>,
): NonNullable<S3ClientConfig['requestHandler']> {
  return {
    ...handler,
    async handle(request: Parameters<typeof handler.handle>[0]) {
      const { response } = await handler.handle(request);
      return { response: { ...response, body: Readable.from([response.body]) } };
    },
  };
}

const MAX_ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled each time. */
const PAUSE = 200;
const MAX_PAUSE = 5000;

/**
 * Makes a call, up to six times while its error is transient, and waits by the given clock between the calls. The SDK's
 * own retries wait by the machine's clock, and the clients of `providers/aws/` belong to an earlier version of the SDK.
 */
async function retryTransient<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isTransient(error as SdkError) || attempt === MAX_ATTEMPTS) throw error;
      await clock.sleep(Math.min(PAUSE * 2 ** (attempt - 1), MAX_PAUSE) * (0.5 + Math.random()));
    }
  }
}

const TRANSIENT_KINDS: ReadonlySet<string> = new Set(['throttled', 'unreachable', 'failing']);
/** 409: S3 reports a conflict to one of two clients that write at the same moment. */
const CONFLICT = 409;
/** The store does not implement the request. */
const NOT_IMPLEMENTED = 501;

function isTransient(error: SdkError): boolean {
  const status = error.$metadata?.httpStatusCode;
  if (status === NOT_IMPLEMENTED || error.code === 'ENOTFOUND' || isPermanentFailure(error)) return false;
  return status === CONFLICT || TRANSIENT_KINDS.has(classifyError(error));
}

import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { isLoopback } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { S3Lock } from '../core/lock.ts';
import type { Clock } from '../core/time.ts';
import { isPermanentFailure } from '../network/connections.ts';
import { createHttpHandler } from '../network/http-handler.ts';
import { LOCAL_CLIENT_CONFIG } from '../providers/aws/client.ts';
import { classifyError, type SdkError } from '../providers/aws/errors.ts';
import { credentialsOption, type RoleOptions, sessionOf } from '../providers/aws/sts.ts';

export interface S3LockOptions extends RoleOptions {
  readonly lock: S3Lock;
  /** Whether the target is the built-in endpoint: then no credentials of the environment are used, and only loopback is reached. */
  readonly local: boolean;
  /** Waits between attempts. */
  readonly clock: Clock;
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
export async function retryTransient<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
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

import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { isLoopback } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { S3Lock } from '../core/lock.ts';
import type { Clock } from '../core/time.ts';
import { LOCAL_CLIENT_CONFIG } from '../providers/aws/client.ts';
import { classifyError, type SdkError } from '../providers/aws/errors.ts';
import { assumedRole, type RoleOptions } from '../providers/aws/sts.ts';

export interface S3LockOptions extends RoleOptions {
  readonly lock: S3Lock;
  /** The target is the built-in endpoint: nothing of the environment is used, and nothing but loopback is reached. */
  readonly local: boolean;
  /** What waits between attempts. */
  readonly clock: Clock;
}

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 10_000, requestTimeout: 20_000, throwOnRequestTimeout: true } as const;

/**
 * A client for the store that a lock stands in.
 * @throws LandfallError USAGE where the lock of a local target is anywhere but on this machine (design, rule 7)
 */
export function createS3Client({ lock, local, ...role }: S3LockOptions): S3Client {
  const { endpoint } = lock;
  if (local && !isLoopback(endpoint)) {
    throw new LandfallError(
      'USAGE',
      `the lock of a local target stands on this machine only, not at ${endpoint ?? 'AWS'}`,
      { remedy: 'take `lock` off the target: with endpoint: local a file is locked without it' },
    );
  }
  const config: S3ClientConfig = {
    region: lock.region ?? role.region,
    // `retrying` makes them, by the program's clock.
    maxAttempts: 1,
    requestHandler: TIMEOUTS,
    // Other stores than AWS know no checksums in trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: lock.forcePathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint }),
    ...(local ? LOCAL_CLIENT_CONFIG : assumedRole(role)),
  };
  const client = new S3Client(config);
  // It passes on the trace id of the Lambda function we may be in, which is the environment's business.
  if (local) client.middlewareStack.remove('recursionDetectionMiddleware');
  nameConnection(client);
  return client;
}

/** As much of the SDK's request as says where it goes. */
interface WireRequest {
  readonly hostname: string;
  readonly port?: number;
}

/**
 * Says of a connection that failed where it was to go. The error is a new one, since the SDK hides what is no Error of
 * its own realm, which Node's are not everywhere.
 */
function nameConnection({ middlewareStack }: S3Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const { hostname, port } = args.request as WireRequest;
        const { name, code, message } = error as NodeJS.ErrnoException;
        const endpoint = port === undefined ? hostname : `${hostname}:${port}`;
        const ours = new Error(message, { cause: error });
        throw Object.assign(ours, { name, endpoint, ...(code !== undefined && { code }) });
      }
    },
    // `low` is nearest to the wire: what the service answers is no error yet.
    { step: 'deserialize', priority: 'low', name: 'nameConnection' },
  );
}

const MAX_ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled each time. */
const PAUSE = 200;
const MAX_PAUSE = 5000;

/** Which errors are worth another try. */
const TRANSIENT_KINDS: ReadonlySet<string> = new Set(['throttled', 'unreachable', 'failing']);

/**
 * Makes a call again while its error may pass, waiting by the clock. The SDK's own retries wait by the machine's clock,
 * and the wrapper of the room aws/ is for an earlier SDK.
 */
export async function retryTransient<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const passes = TRANSIENT_KINDS.has(classifyError(error as SdkError)) && !isPermanent(error as SdkError);
      if (!passes || attempt === MAX_ATTEMPTS) throw error;
      await clock.sleep(Math.min(PAUSE * 2 ** (attempt - 1), MAX_PAUSE) * (0.5 + Math.random()));
    }
  }
}

/** 501: the store does not know what was asked for, and will not the next time. */
function isPermanent({ $metadata, code }: SdkError): boolean {
  return $metadata?.httpStatusCode === 501 || code === 'ENOTFOUND';
}

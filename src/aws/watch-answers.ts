import type { AwsClient } from './aws-client.ts';
import type { ServiceTime } from './service-time.ts';

/** An answer as our HTTP handler gives it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Takes the service's time from each answer, errors too; and turns an answer that is not the API's (a proxy's page,
 * say) into an error that tells its status, so that the SDK tries again what is worth another try.
 */
export function watchAnswers({ middlewareStack }: AwsClient, time: ServiceTime): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as Partial<Answer>;
      time.hear(headers?.['date']);
      return result;
    },
    // `low` is nearest to the wire: what comes here has not been read yet.
    { step: 'deserialize', priority: 'low', name: 'serviceTime' },
  );
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw unreadable(error) ?? error;
      }
    },
    // `high` is around the SDK's reading of the answer, and inside its retries.
    { step: 'deserialize', priority: 'high', name: 'unreadableAnswer' },
  );
}

/** The error for an answer that the SDK could not read; it marks those with `$response`, and without `$metadata`. */
function unreadable(error: unknown): Error | undefined {
  const { $response, $metadata } = error as { readonly $response?: Answer; readonly $metadata?: unknown };
  if ($response === undefined || $metadata !== undefined) return undefined;
  const { statusCode, headers } = $response;
  const message = `HTTP ${statusCode}, ${headers['content-type'] ?? 'no content type'}`;
  return Object.assign(new Error(message, { cause: error }), {
    $response,
    ...(statusCode >= 500 && { $metadata: { httpStatusCode: statusCode } }),
  });
}

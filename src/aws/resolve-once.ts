import type { AwsClient } from './aws-client.ts';

/**
 * Remembers what is the same for all calls of a client. SDK 3.523.0 looks up the endpoint in its rules, makes a
 * signer and spells its user agent anew for each call: half of what a call costs.
 */
export function resolveOnce({ config, middlewareStack }: AwsClient): void {
  const { endpointProvider, signer, defaultUserAgentProvider } = config;

  let endpoint: ReturnType<typeof endpointProvider> | undefined;
  config.endpointProvider = (...args) => (endpoint ??= endpointProvider(...args));

  // The signer asks for the credentials each time it signs, so those that expire are renewed all the same.
  let made: ReturnType<typeof signer> | undefined;
  config.signer = (...args) => (made ??= signer(...args));

  let agent: string | undefined;
  middlewareStack.add(
    (next) => async (args) => {
      agent ??= (await defaultUserAgentProvider()).map(userAgentPart).join(' ');
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = agent;
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'getUserAgentMiddleware', override: true },
  );
}

/** `aws-sdk-js/3.523.0`, `os/linux#6.1`: as the SDK writes its pairs. */
function userAgentPart([name, version]: readonly [name: string, version?: string]): string {
  return version === undefined ? name : `${name}${name.includes('/') ? '#' : '/'}${version}`;
}

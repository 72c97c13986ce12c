import type { AwsClient } from './middleware.ts';

/** The part of the SDK's request that becomes headers. */
interface UnsignedRequest {
  readonly headers: Record<string, string>;
  readonly hostname: string;
  readonly port?: number;
  readonly body?: string;
}

/**
 * Parts of the SDK that do nothing for these clients: there is no logger, and no call starts a Lambda function, which is
 * what the trace id of a surrounding function is for. The headers of the other two are set below.
 */
const UNUSED = [
  'loggerMiddleware',
  'recursionDetectionMiddleware',
  'contentLengthMiddleware',
  'hostHeaderMiddleware',
];

/**
 * Makes a client find out once what is the same for all of its calls. SDK 3.523.0 evaluates the endpoint rules, creates a
 * signer, derives the key for its signatures and builds the user agent again for each call, which takes most of the
 * processor time of a call.
 */
export function shortenCalls({ config, middlewareStack }: AwsClient): void {
  const { endpointProvider, urlParser, signer, defaultUserAgentProvider } = config;

  let endpoint: ReturnType<typeof endpointProvider> | undefined;
  config.endpointProvider = (...args) => (endpoint ??= endpointProvider(...args));

  let url: ReturnType<typeof urlParser> | undefined;
  config.urlParser = (...args) => (url ??= urlParser(...args));

  // The signer asks for the credentials each time it signs, so those that expire are still renewed.
  let signerOnce: ReturnType<typeof signer> | undefined;
  config.signer = (...args) =>
    (signerOnce ??= signer(...args).then((made) => {
      cacheSigningKey(made);
      return made;
    }));

  for (const name of UNUSED) middlewareStack.remove(name);
  let agent: string | undefined;
  middlewareStack.add(
    (next) => async (args) => {
      agent ??= (await defaultUserAgentProvider()).map(userAgentPart).join(' ');
      const { headers, hostname, port, body } = args.request as UnsignedRequest;
      headers['user-agent'] = agent;
      headers['host'] = port === undefined ? hostname : `${hostname}:${port}`;
      if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'getUserAgentMiddleware', override: true },
  );
}

/** Writes a pair as the SDK does: `aws-sdk-js/3.523.0`, `os/linux#6.1`. */
function userAgentPart([name, version]: readonly [name: string, version?: string]): string {
  return version === undefined ? name : `${name}${name.includes('/') ? '#' : '/'}${version}`;
}

/** A method of the SDK's signer, which is not among its declared ones. */
interface Signer {
  getSigningKey?: (
    credentials: { readonly secretAccessKey: string },
    ...scope: readonly (string | undefined)[]
  ) => Promise<Uint8Array>;
}

/** Makes a signer keep its latest key. The SDK's own cache computes a hash of the credentials to look a key up. */
function cacheSigningKey(requestSigner: object): void {
  const signer: Signer = requestSigner;
  const derive = signer.getSigningKey?.bind(signer);
  if (derive === undefined) return;
  let latest: { readonly of: string; readonly key: Promise<Uint8Array> } | undefined;
  signer.getSigningKey = (credentials, ...scope) => {
    const of = [credentials.secretAccessKey, ...scope].join(' ');
    if (latest?.of !== of) latest = { of, key: derive(credentials, ...scope) };
    return latest.key;
  };
}

type Stack = AwsClient['middlewareStack'];

/** A command of the SDK, which builds the middleware chain of its operation. */
export interface Command {
  resolveMiddleware: (stack: Stack, ...args: never[]) => unknown;
}

/**
 * Returns a function that makes all calls of an operation share one middleware chain. SDK 3.523.0 clones, sorts and
 * builds the chain again for every call, which takes a quarter of the processor time of a call; later SDKs cache it too
 * (`cacheMiddleware`). A chain belongs to one client, so each client needs its own function.
 */
export function createHandlerCache(): (command: Command) => Command {
  const handlers = new Map<unknown, unknown>();
  return (command) => {
    const build = command.resolveMiddleware.bind(command);
    command.resolveMiddleware = (stack, ...args) => {
      const handler = handlers.get(command.constructor) ?? build(withShortChains(stack), ...args);
      handlers.set(command.constructor, handler);
      return handler;
    };
    return command;
  };
}

type Middleware = (next: Handler) => Handler;
type Handler = (args: unknown) => Promise<unknown>;

/** Copies a stack, so that the chains that a command builds from it choose endpoint and signature in their first call only. */
function withShortChains(stack: Stack): Stack {
  return {
    ...stack,
    concat(from) {
      const chain = stack.concat(from);
      // The SDK of EC2 has them under other names, and is called seldom.
      if (!CHOICE.every((name) => chain.identify().some((entry) => entry.startsWith(`${name} `))))
        return chain;
      chooseOnce(chain as object as { addRelativeTo: (middleware: Middleware, options: object) => void });
      return chain;
    },
  };
}

/** Choose the kind of the signature, and the endpoint. They write what they choose into the context of the chain. */
const CHOICE = ['httpAuthSchemeMiddleware', 'endpointV2Middleware'] as const;

/** Makes the calls of a chain skip the choices, once a call of it has made them. */
function chooseOnce(chain: { addRelativeTo: (middleware: Middleware, options: object) => void }): void {
  const [first, last] = CHOICE;
  let afterChoice: Handler | undefined;
  chain.addRelativeTo((next) => (args) => (afterChoice ?? next)(args), {
    ...{ relation: 'before', toMiddleware: first, name: 'skipChoice' },
  });
  chain.addRelativeTo(
    (next) => (args) => {
      afterChoice = next;
      return next(args);
    },
    { relation: 'after', toMiddleware: last, name: 'endOfChoice' },
  );
}

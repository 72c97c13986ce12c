import { LandfallError } from '../../core/error.ts';
import { rememberSecrets } from '../../core/text.ts';
import type { NetworkOptions } from '../../network/connections.ts';
import { createHttpHandler } from '../../network/http-handler.ts';
import { asError, createErrorExplainer } from './errors.ts';
import {
  type AwsCredentials,
  filesOf,
  KIND_LABELS,
  kindOf,
  lastSource,
  type Machine,
  missing,
  missingProfile,
  type NamedProfile,
  type ProfileKind,
  readProfile,
  runProcess,
} from './profiles.ts';

/** The credentials and the network of a run, which all of its clients share. */
export interface AwsSession {
  readonly network: NetworkOptions;
  /**
   * Returns the credentials of the environment, and new ones five minutes before they expire.
   * @param region where AWS STS is asked, unless the profile says otherwise
   * @throws LandfallError CREDENTIALS_MISSING, CREDENTIALS_REFUSED or ENDPOINT_UNREACHABLE
   */
  readonly credentials: (region: string) => Promise<AwsCredentials>;
  /** Where the credentials are from, without any secret; undefined: they have not been needed. */
  readonly source: () => string | undefined;
}

const sessions = new WeakMap<Machine, AwsSession>();

/** Returns the session of a run: one for each machine object, so that a code is asked for, and a process run, once. */
export function awsSession(machine: Machine): AwsSession {
  let session = sessions.get(machine);
  if (session === undefined) sessions.set(machine, (session = createSession(machine)));
  return session;
}

/** Milliseconds before their end in which credentials are no longer used; as in the SDK. */
const EXPIRY_MARGIN = 5 * 60_000;

/** How long a container or an instance may take to give its credentials, in milliseconds. */
const MACHINE_TIMEOUT = 30_000;

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the container or the instance has not answered in ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}

function createSession(machine: Machine): AwsSession {
  const { env } = machine;
  const network: NetworkOptions = {
    env,
    caBundle: async () => {
      const variable = env['AWS_CA_BUNDLE'] ?? '';
      if (variable !== '') return { file: variable, setting: 'AWS_CA_BUNDLE' };
      const { name, profile } = await readProfile(env);
      const file = profile?.['ca_bundle'];
      return file === undefined ? undefined : { file, setting: `ca_bundle of the profile ${name}` };
    },
  };
  let found: FoundCredentials | undefined;
  let pending: Promise<FoundCredentials> | undefined;
  return {
    network,
    source: () => found?.from,
    async credentials(region) {
      const end = found?.credentials.expiration?.getTime() ?? Infinity;
      if (found === undefined || end - Date.now() < EXPIRY_MARGIN) {
        pending ??= findCredentials(machine, network, region).finally(() => {
          pending = undefined;
        });
        found = await pending;
        const { accessKeyId, secretAccessKey, sessionToken } = found.credentials;
        rememberSecrets(accessKeyId, secretAccessKey, sessionToken);
      }
      return found.credentials;
    },
  };
}

/** Credentials, and where they are from. */
interface FoundCredentials {
  readonly credentials: AwsCredentials;
  readonly from: string;
}

/**
 * Looks for credentials in the order of the AWS CLI: keys in the environment, a role that the profile assumes, a web
 * identity, IAM Identity Center, keys of the profile, `aws login`, `credential_process`, container, instance
 * (AWS CLI user guide, "Configuration settings and precedence"; botocore `create_credential_resolver`).
 */
async function findCredentials(
  machine: Machine,
  network: NetworkOptions,
  region: string,
): Promise<FoundCredentials> {
  const { env } = machine;
  const keys = keysOf(env);
  if (keys !== undefined) return { credentials: keys, from: 'keys in the environment' };

  const named = await readProfile(env);
  const { name, profile, variable } = named;
  if (profile === undefined && variable !== undefined) throw missingProfile(named, variable);
  const failures = new ConnectionFailures();
  const options = {
    profile: name,
    ...filesOf(env),
    ignoreCache: true,
    parentClientConfig: { region },
    clientConfig: { requestHandler: failures.watch(createHttpHandler({ sockets: 2, network })) },
    mfaCodeProvider: (serial: string) => askForCode(machine, name, serial),
  };
  const kind = profile === undefined ? undefined : kindOf(profile);
  const identity = webIdentity(env);
  try {
    if (kind === 'role') {
      const source = lastSource(named);
      const found = fromProfile(`profile ${name}, role ${profile?.['role_arn'] ?? ''}`);
      return await found.catch((error: unknown) => explainSource(error, named, source));
    }
    if (identity !== undefined) {
      const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity');
      const credentials = await fromTokenFile({ ...options, ...identity })();
      return { credentials, from: `web identity, role ${identity.roleArn}` };
    }
    if (kind === 'process') {
      const credentials = await runProcess(name, profile?.['credential_process'] ?? '');
      return { credentials, from: `profile ${name}, credential_process` };
    }
    if (kind === 'sso') {
      const { fromSSO } = await import('@aws-sdk/credential-provider-sso');
      return { credentials: await fromSSO(options)(), from: `profile ${name}, IAM Identity Center` };
    }
    if (kind !== undefined) return await fromProfile(`profile ${name}, ${KIND_LABELS[kind]}`);
    return await ofMachine();
  } catch (error) {
    throw failures.explain(error) ?? explainProfile(error, named, kind);
  }

  async function fromProfile(from: string): Promise<FoundCredentials> {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    return { credentials: await fromIni(options)(), from };
  }

  async function ofMachine(): Promise<FoundCredentials> {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    const credentials = await within(
      MACHINE_TIMEOUT,
      defaultProvider(variable === undefined ? {} : { profile: name })(),
    );
    const inContainer = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
    const isContainer = inContainer.some((one) => (env[one] ?? '') !== '');
    return { credentials, from: isContainer ? 'the role of the container' : 'the role of the instance' };
  }
}

/**
 * Explains why a role has no credentials where its source is a `credential_process`: runs it again, since the SDK says
 * neither its exit code nor whose process it is.
 */
async function explainSource(error: unknown, { profiles }: NamedProfile, source: string): Promise<never> {
  const { credential_process: command, ...others } = profiles[source] ?? {};
  const isProcess = command !== undefined && kindOf(others) === undefined;
  // The SDK's own errors have this name; those of AWS STS do not.
  if (isProcess && asError(error).name === 'CredentialsProviderError') await runProcess(source, command);
  throw error;
}

/** Returns the keys of the environment; undefined: there are none. */
function keysOf(env: Machine['env']): AwsCredentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  const sessionToken = env['AWS_SESSION_TOKEN'] ?? '';
  if (accessKeyId === '') return undefined;
  if (secretAccessKey === '') {
    throw missing('AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not', 'set both, or remove both');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) };
}

function webIdentity(env: Machine['env']) {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file = '', AWS_ROLE_ARN: roleArn = '' } = env;
  const roleSessionName = env['AWS_ROLE_SESSION_NAME'] ?? '';
  if (file === '' || roleArn === '') return undefined;
  return { webIdentityTokenFile: file, roleArn, ...(roleSessionName !== '' && { roleSessionName }) };
}

async function askForCode({ ask }: Machine, name: string, serial: string): Promise<string> {
  if (ask === undefined) {
    throw missing(
      `the profile ${name} needs a code of the MFA device ${serial}, and there is no terminal, or CI or --no-input turns questions off`,
      'run it on a terminal; in a pipeline, use a role without MFA, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to credentials that were made with a code',
    );
  }
  const code = await ask(`Code of the MFA device ${serial} for the profile ${name}: `).catch(() => '');
  if (code.trim() === '') {
    throw missing(`no code was given for the MFA device ${serial}`, 'run it again, and type the code');
  }
  return code.trim();
}

type Handler = ReturnType<typeof createHttpHandler>;

/** The failed connections of the SDK's clients for credentials: their own errors keep only a text of it. */
class ConnectionFailures {
  #last: unknown;

  watch(handler: Handler): Handler {
    return {
      ...handler,
      handle: async (request) => {
        try {
          return await handler.handle(request);
        } catch (error) {
          this.#last = error;
          throw error;
        }
      },
    };
  }

  explain(error: unknown): LandfallError | undefined {
    if (error instanceof LandfallError || this.#last === undefined) return undefined;
    return explainCredentials(this.#last, 'the call for credentials');
  }
}

const explainCredentials = createErrorExplainer({
  service: 'AWS',
  actions: 'the role or the profile',
  unreachable: 'check the network, and the regions in the profile',
  remedies: {},
});

/** Explains why a profile, or what comes after profiles, gave no credentials. */
function explainProfile(
  thrown: unknown,
  { name, profile }: NamedProfile,
  kind: ProfileKind | undefined,
): LandfallError {
  if (thrown instanceof LandfallError) return thrown;
  const { message } = asError(thrown);
  const said = message.trim().replace(/\.$/, '');
  switch (kind) {
    case 'sso':
      return new LandfallError(
        'CREDENTIALS_REFUSED',
        `the IAM Identity Center session of the profile ${name} has expired or does not exist: ${said}`,
        { remedy: `sign in with \`aws sso login --profile ${name}\``, cause: thrown },
      );
    case 'login':
      return new LandfallError(
        'CREDENTIALS_REFUSED',
        `the \`aws login\` session of the profile ${name} has expired or does not exist: ${said}`,
        { remedy: `sign in with \`aws login --profile ${name}\``, cause: thrown },
      );
    case undefined:
      return missing(
        `no AWS credentials were found: ${said}`,
        'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`',
        thrown,
      );
    case 'role':
    case 'web-identity':
    case 'keys':
    case 'process': {
      const role = profile?.['role_arn'];
      const explained = explainCredentials(thrown, role === undefined ? 'the profile' : `the role ${role}`);
      const code = explained.code === 'INTERNAL' ? 'CREDENTIALS_MISSING' : explained.code;
      const { source, remedy = 'correct the profile in the AWS config file' } = explained;
      return new LandfallError(code, `the profile ${name} gives no credentials: ${explained.message}`, {
        ...{ source, remedy, cause: thrown },
      });
    }
  }
}

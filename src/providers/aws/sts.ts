import type { defaultProvider } from '@aws-sdk/credential-provider-node';
import { LandfallError } from '../../core/error.ts';
import { rememberSecrets } from '../../core/text.ts';
import { createErrorExplainer } from './errors.ts';

/** The account of the built-in endpoint, as in its ARNs. */
const LOCAL_ACCOUNT = '000000000000';

interface AccountOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly local: boolean;
  readonly assumeRole?: string;
}

/**
 * Returns a function that finds the account that calls go to. It calls STS at most once, and only if the account is not
 * known otherwise. Undefined for an endpoint that is not AWS: the credentials do not identify its account.
 *
 * @throws LandfallError when STS returns an error
 */
export function accountLookup(options: AccountOptions): () => Promise<string | undefined> {
  let answer: Promise<string | undefined> | undefined;
  return () => (answer ??= lookUpAccount(options));
}

async function lookUpAccount({
  local,
  assumeRole,
  endpoint,
  region,
}: AccountOptions): Promise<string | undefined> {
  if (local) return LOCAL_ACCOUNT;
  if (assumeRole !== undefined) return accountOfRole(assumeRole);
  if (endpoint !== undefined) return undefined;
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region });
  try {
    const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    if (!/^\d{12}$/.test(account)) throw unusableResponseError('GetCallerIdentity', 'an account id');
    return account;
  } catch (error) {
    throw explainSts(error, 'GetCallerIdentity');
  } finally {
    sts.destroy();
  }
}

/** Reads the account of a role from its ARN. */
function accountOfRole(role: string): string | undefined {
  return /^arn:[^:]+:iam::(\d{12}):/.exec(role)?.[1];
}

export interface RoleOptions {
  readonly region: string;
  /** ARN of a role to assume. */
  readonly assumeRole?: string;
  /** The external id that the role requires from other accounts, if it does. */
  readonly externalId?: string;
  readonly sessionName: string;
}

type CredentialsSource = ReturnType<typeof defaultProvider>;

/** The option of a client that says where its credentials come from. */
export interface CredentialsOption {
  readonly credentials: () => ReturnType<CredentialsSource>;
}

/**
 * Returns the client option for the credentials: those of a role, which the credentials of the environment assume, or
 * else those of the environment. The SDK asks for new ones shortly before they expire. Clients of SDK 3.523.0 must not
 * look for credentials themselves: they would read the responses of STS with an old XML parser
 * (docs/decisions/0016-versions-of-the-aws-sdk.md).
 */
export function credentialsOption({
  assumeRole,
  externalId,
  sessionName,
  region,
}: RoleOptions): CredentialsOption {
  if (assumeRole === undefined) return { credentials: environmentCredentials(region) };
  // STS allows only these characters, and at most 64.
  const RoleSessionName = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return {
    async credentials() {
      const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
      const sts = new STSClient({ region });
      try {
        const { Credentials: credentials } = await sts.send(
          new AssumeRoleCommand({
            RoleArn: assumeRole,
            RoleSessionName,
            ...(externalId !== undefined && { ExternalId: externalId }),
          }),
        );
        const {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken,
          Expiration,
        } = credentials ?? {};
        rememberSecrets(accessKeyId, secretAccessKey, SessionToken);
        if (!accessKeyId || !secretAccessKey) throw unusableResponseError('AssumeRole', 'credentials');
        return {
          accessKeyId,
          secretAccessKey,
          ...(SessionToken !== undefined && { sessionToken: SessionToken }),
          ...(Expiration !== undefined && { expiration: Expiration }),
        };
      } catch (error) {
        const explained = explainSts(error, 'AssumeRole');
        throw new LandfallError(explained.code, `cannot assume ${assumeRole}: ${explained.message}`, {
          source: explained.source,
          cause: error,
          ...(explained.remedy !== undefined && { remedy: explained.remedy }),
        });
      } finally {
        sts.destroy();
      }
    },
  };
}

/** Returns the source of the credentials that every AWS tool uses: variables, profiles, web identity, instance roles. */
function environmentCredentials(region: string): CredentialsOption['credentials'] {
  let source: CredentialsSource | undefined;
  return async () => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    source ??= defaultProvider({ clientConfig: { region } });
    const credentials = await source();
    rememberSecrets(credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken);
    return credentials;
  };
}

function unusableResponseError(operation: string, missing: string): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    `the response of AWS STS to ${operation} does not have ${missing}`,
    {
      source: 'service',
      remedy:
        'check the network: a proxy, or the setting AWS_ENDPOINT_URL, may lead to another service than AWS STS',
    },
  );
}

/** Explains why a call to AWS STS failed. */
const explainSts = createErrorExplainer({
  service: 'AWS STS',
  actions: 'sts:AssumeRole on the role',
  unreachable: 'check the network, and the region of the target',
  remedies: {},
});

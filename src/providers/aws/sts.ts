import type { STSClient } from '@aws-sdk/client-sts';
import { LandfallError } from '../../core/error.ts';
import { rememberSecrets } from '../../core/text.ts';
import { createHttpHandler } from '../../network/http-handler.ts';
import { awsSession } from './credentials.ts';
import { createErrorExplainer } from './errors.ts';
import type { AwsCredentials, Machine } from './profiles.ts';

/** The account of the built-in endpoint, as in its ARNs. */
const LOCAL_ACCOUNT = '000000000000';

interface AccountOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly local: boolean;
  readonly assumeRole?: string;
  readonly machine?: Machine;
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
  machine,
}: AccountOptions): Promise<string | undefined> {
  if (local) return LOCAL_ACCOUNT;
  if (assumeRole !== undefined) return accountOfRole(assumeRole);
  if (endpoint !== undefined) return undefined;
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const sts = await createSts(region, machine);
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
  /** Where credentials and proxies are looked for; absent: nothing is set in it. */
  readonly machine?: Machine;
}

const EMPTY_MACHINE: Machine = { env: {} };

/** Returns the credentials and the network that the clients of a run share. */
export function sessionOf(machine: Machine = EMPTY_MACHINE): ReturnType<typeof awsSession> {
  return awsSession(machine);
}

/** Tells where the credentials of a client are from, once it has made a call: for the heading of a plan. */
export function credentialsSource({
  local,
  assumeRole,
  machine,
}: Pick<AccountOptions, 'local' | 'assumeRole' | 'machine'>): { readonly credentials?: string } {
  const source = local ? undefined : sessionOf(machine).source();
  if (source === undefined) return {};
  return { credentials: assumeRole === undefined ? source : `${source}, for the role ${assumeRole}` };
}

async function createSts(region: string, machine: Machine | undefined): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { credentials, network } = sessionOf(machine);
  return new STSClient({
    region,
    credentials: () => credentials(region),
    requestHandler: createHttpHandler({ sockets: 2, network }),
  });
}

/** The option of a client that says where its credentials come from. */
export interface CredentialsOption {
  readonly credentials: () => Promise<AwsCredentials>;
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
  machine,
}: RoleOptions): CredentialsOption {
  if (assumeRole === undefined) return { credentials: () => sessionOf(machine).credentials(region) };
  // STS allows only these characters, and at most 64.
  const RoleSessionName = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return {
    async credentials() {
      const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
      const sts = await createSts(region, machine);
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

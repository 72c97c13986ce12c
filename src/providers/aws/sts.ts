import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { LandfallError } from '../../core/error.ts';
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
  const sts = new STSClient({ region });
  try {
    const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
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

/**
 * Returns the client option for the credentials of a role, which the credentials of the environment assume. The SDK asks
 * for new ones shortly before they expire. Without a role, the SDK uses the credentials of the environment.
 */
export function assumedRole({
  assumeRole,
  externalId,
  sessionName,
  region,
}: RoleOptions): Pick<STSClientConfig, 'credentials'> {
  if (assumeRole === undefined) return {};
  const sts = new STSClient({ region });
  // STS allows only these characters, and at most 64.
  const RoleSessionName = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return {
    async credentials() {
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
        if (accessKeyId === undefined || secretAccessKey === undefined)
          throw new TypeError('the response has no credentials');
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
      }
    },
  };
}

/** Explains why a call to AWS STS failed. */
const explainSts = createErrorExplainer({
  service: 'AWS STS',
  actions: 'sts:AssumeRole on the role',
  unreachable: 'check the network, and the region of the target',
  remedies: {},
});

import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { LandfallError } from '../../core/error.ts';
import { createErrorExplainer } from './errors.ts';

/** What the built-in endpoint calls its account, as its ARNs would. */
const LOCAL_ACCOUNT = '000000000000';

interface AccountOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly local: boolean;
  readonly assumeRole?: string;
}

/**
 * Finds out which account calls go to: asks STS at most once, and only where nothing else tells. Undefined for an
 * endpoint that is not AWS: the credentials say nothing of what is behind it.
 *
 * @throws LandfallError when STS has no answer
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

/** The account that a role belongs to stands in its ARN. */
function accountOfRole(role: string): string | undefined {
  return /^arn:[^:]+:iam::(\d{12}):/.exec(role)?.[1];
}

export interface RoleOptions {
  readonly region: string;
  /** ARN of a role to assume. */
  readonly assumeRole?: string;
  /** What the role asks of those who are not of its account, if it does. */
  readonly externalId?: string;
  readonly sessionName: string;
}

/**
 * Credentials of a role that the environment's own credentials may assume. The SDK asks again shortly before they
 * expire. No role: the environment's own are used, as in every AWS tool.
 */
export function assumedRole({
  assumeRole,
  externalId,
  sessionName,
  region,
}: RoleOptions): Pick<STSClientConfig, 'credentials'> {
  if (assumeRole === undefined) return {};
  const sts = new STSClient({ region });
  // STS takes these characters only, and 64 of them.
  const RoleSessionName = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return {
    async credentials() {
      try {
        const { Credentials: given } = await sts.send(
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
        } = given ?? {};
        if (accessKeyId === undefined || secretAccessKey === undefined)
          throw new TypeError('no credentials came');
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

/** Says in landfall's words what went wrong with a call to AWS STS, which knows accounts and roles. */
const explainSts = createErrorExplainer({
  service: 'AWS STS',
  actions: 'sts:AssumeRole on the role',
  unreachable: 'check the network, and the region of the target',
  remedies: {},
});

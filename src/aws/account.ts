import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { explainSts } from './explain-sts.ts';

/** What the built-in endpoint calls its account, as its ARNs would. */
const LOCAL = '000000000000';

export interface AccountOptions {
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
  return () => (answer ??= lookUp(options));
}

async function lookUp({ local, assumeRole, endpoint, region }: AccountOptions): Promise<string | undefined> {
  if (local) return LOCAL;
  if (assumeRole !== undefined) return accountOf(assumeRole);
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
function accountOf(role: string): string | undefined {
  return /^arn:[^:]+:iam::(\d{12}):/.exec(role)?.[1];
}

import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { LandfallError } from '../core/error.ts';
import { explainSts } from './explain-sts.ts';

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

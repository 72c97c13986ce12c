import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { serviceException } from './mocked.ts';
import { Wire } from './wire.ts';

const ROLE = 'arn:aws:iam::123456789012:role/landfall';
const REMOTE = { local: false, assumeRole: ROLE, externalId: 'migration', sessionName: 'landfall ucop' };

describe('a role to assume', () => {
  it('signs the calls', async () => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).resolves({
      Credentials: {
        AccessKeyId: 'ASIAROLE',
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: new Date(Date.now() + 3_600_000),
      },
    });
    const wire = await Wire.open(() => ({}));
    try {
      const { account } = await wire.provider(REMOTE).observe();
      expect(account).toBe('123456789012');
      expect(wire.calls).toHaveLength(3);
      for (const { headers } of wire.calls) {
        expect(headers.authorization).toContain('Credential=ASIAROLE/');
        expect(headers['x-amz-security-token']).toBe('token');
        expect(headers['user-agent']).toMatch(/^aws-sdk-js\/3\.523\.0 ua\/2\.0 os\/\S+ lang\/js md\/nodejs#/);
      }
      expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input)).toEqual([
        { RoleArn: ROLE, RoleSessionName: 'landfall-ucop', ExternalId: 'migration' },
      ]);
    } finally {
      await wire.close();
      sts.restore();
    }
  });

  it('that may not be assumed is an error in the words of STS', async () => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).rejects(serviceException('AccessDenied', 'User: arn:… is not authorized', 403));
    const wire = await Wire.open(() => ({}));
    try {
      await expect(wire.provider(REMOTE).observe()).rejects.toMatchObject({
        code: 'CREDENTIALS_REFUSED',
        message: `cannot assume ${ROLE}: the credentials were refused for AssumeRole: AccessDenied: User: arn:… is not authorized`,
      });
      expect(wire.calls).toEqual([]);
    } finally {
      await wire.close();
      sts.restore();
    }
  });
});

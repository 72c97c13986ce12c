import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { accountLookup } from '../../../src/providers/aws/sts.ts';
import { serviceException } from './mocked.ts';

const AWS = { region: 'us-west-2', local: false };
const ROLE = 'arn:aws-us-gov:iam::123456789012:role/landfall';

describe('the account that calls go to', () => {
  const sts = mockClient(STSClient);
  beforeEach(() => {
    sts.reset();
    sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333' });
  });
  afterEach(() => {
    sts.reset();
  });

  it('is known without a call for the built-in endpoint and for a role', async () => {
    expect(await accountLookup({ ...AWS, local: true, endpoint: 'http://127.0.0.1:1' })()).toBe(
      '000000000000',
    );
    expect(await accountLookup({ ...AWS, assumeRole: ROLE })()).toBe('123456789012');
    expect(await accountLookup({ ...AWS, assumeRole: ROLE, endpoint: 'https://x' })()).toBe('123456789012');
    expect(sts.calls()).toHaveLength(0);
  });

  it('is not known behind an endpoint that is not AWS', async () => {
    expect(await accountLookup({ ...AWS, endpoint: 'https://sms.internal' })()).toBeUndefined();
    expect(sts.calls()).toHaveLength(0);
  });

  it('is what STS says of AWS itself, asked once', async () => {
    const account = accountLookup(AWS);
    expect(await Promise.all([account(), account()])).toEqual(['111122223333', '111122223333']);
    expect(sts.calls()).toHaveLength(1);
  });

  it('fails in the words of STS', async () => {
    sts.on(GetCallerIdentityCommand).rejects(serviceException('AccessDenied', 'not you', 403));
    await expect(accountLookup(AWS)()).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
      message: expect.stringContaining('GetCallerIdentity') as unknown,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { begin, raw, signed } from './support.ts';

const GOOD = signed('GetServers');
const credential = (scope: string) => ({
  authorization: GOOD.authorization?.replace(/20181107\/us-west-2\/sms\/aws4_request/, scope) ?? '',
});

async function answerTo(change: Record<string, string>, region?: string): Promise<string | undefined> {
  const { endpoint } = await begin(region === undefined ? {} : { region });
  const { status, body } = await raw(endpoint.url, { headers: { ...GOOD, ...change }, body: '{}' });
  expect(status).toBe(body.__type === undefined ? 200 : 400);
  return body.__type;
}

describe('signatures', () => {
  it('S2.1 is required', async () => {
    const { endpoint } = await begin();
    const { status, body } = await raw(endpoint.url, { headers: { ...GOOD, authorization: '' }, body: '{}' });
    expect([status, body.__type]).toEqual([400, 'MissingAuthenticationTokenException']);
  });

  it.each([
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['another algorithm', { authorization: GOOD.authorization?.replace('SHA256', 'SHA512') ?? '' }],
    ['no credential', { authorization: GOOD.authorization?.replace('Credential', 'Credentials') ?? '' }],
    ['no signed headers', { authorization: GOOD.authorization?.replace('SignedHeaders', 'Headers') ?? '' }],
    ['no signature', { authorization: GOOD.authorization?.replace(/, Signature.*/, '') ?? '' }],
    ['a short signature', { authorization: GOOD.authorization?.slice(0, -1) ?? '' }],
    ['a short credential', credential('sms/aws4_request')],
    ['a date that is none', { 'x-amz-date': 'yesterday' }],
    ['no date', { 'x-amz-date': '' }],
  ])('S2.2 refuses one with %s', async (_, change) => {
    expect(await answerTo(change)).toBe('IncompleteSignatureException');
  });

  it.each([
    ['another service', credential('20181107/us-west-2/ec2/aws4_request')],
    ['another date', credential('20181108/us-west-2/sms/aws4_request')],
    ['another terminator', credential('20181107/us-west-2/sms/aws5_request')],
    ['a region that is none', credential('20181107/moon/sms/aws4_request')],
  ])('S2.3 refuses a scope of %s', async (_, change) => {
    expect(await answerTo(change)).toBe('InvalidSignatureException');
  });

  it('S2.3 accepts only the region of the endpoint', async () => {
    expect(await answerTo({}, 'us-east-1')).toBe('InvalidSignatureException');
    expect(await answerTo({}, 'us-west-2')).toBeUndefined();
    expect(await answerTo(credential('20181107/us-gov-east-1/sms/aws4_request'))).toBeUndefined();
  });

  it.each(['content-type;x-amz-date', 'content-type;host'])(
    'S2.4 refuses the signed headers %s',
    async (list) => {
      const authorization = GOOD.authorization?.replace(/SignedHeaders=[^,]*/, `SignedHeaders=${list}`) ?? '';
      expect(await answerTo({ authorization })).toBe('InvalidSignatureException');
    },
  );

  it('S2.5 accepts any secret and any age', async () => {
    const old = { 'x-amz-date': '20150830T123600Z', ...credential('20150830/us-west-2/sms/aws4_request') };
    const authorization = old.authorization.replace(/0{64}$/, 'deadbeef'.repeat(8));
    expect(await answerTo({ ...old, authorization })).toBeUndefined();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Lock } from '../../../src/locks/s3.ts';
import { clientConfig } from '../../../src/providers/aws/client.ts';
import { accountLookup, credentialsOption } from '../../../src/providers/aws/sts.ts';
import { HOLDER, quickClock } from '../../locks/holders.ts';

const REGION = 'us-west-2';
const ROLE = 'arn:aws:iam::123456789012:role/landfall';

/** Entities that would expand to a thousand million letters, if a parser expanded them. */
const ENTITIES = Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`,
).join('');
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">${ENTITIES}]>`;

/** A response whose every element has the same text. */
function xml(text: string): string {
  const identity = `<Account>${text}</Account><Arn>${text}</Arn><UserId>${text}</UserId>`;
  const credentials = `<Credentials><AccessKeyId>${text}</AccessKeyId><SecretAccessKey>${text}</SecretAccessKey><SessionToken>${text}</SessionToken><Expiration>${text}</Expiration></Credentials>`;
  const results = ['GetCallerIdentity', 'AssumeRole', 'AssumeRoleWithWebIdentity'].map(
    (operation) => `<${operation}Result>${identity}${credentials}</${operation}Result>`,
  );
  const error = `<Error><Code>${text}</Code><Message>${text}</Message></Error>`;
  return `<R><Code>${text}</Code><Message>${text}</Message>${results.join('')}${error}<requestId>${text}</requestId></R>`;
}

describe.each([
  ['nested entities', `${LAUGHS}${xml('&e9;')}`],
  ['an entity that is not defined', xml('&nothing;')],
  ['elements that are never closed', '<R>'.repeat(300_000)],
])('XML with %s', (_, body) => {
  const environment = { ...process.env };
  let folder: string;
  let server: Server;
  let url: string;
  let status: number;

  beforeEach(async () => {
    status = 200;
    folder = mkdtempSync(join(tmpdir(), 'landfall-xml-'));
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['AWS_ENDPOINT_URL_STS'] = url;
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIA';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  });
  afterEach(async () => {
    process.env = { ...environment };
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([200, 400])('is an error of STS, with status %d', async (answered) => {
    status = answered;
    const account = accountLookup({ region: REGION, local: false });
    await expect(account()).rejects.toMatchObject({ name: 'LandfallError', code: 'SERVICE_ERROR' });
    const role = credentialsOption({ region: REGION, assumeRole: ROLE, sessionName: 'landfall' });
    await expect(role.credentials()).rejects.toMatchObject({ name: 'LandfallError', code: 'SERVICE_ERROR' });
  });

  it('is an error of the token of a pipeline', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = join(folder, 'token');
    process.env['AWS_ROLE_ARN'] = ROLE;
    writeFileSync(join(folder, 'token'), 'token');
    const { credentials } = credentialsOption({
      region: REGION,
      sessionName: 'landfall',
      machine: { env: process.env },
    });
    await expect(credentials()).rejects.toThrow();
  });

  it('is an error of EC2, or an empty list', async () => {
    const options = {
      region: REGION,
      endpoint: url,
      local: true,
      sessionName: '',
      apiRequests: 1,
      clock: quickClock(),
    };
    const ec2 = new EC2(clientConfig(options));
    const reservations = await ec2
      .describeInstances({})
      .then(({ Reservations }) => Reservations ?? [])
      .catch(() => []);
    expect(reservations).toEqual([]);
    ec2.destroy();
  });

  it('is an error of a lock in S3', async () => {
    status = 403;
    const lock = { bucket: 'locks', key: 'k', endpoint: url };
    const store = s3Lock({ lock, region: REGION, sessionName: '', local: true, clock: quickClock() });
    await expect(store.take(HOLDER)).rejects.toMatchObject({ name: 'LandfallError' });
    store.close();
  });
});

import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { rmSync } from 'node:fs';
import { STS } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { begin, onCleanup, raw, signed, START, VM } from './support.ts';
import type { TestEndpoint } from './support.ts';

const MIB = 1 << 20;

async function stillUp({ ok }: TestEndpoint): Promise<void> {
  expect((await ok('GetServers', { maxResults: 1 })).serverList).toHaveLength(1);
}

describe('the wire', () => {
  it.each([
    ['GET', { method: 'GET', body: '' }],
    ['PUT', { method: 'PUT' }],
    ['another path', { path: '/jobs' }],
    ['a query', { path: '/?Action=GetServers' }],
    ['JSON 1.0', { headers: { ...signed('GetServers'), 'content-type': 'application/x-amz-json-1.0' } }],
    ['plain JSON', { headers: { ...signed('GetServers'), 'content-type': 'application/json' } }],
    ['no target', { headers: { 'content-type': 'application/x-amz-json-1.1' } }],
    [
      'the target of another service',
      { headers: { ...signed(''), 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
    ],
    [
      'a target with more in front',
      { headers: { ...signed(''), 'x-amz-target': `x.${signed('GetServers')['x-amz-target'] ?? ''}` } },
    ],
    ['an empty target', { headers: { ...signed(''), 'x-amz-target': '' } }],
  ])('S1.1 answers a request that is none of the API: %s', async (_, change) => {
    const { endpoint } = await begin();
    const answer = await raw(endpoint.url, { headers: signed('GetServers'), body: '{}', ...change });
    expect(answer.status).toBe(404);
    expect(answer.headers['x-amzn-errortype']).toBe('UnknownOperationException');
    expect(answer.text).toContain('UnknownOperationException');
  });

  it('S1.1 S1.13 lets clients of other services name the error, and tells who they are', async () => {
    const { endpoint } = await begin();
    const sts = new STS({
      endpoint: endpoint.url,
      region: 'us-gov-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    onCleanup(() => {
      sts.destroy();
    });
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws-us-gov:iam::000000000000:user/local',
    });
    const role = { RoleArn: 'arn:aws:iam::000000000000:role/a', RoleSessionName: 'ab' };
    const named = { name: 'UnknownOperationException' };
    await expect(sts.assumeRole(role)).rejects.toMatchObject(named);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const other = await raw(endpoint.url, { headers: form, body: 'Action=ListRoles' });
    expect(other.text).toContain('<Code>UnknownOperationException</Code>');
    const json = { ...signed(''), 'x-amz-target': 'ServiceQuotasV20190624.ListServiceQuotas' };
    expect((await raw(endpoint.url, { headers: json, body: '{}' })).body).toMatchObject({
      __type: 'UnknownOperationException',
    });
  });

  it('S1.1 takes parameters of the content type', async () => {
    const { endpoint } = await begin();
    const headers = { ...signed('GetServers'), 'content-type': 'application/x-amz-json-1.1; charset=utf-8' };
    expect((await raw(endpoint.url, { headers, body: '{}' })).status).toBe(200);
  });

  it.each([
    'AWSServerMigrationService_V2016_10_24.CreateApps',
    'AWSServerMigrationService_V2016_10_24.toString',
    'AWSServerMigrationService_V2016_10_24.',
  ])('S1.2 does not know the target %p', async (target) => {
    const { endpoint } = await begin();
    const headers = { ...signed(''), 'x-amz-target': target };
    const { status, body } = await raw(endpoint.url, { headers, body: '{}' });
    expect([status, body.__type]).toEqual([400, 'UnknownOperationException']);
  });

  it('S1.3 gives errors the form of the protocol', async () => {
    const { call } = await begin();
    const { status, body, headers } = await call('DeleteReplicationJob', {
      replicationJobId: 'sms-job-00000000',
    });
    expect(status).toBe(400);
    expect(body).toEqual({
      __type: 'ReplicationJobNotFoundException',
      message: 'Replication job sms-job-00000000 not found.',
    });
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
  });

  it('S1.4 sends a request id and its own date, with errors too', async () => {
    const { call, advance } = await begin();
    advance(3_600_000);
    for (const operation of ['GetServers', 'GetNothing']) {
      const { headers } = await call(operation);
      expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
      expect(Date.parse(headers.date ?? '')).toBe(START + 3_600_000);
    }
  });

  it('S1.5 takes epoch seconds, whole or not, and gives those of schedules whole', async () => {
    const { create, job, endpoint } = await begin();
    expect((await job(await create({ seedReplicationTime: 1541873400 }))).seedReplicationTime).toBe(
      1541873400,
    );
    const { serverList = [] } = (await raw(endpoint.url, { headers: signed('GetServers'), body: '{}' })).body;
    const serverId = serverList.find((server) => server.serverId !== VM)?.serverId;
    expect(
      (await job(await create({ serverId, seedReplicationTime: 1541876322.298 }))).seedReplicationTime,
    ).toBe(1541876322);
  });

  it.each([
    ['nothing', ''],
    ['half an object', '{"maxResults":'],
    ['an array', '[]'],
    ['a string', '"{}"'],
    ['null', 'null'],
    ['two objects', '{}{}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['deep nesting', '['.repeat(MIB / 2)],
  ])('S1.6 refuses a body that is %s', async (_, body) => {
    const test = await begin();
    const answer = await raw(test.endpoint.url, { headers: signed('GetServers'), body });
    expect([answer.status, answer.body.__type]).toEqual([400, 'SerializationException']);
    await stillUp(test);
  });

  it('S1.6 survives any bytes as a body', async () => {
    const test = await begin();
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('GetServers', 'CreateReplicationJob', 'UpdateReplicationJob'),
        async (bytes, operation) => {
          const { status, body: answer } = await raw(test.endpoint.url, {
            headers: signed(operation),
            body: bytes,
          });
          expect(status === 200 || (status === 400 && answer.__type !== undefined)).toBe(true);
        },
      ),
    );
  });

  it('S1.7 refuses a body over 1 MiB whether its length is announced or not, and takes one that is just as long', async () => {
    const test = await begin();
    const padding = (size: number) => `{"description":"${'x'.repeat(size - 18)}"}`;
    const post = (body: string, headers = {}) =>
      raw(test.endpoint.url, { headers: { ...signed('GetConnectors'), ...headers }, body });
    expect((await post(padding(MIB))).status).toBe(200);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const { status, body } = await post(padding(MIB + 1), headers);
      expect([status, body.__type]).toEqual([413, 'RequestEntityTooLargeException']);
    }
    await stillUp(test);
  });

  it('S1.7 answers a body of 100 MB without keeping it', async () => {
    const test = await begin();
    const before = process.memoryUsage().rss;
    const { status } = await raw(test.endpoint.url, {
      headers: signed('GetServers'),
      body: Buffer.alloc(100 * MIB, 32),
    });
    expect(status).toBe(413);
    // The request itself is in this process: its 100 MB are there once, and not twice.
    expect(process.memoryUsage().rss - before).toBeLessThan(180 * MIB);
    await stillUp(test);
  });

  it('S1.8 ignores members that are unknown or null', async () => {
    const { ok } = await begin();
    const { serverList } = await ok('GetServers', {
      nextToken: null,
      maxResults: null,
      vmServerAddressList: null,
      more: [1],
    });
    expect(serverList).toHaveLength(50);
  });

  it.each([
    { host: 'evil.example.com' },
    { host: '127.0.0.1.evil.example.com' },
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
  ])('S1.9 refuses %j', async (header) => {
    const { endpoint, ok } = await begin();
    const answer = await raw(endpoint.url, {
      headers: { ...signed('DeleteServerCatalog'), ...header },
      body: '{}',
    });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect((await ok('GetServers')).serverCatalogStatus).toBe('AVAILABLE');
  });

  it('S1.9 takes any loopback name', async () => {
    const { endpoint } = await begin();
    for (const host of ['localhost', `LOCALHOST:${endpoint.port}`, '[::1]:80', '127.0.0.1']) {
      const headers = { ...signed('GetServers'), host };
      expect((await raw(endpoint.url, { headers, body: '{}' })).status).toBe(200);
    }
  });

  it('S1.10 does not listen on other interfaces', async () => {
    const { endpoint } = await begin();
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.internal === false && one.family === 'IPv4');
    for (const one of outside) {
      await expect(reach(one?.address ?? '', endpoint.port)).rejects.toThrow('ECONNREFUSED');
    }
    await expect(reach('127.0.0.2', endpoint.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('S1.11 keeps its own mistakes to itself', async () => {
    const { call, folder, clock } = await begin();
    rmSync(folder, { recursive: true });
    clock.pass(60_000);
    const { status, text } = await call('DeleteServerCatalog');
    expect(status).toBe(500);
    expect(text).toBe('{"__type":"InternalError","message":"An internal error occurred."}');
  });
});

async function reach(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}

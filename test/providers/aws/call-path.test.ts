import { SMS, type SMSClientConfig } from '@aws-sdk/client-sms';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WireRequest } from '../../../src/network/http-handler.ts';
import { prepareClient } from '../../../src/providers/aws/client.ts';
import { ServiceTime } from '../../../src/providers/aws/middleware.ts';

const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const OPTIONS = { region: 'us-west-2', local: false, apiRequests: 8, sessionName: 'test', clock };
const HANDLING = {
  once: new Set<string>(),
  explain: (thrown: unknown) => {
    throw thrown;
  },
};
const INPUT = {
  serverId: 's-1',
  description: 'Größe',
  seedReplicationTime: new Date('2026-12-08T10:00:00Z'),
};

describe('the path of a call', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-12-07T10:00:00Z'), doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A client that only notes its requests. They have the same id, and do not name the program. */
  function open(options: SMSClientConfig = {}) {
    const requests: WireRequest[] = [];
    const client = new SMS({
      region: 'us-west-2',
      maxAttempts: 10,
      retryMode: 'adaptive',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
      requestHandler: {
        handle: (request: object) => {
          requests.push(request as WireRequest);
          const body = Buffer.from('{"replicationJobId":"sms-job-1"}');
          return Promise.resolve({ response: { statusCode: 200, headers: {}, body } as never });
        },
      },
      ...options,
    });
    const rename = (next: (args: object) => unknown) => (args: { readonly request: WireRequest }) => {
      const { headers } = args.request;
      headers['amz-sdk-invocation-id'] = 'the same';
      delete headers['user-agent'];
      delete headers['x-amz-user-agent'];
      return next(args);
    };
    // After the SDK's retries, and before it signs.
    const where = { relation: 'after', toMiddleware: 'retryMiddleware', name: 'rename' } as const;
    client.middlewareStack.addRelativeTo(rename as never, where);
    return { client, requests };
  }

  function openShort(options: SMSClientConfig = {}) {
    const opened = open(options);
    prepareClient(opened.client, OPTIONS, new ServiceTime(clock), HANDLING);
    return opened;
  }

  const credentialOf = ({ headers }: WireRequest) =>
    /Credential=([^/]+)\/(\d+)/.exec(headers['authorization'] ?? '');

  it.each([
    ['AWS', {}],
    ['an endpoint with a port', { endpoint: 'http://127.0.0.1:4566' }],
    ['an endpoint with a path', { endpoint: 'https://proxy.test/sms/' }],
  ])('sends to %s what the SDK sends, in the first call and in later ones', async (_, options) => {
    const [ours, theirs] = [openShort(options), open(options)];
    for (const { client } of [ours, theirs]) {
      await client.createReplicationJob(INPUT);
      await client.createReplicationJob({ ...INPUT, serverId: 's-2' });
      await client.getServers({});
    }
    expect(ours.requests).toEqual(theirs.requests);
    expect(ours.requests).toHaveLength(3);
  });

  it('signs with renewed credentials', async () => {
    let count = 0;
    const credentials = () => {
      count += 1;
      const expiration = new Date(Date.now() + 3_600_000);
      return Promise.resolve({ accessKeyId: `KEY${count}`, secretAccessKey: `secret ${count}`, expiration });
    };
    const { client, requests } = openShort({ credentials });
    await client.getServers({});
    await client.getServers({});
    jest.advanceTimersByTime(2 * 3_600_000);
    await client.getServers({});
    expect(requests.map((request) => credentialOf(request)?.[1])).toEqual(['KEY1', 'KEY1', 'KEY2']);
  });

  it('derives another key on another day', async () => {
    const { client, requests } = openShort();
    await client.getServers({});
    jest.advanceTimersByTime(24 * 3_600_000);
    await client.getServers({});
    const theirs = open();
    await theirs.client.getServers({});
    expect(requests.map((request) => credentialOf(request)?.[2])).toEqual(['20261207', '20261208']);
    expect(requests[1]?.headers['authorization']).toBe(theirs.requests[0]?.headers['authorization']);
  });
});

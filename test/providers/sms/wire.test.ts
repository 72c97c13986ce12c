import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from './mocked.ts';
import { refuse, Wire } from './wire.ts';

const REQUEST = { serverId: 's-1', settings: { frequency: 12 }, owner: { project: 'ucop', wave: 'sdsc-01' } };

let wire: Wire;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  environment = { ...process.env };
});

afterEach(async () => {
  process.env = environment;
  await wire.close();
});

describe('the adapter on the wire', () => {
  it('speaks AWS JSON 1.1, signed, in whole epoch seconds', async () => {
    wire = await Wire.open(() => ({ replicationJobId: 'sms-job-1' }));
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-1');
    expect(wire.calls).toEqual([
      {
        operation: 'CreateReplicationJob',
        input: {
          serverId: 's-1',
          frequency: 12,
          description: '[landfall:ucop/sdsc-01]',
          seedReplicationTime: Date.parse('2026-12-01T12:00:00Z') / 1000,
        },
        headers: expect.objectContaining({
          'content-type': 'application/x-amz-json-1.1',
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-west-2\/sms\/aws4_request, SignedHeaders=[a-z0-9;-]*host;[a-z0-9;-]*x-amz-date/,
          ) as unknown,
          'user-agent': 'aws-sdk-js landfall',
        }) as unknown,
      },
    ]);
  });

  it('signs every call by itself', async () => {
    wire = await Wire.open(() => ({ replicationJobId: 'sms-job-1' }));
    const provider = wire.provider();
    await provider.create(REQUEST);
    await provider.create({ ...REQUEST, serverId: 's-2' });
    const [one, other] = wire.calls.map(({ headers }) => headers.authorization?.split('Signature=')[1]);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
    expect(wire.calls.map(({ input }) => (input as { serverId: string }).serverId)).toEqual(['s-1', 's-2']);
  });

  it('takes the time from the service', async () => {
    wire = await Wire.open((_, response) => {
      response.setHeader('date', 'Mon, 07 Dec 2026 10:00:00 GMT');
      return { replicationJobId: 'sms-job-1' };
    });
    const provider = wire.provider();
    expect((await provider.observe()).at).toBe(Date.parse('2026-12-07T10:00:00Z'));
    await provider.create(REQUEST);
    expect(wire.calls.at(-1)?.input).toMatchObject({
      seedReplicationTime: Date.parse('2026-12-07T10:00:00Z') / 1000,
    });
  });

  it('goes by the last time it heard where an answer has none', async () => {
    let dates = ['Mon, 07 Dec 2026 10:00:00 GMT', 'yesterday'];
    wire = await Wire.open((_, response) => {
      const [date, ...rest] = dates;
      dates = rest;
      if (date === undefined) response.sendDate = false;
      else response.setHeader('date', date);
    });
    expect((await wire.provider({ apiRequests: 1 }).observe()).at).toBe(Date.parse('2026-12-07T10:00:00Z'));
  });

  it('goes by the machine’s clock where no answer has a time', async () => {
    wire = await Wire.open((_, response) => {
      response.sendDate = false;
    });
    expect((await wire.provider().observe()).at).toBe(Date.parse('2026-12-01T12:00:00.789Z'));
  });

  it.each([1, 3, 5])('never has more than %d calls in flight', async (apiRequests) => {
    let waiting: (() => void)[] = [];
    wire = await Wire.open(async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        // The calls that are out go on once no further one can come.
        if (waiting.length < apiRequests) return;
        setImmediate(() => {
          for (const go of waiting.splice(0)) go();
        });
      });
      return { replicationJobId: 'sms-job-1' };
    });
    const provider = wire.provider({ apiRequests });
    await Promise.all(Array.from({ length: 3 * apiRequests }, () => provider.create(REQUEST)));
    expect(wire.mostInFlight).toBe(apiRequests);
    waiting = [];
  });
});

describe('trouble on the wire', () => {
  /** Answers the first call badly and all others well. */
  const stumble = (badly: Parameters<typeof Wire.open>[0]) => {
    let calls = 0;
    return Wire.open((call, response) => {
      calls += 1;
      return calls === 1 ? badly(call, response) : { replicationJobId: 'sms-job-1' };
    });
  };

  it.each([
    ['throttling', 'ThrottlingException', 400],
    ['an internal error', 'InternalError', 500],
    ['a spell of unavailability', 'TemporarilyUnavailableException', 503],
  ])('outlives %s', async (_, type, status) => {
    wire = await stumble((__, response) => {
      refuse(response, type, status);
    });
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-1');
    expect(wire.calls.filter(({ operation }) => operation === 'CreateReplicationJob')).toHaveLength(2);
  });

  it('outlives a page of a proxy', async () => {
    wire = await stumble((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html>Bad gateway</html>');
    });
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-1');
  });

  it('outlives a connection that is cut in the middle of an answer', async () => {
    wire = await stumble((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"replicationJobId"', () => response.destroy());
    });
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-1');
  });

  it('finds the job whose reply was lost', async () => {
    wire = await Wire.open(({ operation }, response) => {
      if (operation === 'GetReplicationJobs') {
        const description = '[landfall:ucop/sdsc-01]';
        const state = 'Pending';
        return {
          replicationJobList: [{ replicationJobId: 'sms-job-7', serverId: 's-1', state, description }],
        };
      }
      response.destroy();
      return undefined;
    });
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-7');
    // It looks before it tries again.
    expect(wire.calls.map(({ operation }) => operation)).toEqual([
      'CreateReplicationJob',
      'GetReplicationJobs',
    ]);
  });

  it.each([
    ['lost', (response: ServerResponse) => void response.destroy()],
    [
      'an internal error',
      (response: ServerResponse) => {
        refuse(response, 'InternalError', 500);
      },
    ],
  ])('tries again where the reply was %s and there is no job', async (_, badly) => {
    wire = await Wire.open(({ operation }, response) => {
      if (operation === 'GetReplicationJobs') return { replicationJobList: [] };
      if (wire.calls.length > 1) return { replicationJobId: 'sms-job-8' };
      badly(response);
      return undefined;
    });
    expect(await wire.provider().create(REQUEST)).toBe('sms-job-8');
    expect(wire.calls.map(({ operation }) => operation)).toEqual([
      'CreateReplicationJob',
      'GetReplicationJobs',
      'CreateReplicationJob',
    ]);
  });

  it('says that it does not know where it cannot look either', async () => {
    wire = await Wire.open((_, response) => void response.destroy());
    await expect(wire.provider().create(REQUEST)).rejects.toThrow(
      /^it is unknown whether server s-1 has a new job: cannot reach 127\.0\.0\.1:\d+: ECONNRESET, and the lookup failed: cannot reach/,
    );
  });

  it('waits between tries by the clock it is given, longer each time', async () => {
    const clock = new FakeClock();
    wire = await Wire.open((_, response) => {
      refuse(response, 'ThrottlingException');
    });
    await expect(wire.provider({ clock }).create(REQUEST)).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(wire.calls).toHaveLength(10);
    expect(clock.slept).toHaveLength(9);
    for (const [index, slept] of clock.slept.entries()) {
      expect(slept).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** index));
    }
    expect(Math.max(...clock.slept)).toBeGreaterThan(500);
  });

  it('says so when the endpoint is not the API', async () => {
    wire = await Wire.open((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' });
      response.end('<html>No such page</html>');
    });
    await expect(wire.provider().create(REQUEST)).rejects.toThrow(
      'the response to CreateReplicationJob cannot be read: HTTP 404, text/html',
    );
  });
});

describe('a local target', () => {
  const hostile = {
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real-secret',
    AWS_SESSION_TOKEN: 'real-token',
    AWS_PROFILE: 'no-such-profile',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'https://sms.us-west-2.amazonaws.com',
    AWS_ENDPOINT_URL_SMS: 'https://sms.us-west-2.amazonaws.com',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_CA_BUNDLE: '/nonexistent/ca.pem',
    AWS_RETRY_MODE: 'no-such-mode',
    AWS_MAX_ATTEMPTS: 'many',
    AWS_DEFAULTS_MODE: 'no-such-mode',
    AWS_SDK_UA_APP_ID: 'other-app',
    AWS_EXECUTION_ENV: 'AWS_Lambda',
    AWS_LAMBDA_FUNCTION_NAME: 'other',
    _X_AMZN_TRACE_ID: 'Root=1',
    HTTP_PROXY: 'http://192.0.2.1:3128',
    HTTPS_PROXY: 'http://192.0.2.1:3128',
    ALL_PROXY: 'http://192.0.2.1:3128',
  };

  it('uses nothing of the environment', async () => {
    Object.assign(process.env, hostile);
    wire = await Wire.open(() => ({ replicationJobId: 'sms-job-1' }));
    await wire.provider().create(REQUEST);
    const said = JSON.stringify(wire.calls[0]?.headers);
    for (const value of Object.values(hostile)) expect(said).not.toContain(value);
    expect(said).toContain('Credential=local/');
    expect(said).toContain('us-west-2');
  });

  it.each(['https://sms.us-west-2.amazonaws.com', 'http://192.0.2.1'])(
    'does not talk to %s',
    async (endpoint) => {
      wire = await Wire.open(() => undefined);
      expect(() => wire.provider({ endpoint })).toThrow(`connects to this machine only, not to ${endpoint}`);
    },
  );
});

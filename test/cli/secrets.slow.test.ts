import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeS3 } from '../locks/fake-s3.ts';
import { refuse, Wire, type WireCall } from '../providers/sms/wire.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const SECRETS = {
  AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY',
  AWS_SECRET_ACCESS_KEY: 'canary/secret+access/key',
  AWS_SESSION_TOKEN: 'canary/session+token==',
};

/** A request as AWS quotes it where a signature does not fit, and a careless proxy at any time. */
function quoted({ headers }: WireCall): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${String(value)}`);
  return `The canonical string for this request should have been\n'POST\n/\n\n${lines.join('\n')}'`;
}

const ANSWERS: Readonly<Record<string, readonly [type: string, status: number]>> = {
  throttling: ['ThrottlingException', 400],
  'a signature that does not fit': ['InvalidSignatureException', 403],
  'an incomplete signature': ['IncompleteSignatureException', 400],
  'credentials that have expired': ['ExpiredTokenException', 403],
  'what is not allowed': ['AccessDeniedException', 403],
  'a setting that is refused': ['InvalidParameterException', 400],
  'a breakdown': ['InternalError', 500],
};

describe('credentials', () => {
  const environment = { ...process.env };
  let world: ScratchProject;
  let wire: Wire;
  /** Which operations fail, and how. */
  let fails: (operation: string) => boolean;
  let answer: readonly [type: string, status: number];

  beforeEach(async () => {
    Object.assign(process.env, SECRETS);
    wire = await Wire.open((call, response) => {
      if (fails(call.operation)) {
        const [type, status] = answer;
        refuse(response, type, status, quoted(call));
        return undefined;
      }
      return ANSWER;
    });
    world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: db-01 }']) });
    world.env = SECRETS;
    const project = world.read('landfall.yaml');
    world.write('landfall.yaml', project.replace('endpoint: local', `endpoint: "${wire.url}"`));
  });
  afterEach(async () => {
    process.env = { ...environment };
    await wire.close();
    await world.dispose();
  });

  /** Runs landfall, and sees that nothing it prints or writes tells of credentials. */
  async function run(code: number, ...argv: string[]): Promise<void> {
    const run = await world.run(...argv);
    const written = ['plan.json', 'report.json']
      .filter((file) => existsSync(join(world.folder, file)))
      .map((file) => world.read(file));
    const all = [run.stdout, run.stderr, ...written].join('\n');
    expect(run).toMatchObject({ code });
    for (const secret of [...Object.values(SECRETS), 'AWS4-HMAC', 'Signature=', 'x-amz-security-token']) {
      expect(all.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  }

  it.each(Object.keys(ANSWERS))('are in no output, whatever AWS says about %s', async (name) => {
    answer = ANSWERS[name] ?? ['', 0];
    fails = () => true;
    await run(1, 'plan', '--verbose');
    await run(1, 'plan', '--verbose', '--format', 'json');
    fails = (operation) => operation === 'CreateReplicationJob';
    await run(0, 'plan', '--verbose', '--out', 'plan.json');
    await run(6, 'apply', '--verbose', '--auto-approve');
    await run(6, 'apply', '--verbose', '--auto-approve', '--format', 'json', '--report', 'report.json');
    // They were there to be told.
    const [call] = wire.calls;
    expect(call?.headers).toMatchObject({ 'x-amz-security-token': SECRETS.AWS_SESSION_TOKEN });
    expect(call?.headers.authorization).toContain(SECRETS.AWS_ACCESS_KEY_ID);
  });
});

/** How a service may quote a header or a query: without its name, and in any form. */
const SHAPES: Readonly<Record<string, (value: string) => string>> = {
  bare: (value) => value,
  'in the middle of a sentence': (value) => `the value ${value} was not accepted; see ${value}.`,
  'URL-encoded': (value) => `https://x/?a=${encodeURIComponent(value)}&b=1`,
  'as JSON in JSON': (value) => JSON.stringify({ header: value }).replaceAll('/', '\\/'),
  'after so much text that it is cut': (value) => `${'x'.repeat(60)} ${value}`,
  'over and over': (value) => `${value} `.repeat(50),
  'in a presigned URL': (value) =>
    `https://x/?X-Amz-Signature=${encodeURIComponent(value)}&X-Amz-Security-Token=${encodeURIComponent(value)}`,
};

describe('whatever a service quotes', () => {
  const environment = { ...process.env };
  let seen: Set<string>;
  beforeEach(() => {
    Object.assign(process.env, SECRETS);
    seen = new Set(Object.values(SECRETS));
  });
  afterEach(() => {
    process.env = { ...environment };
  });

  /** The parts of the headers of a call that nobody may read. */
  function secretsOf({ headers }: WireCall): readonly string[] {
    const { authorization = '' } = headers;
    const token = String(headers['x-amz-security-token']);
    const parts = [
      /Signature=(\w+)/.exec(authorization)?.[1],
      /Credential=([^/]+)/.exec(authorization)?.[1],
      token,
    ];
    return parts.flatMap((part) => part ?? []);
  }

  const places = ['the message', 'the type', 'names of VMs', 'the reason of a failed job'] as const;
  it.each(Object.keys(SHAPES).flatMap((shape) => places.map((place) => [shape, place] as const)))(
    '%s, in %s, no output has a secret',
    async (shape, place) => {
      const write = SHAPES[shape] ?? String;
      const wire = await Wire.open((call, response) => {
        const secrets = secretsOf(call);
        for (const secret of secrets) seen.add(secret);
        const text = [...secrets, ...Object.values(call.headers).map(String)].map(write).join(' | ');
        if (place === 'names of VMs' || place === 'the reason of a failed job') {
          const job = {
            replicationJobId: 'sms-job-1',
            serverId: 's-1',
            state: 'FAILED',
            statusMessage: text,
            description: '[landfall:test/a]',
          };
          return {
            ...ANSWER,
            serverList: [
              { serverId: 's-1', vmServer: { vmName: 'db-01', vmPath: text } },
              { serverId: 's-2', vmServer: { vmName: text, vmPath: text } },
            ],
            replicationJobList: place === 'names of VMs' ? [] : [job],
          };
        }
        if (call.operation !== 'CreateReplicationJob' && seen.size % 2 === 0) return ANSWER;
        refuse(response, place === 'the type' ? text : 'OddException', 400, text);
        return undefined;
      });
      const world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: db-01 }']) });
      try {
        world.env = SECRETS;
        const project = world.read('landfall.yaml');
        world.write('landfall.yaml', project.replace('endpoint: local', `endpoint: "${wire.url}"`));
        const said: string[] = [];
        for (const argv of [
          ['plan', '--verbose', '--out', 'plan.json'],
          ['plan', '--format', 'json'],
          ['plan', '--format', 'sarif'],
          ['plan', '--format', 'markdown'],
          ['status'],
          ['status', '--format', 'json'],
          ['apply', '--verbose', '--auto-approve', '--report', 'report.json', '--json-into', 'events.json'],
        ]) {
          const { stdout, stderr } = await world.run(...argv);
          said.push(stdout, stderr);
        }
        for (const file of ['plan.json', 'report.json', 'events.json'])
          if (existsSync(join(world.folder, file))) said.push(world.read(file));
        // What was wrapped is one text again, and what was escaped is a slash.
        const all = said.join('\n').replaceAll('\\/', '/').replace(/\s+/g, '');
        for (const secret of seen) {
          for (const form of [secret, encodeURIComponent(secret), secret.slice(0, 14)]) {
            expect(all).not.toContain(form);
          }
        }
        expect(seen.size).toBeGreaterThan(3);
      } finally {
        await world.dispose();
        await wire.close();
      }
    },
  );
});

describe.each(['MGN', 'AWS STS'] as const)('whatever %s quotes in an error', (service) => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it.each(Object.keys(SHAPES))('%s, no output has a secret', async (shape) => {
    const write = SHAPES[shape] ?? String;
    const seen = new Set<string>(Object.values(SECRETS));
    let status = 403;
    const server = createServer(({ headers }, response) => {
      const signature = /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1] ?? '';
      // A message with a whole header is left out; one with bare values is shown without them.
      const header = status === 403 ? [headers.authorization] : [SECRETS.AWS_ACCESS_KEY_ID];
      const values = [signature, headers['x-amz-security-token'], ...header].map(String);
      seen.add(signature);
      const message = values.map(write).join(' | ');
      const code = status === 403 ? 'AccessDeniedException' : 'OddException';
      if (service === 'MGN') {
        response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
        response.end(JSON.stringify({ message }));
      } else {
        const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        response.writeHead(status, { 'content-type': 'text/xml' });
        response.end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error></ErrorResponse>`,
        );
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const world = new ScratchProject({
      'waves/a.yaml': wave('a', ['{ name: db-01 }']).replace(/ +defaults.*\n/, ''),
    });
    try {
      Object.assign(process.env, SECRETS, service === 'AWS STS' && { AWS_ENDPOINT_URL_STS: url });
      world.env = SECRETS;
      const role = service === 'AWS STS' ? ', assumeRole: "arn:aws:iam::123456789012:role/landfall"' : '';
      const project = world.read('landfall.yaml').replace('provider: sms', 'provider: mgn');
      world.write('landfall.yaml', project.replace('endpoint: local', `endpoint: "${url}"${role}`));
      const said: string[] = [];
      for (status of [403, 400]) {
        for (const argv of [
          ['plan', '--verbose'],
          ['plan', '--format', 'json'],
          ['apply', '--verbose', '--auto-approve', '--report', 'report.json', '--json-into', 'events.json'],
        ]) {
          const { code, stdout, stderr } = await world.run(...argv);
          expect({ code, stderr }).toMatchObject({
            code: 1,
            stderr: expect.stringMatching(/AccessDenied|Odd/) as unknown,
          });
          said.push(stdout, stderr);
        }
        for (const file of ['report.json', 'events.json'])
          if (existsSync(join(world.folder, file))) said.push(world.read(file));
      }
      const all = said.join('\n').replaceAll('\\/', '/').replace(/\s+/g, '');
      for (const secret of seen) {
        for (const form of [secret, encodeURIComponent(secret), secret.slice(0, 14)])
          expect(all).not.toContain(form);
      }
      expect(seen.size).toBeGreaterThan(4);
    } finally {
      await world.dispose();
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('credentials that a lock in S3 is written with', () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it.each([
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
    'ExpiredToken',
    'AccessDenied',
    'InternalError',
    'Odd',
  ])('are in no output, nor in the lock, whatever the store says: %s', async (code) => {
    Object.assign(process.env, SECRETS);
    const s3 = await FakeS3.open();
    const wire = await Wire.open(() => ANSWER);
    const world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: db-01 }']) });
    try {
      world.env = SECRETS;
      world.write(
        'landfall.yaml',
        world
          .read('landfall.yaml')
          .replace(
            'endpoint: local',
            `endpoint: "${wire.url}", lock: { s3: { bucket: locks, key: k, endpoint: "${s3.url}" } }`,
          ),
      );
      const kept: string[] = [];
      s3.after = () => {
        kept.push(s3.get('k') ?? '');
      };
      await world.run('apply', '--auto-approve');
      // As S3 does where a signature does not fit.
      s3.fault = ({ headers }) => ({
        status: code === 'InternalError' ? 500 : 403,
        code,
        message: `does not match\nx-amz-security-token:${String(headers['x-amz-security-token'])}\n${String(headers.authorization)}\n${String(headers['x-amz-security-token'])} ${SECRETS.AWS_ACCESS_KEY_ID}`,
      });
      const run = await world.run('apply', '--auto-approve', '--verbose', '--report', 'report.json');
      expect(run.code).toBe(1);
      const unlock = await world.run('force-unlock', 'x', '--verbose');
      expect(kept.join('')).toContain('"operation": "apply"');
      const all = [...kept, run.stdout, run.stderr, unlock.stderr, world.read('report.json')]
        .join('\n')
        .toLowerCase();
      for (const secret of [...Object.values(SECRETS), 'AWS4-HMAC', 'Signature=', 'x-amz-security-token']) {
        expect(all).not.toContain(secret.toLowerCase());
      }
      expect(s3.calls[0]?.headers['x-amz-security-token']).toBe(SECRETS.AWS_SESSION_TOKEN);
    } finally {
      await world.dispose();
      await wire.close();
      await s3.close();
    }
  });
});

/** An account with one server and no jobs: each operation takes its part. */
const ANSWER = {
  serverCatalogStatus: 'AVAILABLE',
  serverList: [{ serverId: 's-1', vmServer: { vmName: 'db-01' } }],
  connectorList: [{ connectorId: 'c-1', status: 'HEALTHY' }],
  replicationJobList: [],
};

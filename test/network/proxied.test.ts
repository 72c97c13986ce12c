import dns, { type LookupOptions } from 'node:dns';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findRunning } from '../../src/local/index.ts';
import { s3Lock } from '../../src/locks/s3.ts';
import { FakeS3 } from '../locks/fake-s3.ts';
import { holder } from '../locks/holders.ts';
import { type Run, ScratchProject, wave } from '../cli/scratch-project.ts';
import { ASSUMED, AUTHORITY, openProxy, openTlsServer, type TestProxy } from './servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' };
const PASSWORD = 'pa:ss/word';
const USER = `jo:${encodeURIComponent(PASSWORD)}@`;

describe('behind a proxy', () => {
  let world: ScratchProject;
  let proxy: TestProxy;
  const open: { close(): Promise<void> }[] = [];
  let server: { readonly port: number };

  async function opened<Some extends { close(): Promise<void> }>(opening: Promise<Some>): Promise<Some> {
    const one = await opening;
    open.push(one);
    return one;
  }

  beforeEach(async () => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
    await world.serve({});
    const endpoint = (await findRunning(join(world.folder, '.landfall', 'local')))?.url ?? '';
    // Every name is this machine.
    jest.spyOn(dns, 'lookup').mockImplementation((_: string, ...rest: readonly unknown[]) => {
      const callback = rest.at(-1) as (error: null, address: unknown, family?: number) => void;
      if ((rest[0] as LookupOptions).all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    });
    server = await opened(openTlsServer(Number(new URL(endpoint).port)));
    const project = world.read('landfall.yaml');
    world.write(
      'landfall.yaml',
      project.replace('endpoint: local', `endpoint: "https://sms.test:${server.port}"`),
    );
    world.write('ca.pem', `A comment.\n${AUTHORITY}`);
    proxy = await opened(openProxy({ credentials: `jo:${PASSWORD}` }));
    world.env = {
      ...KEYS,
      HTTPS_PROXY: `http://${USER}127.0.0.1:${proxy.port}`,
      AWS_CA_BUNDLE: join(world.folder, 'ca.pem'),
    };
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await world.dispose();
    for (const one of open.splice(0)) await one.close();
  });

  async function failing(env: Record<string, string> = {}): Promise<Run> {
    world.env = { ...world.env, ...env };
    const run = await world.run('plan', '--verbose');
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(/pa:ss|pa%3Ass| {4}at /);
    return run;
  }

  it('calls AWS through it, with the bundle, and prints no password', async () => {
    const { code, stdout, stderr } = await world.run('plan', '--verbose');
    expect({ code, out: stdout + stderr }).toMatchObject({ code: 0, out: expect.any(String) as unknown });
    expect(stdout).toContain('awsscrum-lnx1');
    expect(stdout).toContain('credentials: keys in the environment');
    expect(new Set(proxy.connects)).toEqual(new Set([`sms.test:${server.port}`]));
    expect(stdout + stderr).not.toMatch(/pa:ss|pa%3Ass/);
  });

  it.each([['sms.test'], ['.test'], ['*']])('goes past it by NO_PROXY=%s', async (NO_PROXY) => {
    world.env = { ...world.env, NO_PROXY };
    expect(await world.run('plan')).toMatchObject({ code: 0, stderr: '' });
    expect(proxy.connects).toEqual([]);
  });

  it('names an authority that is not known, and the proxy', async () => {
    const { stderr } = await failing({ AWS_CA_BUNDLE: '' });
    expect(stderr).toContain(
      `cannot reach sms.test:${server.port} through the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY): its certificate or TLS is not accepted: UNABLE_TO`,
    );
    expect(stderr).toContain('set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to a PEM file');
  });

  it('names missing and wrong users, refusals, and a proxy that does not answer', async () => {
    const at = `http://127.0.0.1:${proxy.port}`;
    const none = await failing({ HTTPS_PROXY: at });
    expect(none.stderr).toContain(
      `cannot reach sms.test:${server.port}: the proxy ${at} (HTTPS_PROXY) asks for a user and a password (status 407)`,
    );
    const wrong = await failing({ HTTPS_PROXY: `http://jo:pa%3Ass@127.0.0.1:${proxy.port}` });
    expect(wrong.stderr).toContain('does not accept the user and the password (status 407)');
    const strict = await opened(openProxy({ refusal: 403 }));
    let waits = 0;
    world.onSleep = () => void (waits += 1);
    const refused = await failing({ HTTPS_PROXY: `http://${USER}127.0.0.1:${strict.port}` });
    expect(refused.stderr).toContain('refuses to connect to it (status 403)');
    expect(refused.stderr).toContain('or list sms.test in NO_PROXY');
    // No call waits to be repeated; up to three are made at once.
    expect(waits).toBe(0);
    await strict.close();
    open.pop();
    const gone = await failing();
    expect(gone.stderr).toContain(
      `cannot reach the proxy http://127.0.0.1:${strict.port} (HTTPS_PROXY), through which sms.test:${server.port} is called: ECONNREFUSED`,
    );
  });

  it('names a bundle that is not there, has no certificate, or a broken one', async () => {
    const broken = AUTHORITY.replace('BijCCAS', 'AAAAAAA');
    writeFileSync(join(world.folder, 'broken.pem'), broken);
    for (const [file, why] of [
      ['none.pem', 'cannot be read: ENOENT'],
      ['landfall.yaml', 'has no certificate in PEM format'],
      ['broken.pem', 'certificate 1 cannot be read'],
      ['.', 'cannot be read: EISDIR'],
    ] as const) {
      const AWS_CA_BUNDLE = join(world.folder, file);
      const { stderr } = await failing({ AWS_CA_BUNDLE });
      expect(stderr).toContain('FILE_UNREADABLE');
      expect(stderr).toContain(`AWS_CA_BUNDLE names ${AWS_CA_BUNDLE}, `);
      expect(stderr).toContain(why);
    }
  });

  it('takes ca_bundle of the profile', async () => {
    world.write('config', `[profile corp]\nca_bundle = ${join(world.folder, 'ca.pem')}\n`);
    world.env = {
      ...world.env,
      AWS_CA_BUNDLE: '',
      AWS_PROFILE: 'corp',
      AWS_CONFIG_FILE: join(world.folder, 'config'),
    };
    expect(await world.run('plan')).toMatchObject({ code: 0 });
  });

  it('leaves local targets alone, which look for neither proxy nor bundle', async () => {
    const project = world.read('landfall.yaml');
    world.write('landfall.yaml', project.replace(/endpoint: "[^"]*"/, 'endpoint: local'));
    world.env = {
      HTTPS_PROXY: 'no proxy at all',
      HTTP_PROXY: '::',
      AWS_CA_BUNDLE: '/nonexistent',
      AWS_PROFILE: 'none',
    };
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    expect(proxy.connects).toEqual([]);
  });

  it('calls AWS STS through it for the role of a profile, and MGN with its credentials', async () => {
    const sts = createServer((_, response) => void response.end(ASSUMED));
    await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
    const front = await opened(openTlsServer((sts.address() as AddressInfo).port));
    const environment = { ...process.env };
    process.env['AWS_ENDPOINT_URL_STS'] = `https://sts.test:${front.port}`;
    try {
      world.write('landfall.yaml', world.read('landfall.yaml').replace('provider: sms', 'provider: mgn'));
      world.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1 }']).replace(/ *defaults.*\n/, ''));
      world.write(
        'config',
        `[profile corp]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n`,
      );
      const { HTTPS_PROXY = '', AWS_CA_BUNDLE = '' } = world.env;
      const AWS_CONFIG_FILE = join(world.folder, 'config');
      world.env = { HTTPS_PROXY, AWS_CA_BUNDLE, AWS_PROFILE: 'corp', AWS_CONFIG_FILE };
      const { stdout } = await world.run('plan', '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        targets: [{ credentials: 'profile corp, role arn:aws:iam::123456789012:role/r' }],
        concerns: [{ id: 'account.uninitialized' }],
      });
      expect(new Set(proxy.connects)).toEqual(new Set([`sts.test:${front.port}`, `sms.test:${server.port}`]));
    } finally {
      process.env = environment;
      sts.closeAllConnections();
      sts.close();
    }
  });

  it('takes locks in S3 through it', async () => {
    const s3 = await opened(FakeS3.open());
    const front = await opened(openTlsServer(s3.port));
    const store = s3Lock({
      lock: { bucket: 'locks', key: 'k', endpoint: `https://s3.test:${front.port}` },
      region: 'us-west-2',
      sessionName: 'landfall-ucop',
      local: false,
      clock: { now: () => world.now, sleep: () => Promise.resolve() },
      machine: { env: world.env },
    });
    const one = holder('a');
    expect(await store.take(one)).toEqual({ taken: true });
    expect((await store.read())?.holder).toEqual(one);
    store.close();
    expect(new Set(proxy.connects)).toEqual(new Set([`s3.test:${front.port}`]));
  });

  it('writes comments through it, and names its certificate', async () => {
    world.env = {
      ...world.env,
      HTTP_PROXY: world.env['HTTPS_PROXY'] ?? '',
      LANDFALL_PLATFORM_TOKEN: 'token-canary',
    };
    world.write('plan.md', '<!-- landfall:ucop:plan -->\nText.\n');
    const comment = (api: string): Promise<Run> =>
      world.run(
        ...[
          'comment',
          '--file',
          'plan.md',
          '--platform',
          'gitlab',
          '--repo',
          'a/b',
          '--number',
          '1',
          '--api-url',
          api,
        ],
      );
    const secure = await comment(`https://gitlab.test:${server.port}/api/v4`);
    expect(secure.code).toBe(1);
    expect(secure.stderr).toContain('PLATFORM_UNREACHABLE');
    expect(secure.stderr).toContain('set NODE_EXTRA_CA_CERTS to a PEM file');
    expect(proxy.connects).toEqual([`gitlab.test:${server.port}`]);
    expect(secure.stderr).not.toMatch(/pa:ss|pa%3Ass|token-canary/);
  });
});

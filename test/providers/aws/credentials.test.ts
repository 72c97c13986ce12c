import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { awsSession } from '../../../src/providers/aws/credentials.ts';
import { ASSUMED } from '../../network/servers.ts';

const KEYS = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = of-the-profile\n';

const CONTAINER = {
  AccessKeyId: 'ASIACONTAINER',
  SecretAccessKey: 'of-the-container',
  Token: 'token-of-the-container',
  Expiration: '2099-01-01T00:00:00Z',
};

describe('the credentials of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Looks for credentials with these files and variables. */
  async function find(
    config: string,
    env: Record<string, string> = {},
    more: { credentials?: string; ask?: (question: string) => Promise<string> } = {},
  ): Promise<{ key: string; source: string | undefined }> {
    const [configFile, keysFile] = [join(folder, 'config'), join(folder, 'credentials')];
    writeFileSync(configFile, config);
    writeFileSync(keysFile, more.credentials ?? '');
    const files = { AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: keysFile };
    const session = awsSession({ env: { ...files, ...env }, ...(more.ask && { ask: more.ask }) });
    const { accessKeyId } = await session.credentials('us-west-2');
    return { key: accessKeyId, source: session.source() };
  }

  it('are the keys of the environment, before those of AWS_PROFILE, and AWS_PROFILE before AWS_DEFAULT_PROFILE', async () => {
    const config = `[default]\n${KEYS.replace('AKIAPROFILE', 'AKIADEFAULT')}[profile a]\n${KEYS}[profile b]\n${KEYS.replace('AKIAPROFILE', 'AKIAB')}`;
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' };
    expect(await find(config, { ...env, AWS_PROFILE: 'a' })).toEqual({
      key: 'AKIAENV',
      source: 'keys in the environment',
    });
    expect(await find(config, { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'b' })).toEqual({
      key: 'AKIAPROFILE',
      source: 'profile a, its keys',
    });
    expect(await find(config, { AWS_DEFAULT_PROFILE: 'b' })).toMatchObject({ key: 'AKIAB' });
    expect(await find(config)).toEqual({ key: 'AKIADEFAULT', source: 'profile default, its keys' });
    const more = { credentials: `[a]\n${KEYS.replace('AKIAPROFILE', 'AKIAFILE')}` };
    expect(await find(config, { AWS_PROFILE: 'a' }, more)).toMatchObject({ key: 'AKIAFILE' });
    await expect(find(config, { AWS_ACCESS_KEY_ID: 'AKIAENV' })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not',
    });
  });

  it('are not looked for further where the profile does not exist', async () => {
    await expect(find(`[profile production]\n${KEYS}`, { AWS_PROFILE: 'prodution' })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('the profile prodution, which AWS_PROFILE names') as unknown,
      remedy: 'did you mean production?',
    });
  });

  it('come from a credential_process, whose failure is told', async () => {
    const answer = JSON.stringify({ Version: 1, AccessKeyId: 'AKIAPROCESS', SecretAccessKey: 's' });
    writeFileSync(join(folder, 'answer'), answer);
    const profile = (command: string): string => `[profile p]\ncredential_process = ${command}\n`;
    const env = { AWS_PROFILE: 'p' };
    expect(await find(profile(`cat ${join(folder, 'answer')}`), env)).toEqual({
      key: 'AKIAPROCESS',
      source: 'profile p, credential_process',
    });
    // Keys in the config file come after it, and keys in the credentials file before it.
    const both = profile(`cat ${join(folder, 'answer')}`) + KEYS;
    expect(await find(both, env)).toMatchObject({ key: 'AKIAPROCESS' });
    expect(await find(both, env, { credentials: `[p]\n${KEYS}` })).toMatchObject({ key: 'AKIAPROFILE' });
    await expect(find(profile('echo no such user >&2 && exit 7'), env)).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'the credential_process of the profile p failed with exit code 7: no such user',
    });
    const source = `[profile r]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = p\n`;
    const failing = source + profile('echo no such vault >&2 && exit 3');
    await expect(find(failing, { AWS_PROFILE: 'r' })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'the credential_process of the profile p failed with exit code 3: no such vault',
    });
    await expect(find(profile('echo hello'), env)).rejects.toMatchObject({
      message: 'the credential_process of the profile p did not print JSON',
    });
  });

  it.each([
    [
      'sso',
      '[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = https://none.test\nsso_region = us-west-2\n',
      'aws sso login --profile p',
    ],
    ['login', '[profile p]\nlogin_session = arn:aws:iam::123456789012:user/none\n', 'aws login --profile p'],
  ])('name the command that signs in again: %s', async (_, config, command) => {
    await expect(find(config, { AWS_PROFILE: 'p' })).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
      message: expect.stringContaining('session of the profile p has expired or does not exist') as unknown,
      remedy: `sign in with \`${command}\``,
    });
  });

  it('ask for the code of an MFA device, or say that nobody can be asked', async () => {
    const config = `[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/jo\n[profile base]\n${KEYS}`;
    await expect(find(config, { AWS_PROFILE: 'p' })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('needs a code of the MFA device arn:aws:iam::1:mfa/jo') as unknown,
      remedy: expect.stringContaining('in a pipeline') as unknown,
    });
    const questions: string[] = [];
    const ask = (question: string): Promise<string> => {
      questions.push(question);
      return Promise.resolve('');
    };
    await expect(find(config, { AWS_PROFILE: 'p' }, { ask })).rejects.toMatchObject({
      message: 'no code was given for the MFA device arn:aws:iam::1:mfa/jo',
    });
    expect(questions).toEqual(['Code of the MFA device arn:aws:iam::1:mfa/jo for the profile p: ']);
  });

  describe('of roles', () => {
    const environment = { ...process.env };
    const asked: string[] = [];
    let server: Server;
    beforeEach(async () => {
      asked.length = 0;
      server = createServer((request, response) => {
        let body = '';
        request
          .on('data', (chunk: Buffer) => (body += chunk.toString()))
          .on('end', () => {
            const { authorization = '' } = request.headers;
            asked.push(`${request.url ?? ''} ${/Credential=(\w+)/.exec(authorization)?.[1] ?? ''} ${body}`);
            const text = request.url === '/container' ? JSON.stringify(CONTAINER) : ASSUMED;
            response.end(text);
          });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      process.env['AWS_ENDPOINT_URL_STS'] = url;
      process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${url}/container`;
    });
    afterEach(() => {
      process.env = { ...environment };
      server.closeAllConnections();
      server.close();
    });

    const role = '[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\n';
    const found = { key: 'ASIAROLE', source: 'profile p, role arn:aws:iam::123456789012:role/r' };

    it('are asked for with the code of an MFA device, once for all clients', async () => {
      const config = `${role}source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/jo\n[profile base]\n${KEYS}`;
      let questions = 0;
      const ask = (): Promise<string> => {
        questions += 1;
        return Promise.resolve(' 123456\n');
      };
      expect(await find(config, { AWS_PROFILE: 'p' }, { ask })).toEqual(found);
      expect(questions).toBe(1);
      expect(asked).toEqual([expect.stringMatching(/^\/ AKIAPROFILE .*TokenCode=123456/)]);
    });

    it('are asked for with those of a container, by credential_source', async () => {
      expect(await find(`${role}credential_source = EcsContainer\n`, { AWS_PROFILE: 'p' })).toEqual(found);
      expect(asked).toEqual([
        expect.stringMatching(/^\/container/),
        expect.stringMatching(/^\/ ASIACONTAINER .*Action=AssumeRole/),
      ]);
    });
  });

  it.each([
    [
      'role_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a',
      'leads in a circle: a → b → a',
    ],
    ['role_arn = r\nsource_profile = a', 'leads in a circle: a → a'],
    ['role_arn = r\nsource_profile = gone', 'names the source_profile gone, which does not exist'],
    ['role_arn = r', 'neither source_profile nor credential_source'],
  ])('name what is wrong with the roles of profiles: %j', async (lines, message) => {
    await expect(find(`[profile a]\n${lines}\n`, { AWS_PROFILE: 'a' })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining(message) as unknown,
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkAccount } from '../../src/workflow/accounts.ts';
import { target } from '../plan/plan-input.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const ACCOUNT = '123456789012';

describe('a target that names its account', () => {
  it('passes where it is that account, and asks nobody where it names none', async () => {
    await checkAccount({ ...target(), account: ACCOUNT }, () => Promise.resolve(ACCOUNT));
    await checkAccount(target(), () => Promise.reject(new Error('asked')));
  });

  it('is refused where it is another account, or where nothing tells', async () => {
    const elsewhere = checkAccount({ ...target(), account: ACCOUNT }, () => Promise.resolve('210987654321'));
    await expect(elsewhere).rejects.toMatchObject({
      code: 'ACCOUNT_MISMATCH',
      exitCode: 1,
      message: `target production is for account ${ACCOUNT}, and the credentials are for account 210987654321`,
      place: target().place,
    });
    const dark = { ...target(), account: ACCOUNT, endpoint: 'https://sms.internal' };
    await expect(checkAccount(dark, () => Promise.resolve(undefined))).rejects.toMatchObject({
      code: 'ACCOUNT_MISMATCH',
      message: expect.stringContaining(
        'it is not known which account is behind https://sms.internal',
      ) as unknown,
    });
  });

  it('is refused also if it cannot be found out', async () => {
    const failing = checkAccount({ ...target(), account: ACCOUNT }, () =>
      Promise.reject(new Error('no STS')),
    );
    await expect(failing).rejects.toThrow('no STS');
  });
});

describe('the account in the project file', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  const named = (account: string) =>
    PROJECT.replace('endpoint: local', `endpoint: local, account: "${account}"`);

  it('holds for the built-in endpoint, whose account is all zeros', async () => {
    world.write('landfall.yaml', named('000000000000'));
    const planned = await world.run('plan');
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('account 000000000000');

    world.write('landfall.yaml', named(ACCOUNT));
    for (const command of [
      ['plan'],
      ['apply', '--auto-approve'],
      ['status'],
      ['catalog', 'delete', '--auto-approve'],
    ]) {
      const { code, stdout, stderr } = await world.run(...command);
      expect({ command, code, stdout }).toEqual({ command, code: 1, stdout: '' });
      expect(stderr).toContain('ACCOUNT_MISMATCH');
    }
  });
});

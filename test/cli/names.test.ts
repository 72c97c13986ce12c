import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

/** Two VMs of one name in two vCenters, and VMs that are in no wave, one with spaces around its name. */
const INVENTORY = `VM,VM ID,VI SDK UUID,VI SDK Server,Folder,In Use MiB,SMS Server ID
jenkins,vm-1,A,vc-zrh,zrh,100,s-00000001
jenkins,vm-1,B,vc-gva,gva,100,s-00000002
billing,vm-2,B,vc-gva,gva,100,s-00000003
oracle-db,vm-3,A,vc-zrh,zrh,100,s-00000004
build\u00a0server,vm-4,A,vc-zrh,zrh,100,s-00000005
apps%2fshop,vm-5,A,vc-zrh,zrh,100,s-00000006
`;

let world: ScratchProject;
beforeEach(async () => {
  world = new ScratchProject({
    'waves/ci.yaml': wave('ci', [
      '{ name: jenkins, vmManagerId: A, vmId: vm-1 }',
      '{ serverId: s-00000002 }',
      '{ serverId: s-00000003 }',
    ]),
  });
  await world.loadInventory(INVENTORY);
});
afterEach(async () => {
  await world.dispose();
});

const ok = async (...argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await world.run(...argv);
  expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: '' });
  return stdout;
};

async function planned(...argv: readonly string[]): Promise<readonly string[]> {
  const { changes } = JSON.parse(await ok('plan', '--format', 'json', '--quiet', ...argv)) as {
    changes: { address: string; change: { actions: string[] } }[];
  };
  return changes.map(({ address, change }) => `${change.actions.join('+')} ${address}`);
}

describe('a VM that shares its name, or that its id names', () => {
  it('is shown by its name in every command, never by an id alone', async () => {
    await ok('apply', '--auto-approve', '--quiet');
    for (const command of ['plan --verbose', 'status', 'output']) {
      const text = await ok(...command.split(' '), '--quiet');
      for (const name of ['jenkins (vc-zrh)', 'jenkins (vc-gva)', 'billing']) expect(text).toContain(name);
      expect(text.replaceAll(/sms-job-\w+/g, '')).not.toMatch(/s-0000000/);
    }
    expect(await ok('describe', 'billing')).toMatch(/^ci\/billing\n/);
  });

  it('is named by its label wherever a command takes a VM', async () => {
    const label = 'jenkins (vc-gva)';
    expect(await planned('--vm', label)).toEqual(['create ci/s-00000002']);
    expect(await planned('--vm', 'ci/jenkins (vc-*)')).toHaveLength(2);
    expect(await planned('--vm', 'billing')).toEqual(['create ci/s-00000003']);
    expect(await ok('catalog', 'list', '--vm', label)).toContain('\n1 of 6 servers, ');
    await ok('apply', '--auto-approve', '--quiet', '--vm', label);
    expect(await planned('--vm', label, '--replace', `ci/${label}`)).toEqual(['delete+create ci/s-00000002']);
    expect(await ok('drift', '--quiet', '--vm', label)).toContain('No drift');
    world.now += 5 * 3_600_000;
    for (const command of ['status', 'describe', 'runs', 'output']) {
      const text = await ok(command, label);
      expect(text).not.toContain('vc-zrh');
    }
    expect((await world.run('run', label, '--auto-approve')).stdout).toContain(`ci/${label}`);
  });
});

describe('a name that no VM has', () => {
  it.each(['plan --vm', 'apply --replace', 'drift --vm', 'status', 'runs'])(
    'is compared with the catalogue by %s',
    async (command) => {
      const { code, stderr } = await world.run(...command.split(' '), 'oracl-db');
      expect(code).toBe(1);
      expect(stderr).toContain('did you mean oracle-db, which is in the catalogue and in no wave?');
    },
  );

  it.each([
    ['jenkns', 'did you mean jenkins?'],
    ['jenkins ', 'did you mean jenkins?'],
    ['"BILLING"', 'did you mean billing?'],
    ['ci/jenkins (vc-gwa)', 'did you mean ci/jenkins (vc-gva)?'],
    ['build server', 'did you mean build\u00a0server, which is in the catalogue and in no wave?'],
    ['apps/shop', 'did you mean apps%2fshop, which is in the catalogue and in no wave?'],
    ['oracle-db', 'the catalogue has it, and no wave does: add it to a wave file'],
  ])('%j gets a suggestion', async (name, remedy) => {
    for (const argv of [
      ['status', name],
      ['plan', '--vm', name],
    ])
      expect((await world.run(...argv)).stderr).toContain(remedy);
  });

  it.each(['s-00000009', 'ci/s-00000009', 'sms-job-1', 'vm-9', '12345'])('%s gets none', async (name) => {
    for (const argv of [
      ['status', name],
      ['plan', '--vm', name],
      ['catalog', 'list', '--vm', name],
    ])
      expect((await world.run(...argv)).stderr).not.toContain('did you mean');
  });
});

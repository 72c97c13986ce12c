import { describe, expect, it } from '@jest/globals';
import { onCleanup } from '../local/support.ts';
import { type FrontDoor, openFrontDoor } from '../providers/mgn/front-door.ts';
import { askMgn } from './jobs-of.ts';
import { ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';

const [, MGN] = SERVICES;
const HOUR = 3_600_000;

interface Action {
  readonly actionID: string;
  readonly actionName: string;
  readonly order: number;
  readonly [member: string]: unknown;
}
interface World {
  readonly world: ScratchProject;
  readonly door: FrontDoor;
  /** Writes the wave with this under `mgn.postLaunch`. */
  readonly write: (postLaunch: string, vms?: readonly string[]) => void;
  readonly apply: (...more: string[]) => Promise<string>;
  readonly plan: () => Promise<{ readonly code: number; readonly said: string }>;
  readonly list: () => Promise<readonly Action[]>;
  readonly byHand: (operation: string, input: object) => Promise<unknown>;
  /** The calls that change actions, documents or tags since the last look. */
  readonly changes: () => readonly string[];
}

const LINUX = '{ name: awsscrum-lnx1, os: rhel-7.3 }';

async function begin(more = ''): Promise<World> {
  const world = new ScratchProject();
  onCleanup(() => world.dispose());
  await world.useSmallInventory();
  await world.serve({});
  const door = await openFrontDoor(world.url);
  world.write('landfall.yaml', MGN.project(more).replace('endpoint: local', `endpoint: ${door.url}`));
  world.env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  await MGN.ready(world);
  const serverId = async (): Promise<string> => {
    const { items } = await askMgn<{ items: readonly { sourceServerID: string; tags: object }[] }>(
      world.url,
      'DescribeSourceServers',
      {},
    );
    return items.find(({ tags }) => 'landfall:project' in tags)?.sourceServerID ?? '';
  };
  const byHand = async (operation: string, input: object): Promise<unknown> =>
    askMgn(world.url, operation, { sourceServerID: await serverId(), ...input });
  const said = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
    `${stdout}${stderr}`.replace(/\s+/g, ' ');
  return {
    ...{ world, door, byHand },
    write(postLaunch, vms = [LINUX]) {
      const text = MGN.wave('w1', vms, ['phase: replicate']);
      world.write(
        'waves/w1.yaml',
        text.replace(/ {2}defaults: .*\n/, `  defaults: { mgn: { postLaunch: ${postLaunch} } }\n`),
      );
    },
    async apply(...flags) {
      const done = await world.run('apply', '--auto-approve', ...flags);
      expect([done.code, said(done)]).toEqual([0, expect.anything()]);
      world.now += HOUR;
      return said(done);
    },
    async plan() {
      const done = await world.run('plan');
      return { code: done.code, said: said(done) };
    },
    list: async () => ((await byHand('ListSourceServerActions', {})) as { items: readonly Action[] }).items,
    changes() {
      const calls = door.calls.splice(0).map(({ operation }) => operation);
      return calls.filter((one) => /Action$|^(Tag|Untag)Resource|^UpdateLaunch/.test(one));
    },
  };
}

const NOTHING = /[Nn]o changes|nothing to do/;
const harden = 'actionName: Harden, documentIdentifier: AWS-RunShellScript';
const actions = (...some: string[]) => `{ deployment: TEST_AND_CUTOVER, actions: [${some.join(', ')}] }`;

describe('post-launch actions of git on MGN', () => {
  it('are put on a server, changed one by one, restored where somebody changed them, and removed', async () => {
    const { write, apply, plan, list, byHand, changes } = await begin();
    write(
      actions(
        `{ ${harden}, order: 1001, mustSucceedForCutover: true, timeoutSeconds: 600, parameters: { commands: [one, two] } }`,
        '{ actionName: Patch it, documentIdentifier: AWS-RunPatchBaseline, order: 1002 }',
      ),
    );
    await apply();
    const made = await list();
    expect(made).toMatchObject([
      {
        ...{ actionName: 'Harden', order: 1001, active: true, mustSucceedForCutover: true },
        ...{ timeoutSeconds: 600, actionID: expect.stringMatching(/^landfall-/) as unknown },
        parameters: {
          commands: [
            { parameterName: 'one', parameterType: 'STRING' },
            { parameterName: 'two', parameterType: 'STRING' },
          ],
        },
      },
      { actionName: 'Patch it', order: 1002 },
    ]);
    expect((await plan()).said).toMatch(NOTHING);
    changes();
    expect(await apply()).toMatch(NOTHING);
    expect(changes()).toEqual([]);

    // Without mustSucceedForCutover it need not succeed any more; one action differs, and one is written.
    write(
      actions(
        `{ ${harden}, order: 1001, timeoutSeconds: 600 }`,
        '{ actionName: Patch it, documentIdentifier: AWS-RunPatchBaseline, order: 1002 }',
      ),
    );
    expect((await plan()).said).toContain('actions.Harden.mustSucceedForCutover');
    await apply();
    expect(changes()).toEqual(['PutSourceServerAction']);
    expect((await list())[0]).not.toHaveProperty('parameters');

    // Drift: somebody renames, deactivates and reorders.
    const [first] = await list();
    await byHand('PutSourceServerAction', { ...first, actionName: 'Mine', active: false, order: 1777 });
    expect((await plan()).said).toMatch(
      /actions\.Harden\.actionName.*actions\.Harden\.active.*Harden\.order/,
    );
    await apply();
    expect(await list()).toMatchObject([{ actionName: 'Harden', active: true, order: 1001 }, {}]);
    expect((await plan()).said).toMatch(NOTHING);

    write('{ deployment: TEST_AND_CUTOVER }');
    await byHand('PutSourceServerAction', {
      ...{
        actionID: 'by-hand',
        actionName: 'By hand',
        documentIdentifier: 'AWS-RunShellScript',
        order: 1500,
      },
    });
    changes();
    expect((await plan()).said).toContain('actions.Harden.documentIdentifier');
    await apply();
    expect(changes()).toEqual(['RemoveSourceServerAction', 'RemoveSourceServerAction', 'UntagResource']);
    expect(await list()).toMatchObject([{ actionName: 'By hand' }]);
    expect((await plan()).said).toMatch(NOTHING);
  });

  it('leave what was made by hand alone, take it over by name or id, and say whose order is taken', async () => {
    const { write, apply, plan, list, byHand } = await begin();
    write('{ deployment: TEST_AND_CUTOVER }');
    await apply();
    const mine = { actionID: 'hand-1', actionName: 'Mine', documentIdentifier: 'AWS-RunShellScript' };
    await byHand('PutSourceServerAction', { ...mine, order: 1001, description: 'of ops' });
    write(actions(`{ ${harden}, order: 1001 }`));
    const taken = await plan();
    expect([taken.code, taken.said]).toEqual([3, expect.stringContaining('launch.action')]);
    expect(taken.said).toMatch(/"Harden" has the order 1001, which action "Mine" on the server has/);
    write(
      actions(
        `{ ${harden}, order: 1002 }`,
        '{ actionName: Mine, documentIdentifier: AWS-RunShellScript, order: 1003 }',
      ),
    );
    await apply();
    expect(await list()).toMatchObject([
      { actionName: 'Harden', order: 1002 },
      { actionID: 'hand-1', actionName: 'Mine', order: 1003, description: 'of ops' },
    ]);
    // Git did not create it: it stays.
    write(actions(`{ ${harden}, order: 1002 }`));
    expect((await plan()).said).toMatch(NOTHING);
    write(
      actions(
        '{ actionID: hand-1, actionName: Renamed, documentIdentifier: AWS-RunShellScript, order: 1002 }',
        `{ ${harden}, order: 1003 }`,
      ),
    );
    // They exchange their orders.
    await apply();
    expect(await list()).toMatchObject([
      { actionID: 'hand-1', actionName: 'Renamed', order: 1002 },
      { actionName: 'Harden', order: 1003 },
    ]);
    expect((await plan()).said).toMatch(NOTHING);
  });

  it('are completed by the next apply wherever one is cut off', async () => {
    const text = actions(
      `{ ${harden}, order: 1001 }`,
      '{ actionName: B, documentIdentifier: AWS-RunPatchBaseline, order: 1002 }',
    );
    for (let calls = 1; ; calls += 3) {
      const { world, door, write, apply, plan, list } = await begin();
      write('{ deployment: TEST_AND_CUTOVER }');
      await apply();
      write(
        text.replace(
          'actions:',
          'ssmDocuments: [{ actionName: Doc, ssmDocumentName: AWS-RunShellScript }], actions:',
        ),
      );
      await plan();
      const before = door.calls.length;
      await plan();
      const looking = door.calls.length - before;
      door.closeAfter(looking + calls);
      const cut = await world.run('apply', '--auto-approve');
      door.closeAfter(Infinity);
      await apply();
      expect((await list()).map(({ actionName }) => actionName)).toEqual(['Harden', 'B']);
      write('{ deployment: TEST_AND_CUTOVER }');
      await apply();
      expect(await list()).toEqual([]);
      expect((await plan()).said).toMatch(NOTHING);
      if (cut.code === 0) break;
    }
  }, 60_000);

  it('are for the system that they name, and the launch template of the account has its own', async () => {
    const both = `{ ${harden}, order: 1001, operatingSystem: linux }, { actionName: Join, documentIdentifier: AWS-RunPowerShellScript, order: 1001, operatingSystem: windows }`;
    const inTarget = both.replaceAll('actionName: ', 'actionName: T-');
    const { world, write, apply, list, plan } = await begin();
    world.write(
      'landfall.yaml',
      world
        .read('landfall.yaml')
        .replace(
          'mgn: { replication',
          `mgn: { postLaunch: { deployment: TEST_AND_CUTOVER, actions: [${inTarget.replaceAll('1001, operatingSystem: w', '1003, operatingSystem: w').replaceAll('1001', '1002')}] }, replication`,
        ),
    );
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('post-launch actions of the template') as unknown,
    });
    write(`{ actions: [${both}] }`, [LINUX]);
    await apply();
    expect((await list()).map(({ actionName, order }) => [actionName, order])).toEqual([
      ['Harden', 1001],
      ['T-Harden', 1002],
    ]);
    expect((await plan()).said).toMatch(NOTHING);
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({ code: 0 });
  });

  it('are refused in the manifest, at their place, where AWS refuses them or they cannot succeed', async () => {
    const { world, write } = await begin();
    for (const [wrong, words] of [
      [
        actions(`{ ${harden}, order: 1001 }, { actionName: B, documentIdentifier: Doc, order: 1001 }`),
        'the same order, 1001',
      ],
      [
        actions(
          `{ ${harden}, order: 1001, actionID: x }, { actionName: B, documentIdentifier: Doc, order: 1002, actionID: x }`,
        ),
        'the same actionID, x',
      ],
      [
        actions(`{ ${harden}, order: 1001, active: false, mustSucceedForCutover: true }`),
        'must succeed, and is not active',
      ],
      [
        actions('{ actionName: W, documentIdentifier: AWS-InstallWindowsUpdates, order: 1001 }'),
        'is for windows, and the VM has',
      ],
      [
        '{ deployment: TEST_ONLY, ssmDocuments: [{ actionName: W, ssmDocumentName: AWS-InstallWindowsUpdates }] }',
        'is for windows',
      ],
      [actions(`{ ${harden}, order: 1 }`), 'order'],
      [actions(`{ ${harden}, order: 10001 }`), 'order'],
      [actions(`{ ${harden} }`), 'order'],
      [actions(`{ ${harden}, order: 1001, mustSucceedForCutOver: true }`), 'mustSucceedForCutover'],
      [actions(`{ ${harden}, order: 1001 }, { ${harden}, order: 1002 }`), 'Harden'],
      ['{ actions: [] }', 'actions'],
    ] as const) {
      write(wrong);
      const { code, stdout, stderr } = await world.run('validate');
      const said = `${stdout}${stderr}`.replace(/\s+/g, ' ');
      expect([wrong, code, said]).toEqual([wrong, expect.any(Number), expect.stringContaining(words)]);
      expect(said).toContain('waves/w1.yaml:');
      expect(code).not.toBe(0);
    }
    write(`{ actions: [{ ${harden}, order: 1001 }] }`);
    const off = await world.run('validate');
    expect([off.code, off.stdout]).toEqual([0, expect.stringContaining('launch.action-off')]);
    for (const [os, warned] of [
      ['rhel-6.9', true],
      ['rhel-7.3', false],
      ['Red Hat Enterprise Linux 6 (64-bit)', true],
      ['CentOS 4/5/6/7 (64-bit)', false],
      ['CentOS 5.11', true],
      ['Oracle Linux 6.10', true],
      ['Amazon Linux 2', false],
      ['Amazon Linux 1', true],
    ] as const) {
      write(actions(`{ ${harden}, order: 1001 }`), [`{ name: awsscrum-lnx1, os: "${os}" }`]);
      const { code, stdout } = await world.run('validate');
      expect([os, code, stdout.includes('launch.ssm-agent')]).toEqual([os, 0, warned]);
    }
    write(
      actions(
        '{ actionName: Join, documentIdentifier: AWS-JoinDirectoryServiceDomain, order: 1001, operatingSystem: windows }',
      ),
      ['{ name: awsscrum-lnx1, os: rhel-6.9 }', '{ name: awsscrum-win1, os: windows-server-2008-r2 }'],
    );
    const joined = (await world.run('validate')).stdout;
    expect(joined).toContain('launch.ssm-agent');
    expect(joined).toContain('on Windows Server 2008-r2');
    expect(joined).not.toContain('rhel');
    write(actions(`{ ${harden}, order: 1001, operatingSystem: linux }`), ['{ name: awsscrum-lnx1 }']);
    expect((await world.run('validate')).stdout.replace(/\s+/g, ' ')).toContain('the VM says no system');
  });

  it('of documents: one that git wrote and no longer names is removed, and another is left alone', async () => {
    const { write, apply, plan, byHand } = await begin();
    const documents = async () => {
      const { postLaunchActions } = (await byHand('GetLaunchConfiguration', {})) as {
        postLaunchActions: {
          ssmDocuments?: readonly { actionName: string; mustSucceedForCutover?: boolean }[];
        };
      };
      return (postLaunchActions.ssmDocuments ?? []).map(({ actionName }) => actionName);
    };
    const doc = (name: string) => `{ actionName: ${name}, ssmDocumentName: AWS-RunShellScript }`;
    write(`{ deployment: TEST_ONLY, ssmDocuments: [${doc('A')}, ${doc('B')}] }`);
    await apply();
    const mine = { actionName: 'Mine', ssmDocumentName: 'AWS-RunShellScript' };
    const now = (await byHand('GetLaunchConfiguration', {})) as {
      postLaunchActions: { ssmDocuments: object[] };
    };
    const { ssmDocuments } = now.postLaunchActions;
    await byHand('UpdateLaunchConfiguration', {
      postLaunchActions: { ...now.postLaunchActions, ssmDocuments: [...ssmDocuments, mine] },
    });
    expect((await plan()).said).toMatch(NOTHING);
    write(`{ deployment: TEST_ONLY, ssmDocuments: [${doc('B')}] }`);
    expect((await plan()).said).toContain('ssmDocuments.A.ssmDocumentName');
    await apply();
    expect(await documents()).toEqual(['B', 'Mine']);
    expect((await plan()).said).toMatch(NOTHING);
    write('{ deployment: TEST_ONLY }');
    await apply();
    expect(await documents()).toEqual(['Mine']);
    expect((await plan()).said).toMatch(NOTHING);
    // A git revert brings them back.
    write(`{ deployment: TEST_ONLY, ssmDocuments: [${doc('A')}] }`);
    await apply();
    expect(await documents()).toEqual(['Mine', 'A']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const [SMS, MGN] = SERVICES;

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: old
targets:
  old: { provider: sms, region: us-west-2, endpoint: local }
  new:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }
`;

const WAVE_ON_NEW = MGN.wave('new-01', [MGN.vm('p-payroll-web01')], ['target: new']);

interface PlanJson {
  readonly targets: { name: string; provider: string }[];
  readonly changes: { target: string; address: string; change: { actions: string[] } }[];
}

describe('a project with targets on both services, one of which is not set up', () => {
  it('says which, and what to type', async () => {
    const world = new ScratchProject({ 'landfall.yaml': PROJECT, 'waves/new.yaml': WAVE_ON_NEW });
    try {
      const { code, stdout } = await world.run('plan');
      expect(code).toBe(3);
      expect(stdout).toContain('  AWS MGN is not initialised in the region of target "new": it lists no');
      expect((await world.run('status')).stdout).toMatch(/p-payroll-web01 {2}not in catalog/);
      const [, typed = ''] = /run `landfall ([^`]+)`/.exec(stdout) ?? [];
      expect(await world.run(...typed.split(' '), '--auto-approve')).toMatchObject({ code: 0 });
      expect(await world.run('plan')).toMatchObject({ code: 0 });
    } finally {
      await world.dispose();
    }
  });
});

describe('a project with targets on both services, in one account', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': PROJECT,
      'waves/old.yaml': SMS.wave(
        'old-01',
        ['awsscrum-lnx1', 'awsscrum-lnx2'].map((name) => SMS.vm(name)),
      ),
      'waves/new.yaml': WAVE_ON_NEW,
    });
    expect(await world.run('mgn', 'init', 'new', '--auto-approve')).toMatchObject({ code: 0 });
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
  });
  afterEach(() => world.dispose());

  async function changes(...argv: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await world.run('plan', '--format', 'json', ...argv);
    const { changes: all } = JSON.parse(stdout) as PlanJson;
    return all
      .filter(({ change }) => change.actions[0] !== 'no-op')
      .map(({ target, address, change }) => `${target} ${change.actions.join()} ${address}`);
  }

  it('is planned, applied and looked at as one', async () => {
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    expect(await world.run('drift')).toMatchObject({ code: 0 });
    const { code, stdout } = await world.run('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/old old-01 {2}2 VMs: .*\n/);
    expect(stdout).toMatch(/new new-01 {2}1 VM: 1 seeding\n/);
    expect(stdout).toMatch(/NEXT RUN|RUN/);

    // Runs are of one service: the other is told apart, not passed over.
    expect(await world.run('run', 'awsscrum-lnx1', 'p-payroll-web01', '--auto-approve')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('target new') as unknown,
    });
    expect(await world.run('runs', 'awsscrum-lnx1')).toMatchObject({ code: 0 });
  });

  it('lets a wave change its service: the job goes, and the server starts', async () => {
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2'].map((name) => MGN.vm(name));
    world.write('waves/old.yaml', MGN.wave('old-01', vms, ['target: new']));
    const all = ['--target', '*', '--allow-empty'];
    expect(await changes(...all)).toEqual([
      'new create old-01/awsscrum-lnx1',
      'new create old-01/awsscrum-lnx2',
      'old delete old-01/awsscrum-lnx1',
      'old delete old-01/awsscrum-lnx2',
    ]);
    // On its own neither target touches what is the other's.
    expect(await changes('--target', 'new')).toEqual([
      'new create old-01/awsscrum-lnx1',
      'new create old-01/awsscrum-lnx2',
    ]);
    expect(await world.run('apply', '--auto-approve', ...all)).toMatchObject({ code: 0 });
    expect(await world.run('plan', '--detailed-exitcode', ...all)).toMatchObject({ code: 0 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;

interface DescriptionJson {
  readonly vm: { readonly stage: string; readonly outputs: readonly { of: string; id: string }[] };
  readonly phase: string | null;
  readonly server: { readonly server_id: string };
  readonly settings: readonly object[];
  readonly jobs: readonly { readonly id: string; readonly state: string; readonly runs: readonly object[] }[];
  readonly concerns: readonly { readonly id: string; readonly remedy?: string }[];
}

let world: ScratchProject;
afterEach(async () => {
  await world.dispose();
});

async function describeJson(name: string): Promise<DescriptionJson> {
  const { code, stdout, stderr } = await world.run('describe', name, '--format', 'json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as DescriptionJson;
}

describe('describe, on SMS', () => {
  beforeEach(async () => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    await world.run('apply', '--auto-approve');
    world.now += 5 * HOUR;
  });

  it('shows all of a VM on a page', async () => {
    const { code, stdout } = await world.run('describe', 'awsscrum-lnx1');
    expect(code).toBe(0);
    const page = stdout
      .replaceAll(/ami-\w{17}/g, 'AMI')
      .replaceAll(/sms-(run|job)-\w{8}/g, 'sms-$1-ID')
      .replaceAll(/09:\d\d:\d\d/g, '09:MM:SS')
      .replaceAll(/\b1 h \d+ min/g, '1 h N min')
      .replaceAll(/3 h \d+ min/g, '3 h N min')
      .replaceAll(/09:\d\d /g, '09:MM ');
    expect(page).toBe(`sdsc-01/awsscrum-lnx1
  stage           replicating
  next            its next replication (by AWS)
  recovery point  AMI, 3 h N min old (2026-11-23 09:MM:SS UTC)
  next run        2026-11-23 20:00 UTC
  deadline        2027-02-21 08:00 UTC, in 89 d 19 h: AWS ends the replication of the VM
  target          local (sms, us-west-2)
  wave            sdsc-01, phase replicate
  manifest        waves/sdsc-01.yaml:7:7
  name            awsscrum-lnx1
  path            /Datacenters/SDSC/vm/awsscrum-lnx1
  server          s-4e856027
  VM id           vm-188760
  vCenter         p-sdsc-vcenter1.xxxx.xxx (8DA3177D-A94E-4989-80E0-EE8A8A2E9586)

Evidence
  job sms-job-ID active

Outputs
  recovery point  ami  AMI  2026-11-23 09:MM:SS UTC

Settings
  encrypted                    false
  frequency                    12
  licenseType                  BYOL
  nextReplicationRunStartTime  2026-11-23 20:00 UTC
  numberOfRecentAmisToKeep     0
  roleName                     sms
  runOnce                      false
  seedReplicationTime          2026-11-23 08:00 UTC

Job sms-job-ID  active; project ucop, wave sdsc-01
  RUN               STATE      TYPE       SCHEDULED (UTC)   COMPLETED (UTC)   DURATION    AMI
  sms-run-ID  pending    automatic  2026-11-23 20:00
  sms-run-ID  completed  automatic  2026-11-23 08:00  2026-11-23 09:MM  1 h N min  AMI
`);
  });

  it('shows settings that differ on both sides, and concerns with their fixes', async () => {
    world.write(
      'waves/sdsc-01.yaml',
      wave('sdsc-01', ['{ name: awsscrum-lnx1, frequency: 6, os: rhel-7.3, licenseType: AWS }']),
    );
    const { stdout } = await world.run('describe', 's-4e856027');
    expect(stdout).toMatch(/\n {2}frequency +12 in AWS, 6 in the manifest\n/);
    expect(stdout).toMatch(/\ncritical licence\.linux-aws\n.*\n {2}fix: /);
    const { settings, concerns } = await describeJson('s-4e856027');
    expect(settings).toContainEqual({ name: 'frequency', desired: 6, observed: 12, differs: true });
    expect(settings).toContainEqual(expect.objectContaining({ name: 'roleName', differs: false }));
    expect(concerns).toContainEqual(
      expect.objectContaining({
        id: 'licence.linux-aws',
        severity: 'critical',
        file: 'waves/sdsc-01.yaml',
        remedy: expect.any(String) as unknown,
      }),
    );
  });

  it('shows the history of all jobs of a VM, deleted ones too', async () => {
    const [first] = (await describeJson('awsscrum-lnx1')).jobs;
    await world.run('apply', '--auto-approve', '--replace', 'sdsc-01/awsscrum-lnx1');
    world.now += 5 * HOUR;
    const { jobs, vm } = await describeJson('awsscrum-lnx1');
    expect(jobs.map(({ state }) => state)).toEqual(['active', 'deleted']);
    expect(jobs[1]).toMatchObject({
      id: first?.id,
      owner: { project: 'ucop', wave: 'sdsc-01' },
      runs: [{}, { ami_id: expect.stringMatching(/^ami-/) as unknown }],
    });
    expect(vm.stage).toBe('replicating');
    const { stdout } = await world.run('describe', 'awsscrum-lnx1');
    expect(stdout.match(/^Job sms-job-\w+ {2}.*$/gm)).toEqual([
      expect.stringContaining('  active; project ucop'),
      expect.stringContaining('  deleted; project ucop'),
    ]);
  });

  it('describes a VM that is in no manifest, and one that the account does not know', async () => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: p-typo01 }']));
    expect((await world.run('describe', 'sdsc-01/awsscrum-lnx1')).stdout).toContain(
      '\n  manifest        none\n',
    );
    const { vm, server, concerns } = await describeJson('p-typo01');
    expect({ stage: vm.stage, server }).toEqual({ stage: 'not-in-catalog', server: null });
    expect(concerns.map(({ id }) => id)).toEqual(['vm.unknown']);
  });

  it('refuses a name that fits several VMs, and lists them; a glob or a wave that fits one is no problem', async () => {
    expect((await describeJson('sdsc-01')).server.server_id).toBe('s-4e856027');
    expect((await describeJson('*lnx1')).server.server_id).toBe('s-4e856027');
    world.write(
      'waves/sdsc-01.yaml',
      wave('sdsc-01', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }']),
    );
    expect(await world.run('describe', 'sdsc-01')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'fits 2 VMs: sdsc-01/awsscrum-lnx1, sdsc-01/awsscrum-lnx2\n  fix: give sdsc-01/awsscrum-lnx1 or sdsc-01/awsscrum-lnx2\n',
      ) as unknown,
    });
    expect(await world.run('describe', 'awsscrum-lnx9')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean awsscrum-lnx1?') as unknown,
    });
  });
});

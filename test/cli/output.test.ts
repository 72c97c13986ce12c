import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const [SMS, MGN] = SERVICES;

interface OutputJson {
  readonly kind: string;
  readonly id: string;
  readonly at: string | null;
}
interface VmJson {
  readonly address: string;
  readonly stage: string;
  readonly server_id: string;
  readonly cutover: OutputJson | null;
  readonly test: OutputJson | null;
  readonly recovery_point: (Omit<OutputJson, 'id'> & { id: string | null; overdue: boolean }) | null;
}

let world: ScratchProject;
afterEach(async () => {
  await world.dispose();
});

async function outputs(...argv: readonly string[]): Promise<readonly VmJson[]> {
  const { code, stdout, stderr } = await world.run('output', ...argv, '--format', 'json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { vms: VmJson[] }).vms;
}

async function output(...argv: readonly string[]): Promise<VmJson> {
  const [vm, ...more] = await outputs(...argv);
  if (vm === undefined || more.length > 0) throw new Error(`${1 + more.length} VMs`);
  return vm;
}

/** The address that a name of any kind leads to, by each command that takes one. */
async function addressesOf(id: string): Promise<readonly string[]> {
  const status = await world.run('status', id, '--format', 'json');
  const described = await world.run('describe', id, '--format', 'json');
  const { vms } = JSON.parse(status.stdout) as { vms: { address: string }[] };
  const { vm } = JSON.parse(described.stdout) as { vm: { address: string } };
  return [...vms, vm, ...(await outputs(id))].map(({ address }) => address);
}

const AMI = expect.stringMatching(/^ami-\w{17}$/) as unknown;
const TIME = expect.stringMatching(/^2026-11-\d\dT\d\d:\d\d:\d\dZ$/) as unknown;

describe('output, on SMS', () => {
  function setPhase(phase: string): void {
    const vms = [SMS.vm('awsscrum-lnx1'), SMS.vm('awsscrum-lnx2')];
    world.write('waves/sdsc-01.yaml', SMS.wave('sdsc-01', vms.slice(0, 1), [`phase: ${phase}`]));
    world.write('waves/sdsc-02.yaml', SMS.wave('sdsc-02', vms.slice(1)));
  }
  beforeEach(async () => {
    world = new ScratchProject({ 'landfall.yaml': SMS.project() });
    setPhase('replicate');
    await world.run('apply', '--auto-approve');
  });

  it('names the AMI of the cut-over, after finalize too, and the VM is found by it', async () => {
    expect(await output('awsscrum-lnx1')).toMatchObject({ cutover: null, test: null, recovery_point: null });
    world.now += 5 * HOUR;
    const before = await output('awsscrum-lnx1');
    expect(before).toMatchObject({
      ...{ address: 'sdsc-01/awsscrum-lnx1', wave: 'sdsc-01', region: 'us-west-2', name: 'awsscrum-lnx1' },
      ...{ stage: 'replicating', server_id: 's-4e856027', cutover: null, test: null },
      recovery_point: { kind: 'ami', id: AMI, at: TIME, overdue: false },
    });
    setPhase('cutover');
    await world.run('apply', '--auto-approve');
    world.now += 5 * HOUR;
    const cutOver = await output('--wave', 'sdsc-01');
    expect(cutOver).toMatchObject({ stage: 'cut-over', cutover: { kind: 'ami', id: AMI, at: TIME } });
    expect(cutOver.cutover?.id).not.toBe(before.recovery_point?.id);
    setPhase('finalize');
    await world.run('apply', '--auto-approve', '--confirm-finalize', 'sdsc-01');
    world.now += HOUR;
    const finalized = await output('--wave', 'sdsc-01');
    expect(finalized).toMatchObject({ stage: 'finalized', cutover: cutOver.cutover });
    for (const id of [cutOver.cutover?.id ?? '', before.recovery_point?.id ?? '']) {
      expect([id, await addressesOf(id)]).toEqual([id, Array(3).fill('sdsc-01/awsscrum-lnx1')]);
    }
    const runs = await world.run('runs', 'awsscrum-lnx1');
    expect(runs.stdout).toMatch(/^sms-job-\w{8} {2}\S+ {2}deleted\n/);
    expect(runs.stdout).toContain(cutOver.cutover?.id ?? '-');
    const page = (await world.run('describe', 'awsscrum-lnx1')).stdout;
    expect(page).toMatch(/\n {2}stage +finalized: ami-/);
    expect(page).toMatch(/\n\nOutputs\n {2}cutover +ami +ami-/);
  });

  it('finds a VM that was migrated and taken out of the manifests, if it is asked for', async () => {
    world.now += 5 * HOUR;
    setPhase('finalize');
    await world.run('apply', '--auto-approve');
    world.now += 5 * HOUR;
    await world.run('apply', '--auto-approve', '--confirm-finalize', 'sdsc-01');
    const before = await output('--wave', 'sdsc-01');
    expect(before).toMatchObject({ stage: 'finalized', cutover: { id: AMI } });
    world.remove('waves/sdsc-01.yaml');
    expect((await outputs()).map(({ address }) => address)).toEqual(['sdsc-02/awsscrum-lnx2']);
    expect(await output('sdsc-01/awsscrum-lnx1')).toEqual(before);
    expect(await addressesOf(before.cutover?.id ?? '')).toEqual(Array(3).fill('sdsc-01/awsscrum-lnx1'));
    expect((await world.run('status')).stdout).not.toContain('awsscrum-lnx1');
    expect((await world.run('describe', 'awsscrum-lnx1')).stdout).toMatch(
      /^sdsc-01\/awsscrum-lnx1\n {2}stage +finalized: ami-[^]*\n {2}manifest +none\n[^]*\nJob sms-job-\w+ {2}deleted;/,
    );
  });

  it('is a table, and CSV with a header', async () => {
    world.now += 5 * HOUR;
    const { stdout } = await world.run('output');
    expect(stdout).toMatch(
      /^VM +STAGE +RECOVERY POINT +AGE\nsdsc-01\/awsscrum-lnx1 +replicating +ami-\w{17} +3 h \d+ min\nsdsc-02\/.*\n\n2 VMs, 0 with a cut-over\.\n$/,
    );
    const csv = await world.run('output', 'sdsc-02', '--format', 'csv');
    expect(csv).toMatchObject({ code: 0, stderr: '' });
    const [vm] = await outputs('sdsc-02');
    const point = vm?.recovery_point;
    expect(parse(csv.stdout, { columns: true })).toEqual([
      {
        ...{ address: 'sdsc-02/awsscrum-lnx2', target: 'local', region: 'us-west-2' },
        ...{ cutover_private_ip: '', test_private_ip: '' },
        ...{ account: '000000000000', wave: 'sdsc-02', name: 'awsscrum-lnx2', server_id: vm?.server_id },
        ...{ stage: 'replicating', cutover_kind: '', cutover_id: '', cutover_at: '' },
        ...{ test_kind: '', test_id: '', test_at: '' },
        ...{ recovery_point_kind: 'ami', recovery_point_id: point?.id, recovery_point_at: point?.at },
      },
    ]);
  });

  it('is narrowed by wave and name, which must fit', async () => {
    expect((await outputs('--wave', 'sdsc-*')).map(({ address }) => address)).toEqual([
      'sdsc-01/awsscrum-lnx1',
      'sdsc-02/awsscrum-lnx2',
    ]);
    expect(await outputs('--wave', 'sdsc-02', 'awsscrum-lnx1')).toEqual([]);
    expect(await world.run('output', '--wave', 'sdsc-3')).toMatchObject({ code: 1, stdout: '' });
    expect((await world.run('output', 'lnx9')).stderr).toContain('no wave, VM or job is named "lnx9"');
  });
});

describe('output, on MGN', () => {
  function setPhase(phase: string): void {
    const wave = MGN.wave('sdsc-01', [MGN.vm('awsscrum-lnx1')], [`phase: ${phase}`]);
    world.write('waves/sdsc-01.yaml', wave);
  }
  async function arrive(...argv: readonly string[]): Promise<void> {
    for (let round = 0; round < 8; round += 1) {
      expect(await world.run('apply', '--auto-approve', ...argv)).toMatchObject({ code: 0 });
      world.now += HOUR;
    }
  }

  it('names the instances of the test and of the cut-over, after finalize too', async () => {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    await world.serve({});
    await world.useSmallInventory();
    await MGN.ready(world);
    setPhase('test');
    await arrive();
    const INSTANCE = expect.stringMatching(/^i-\w{17}$/) as unknown;
    const tested = await output();
    expect(tested).toMatchObject({
      ...{ address: 'sdsc-01/awsscrum-lnx1', stage: 'testing', cutover: null },
      test: { kind: 'instance', id: INSTANCE, at: TIME },
      recovery_point: { kind: 'snapshot', id: null, at: TIME, overdue: false },
    });
    expect(await addressesOf(tested.test?.id ?? '')).toEqual(Array(3).fill('sdsc-01/awsscrum-lnx1'));

    setPhase('finalize');
    await arrive('--confirm-revert', 'sdsc-01', '--confirm-finalize', 'sdsc-01');
    const finalized = await output();
    expect(finalized).toMatchObject({
      // The instance of the test has ended, and is named for those who look for it.
      ...{ stage: 'finalized', test: { kind: 'instance', id: INSTANCE, at: TIME } },
      cutover: { kind: 'instance', id: INSTANCE, at: TIME },
    });
    expect(finalized.cutover?.id).not.toBe(tested.test?.id);
    const { stdout } = await world.run('describe', 'awsscrum-lnx1');
    const launches = stdout.match(/\bmgnjob-\w{17}\b/g) ?? [];
    expect(new Set(launches).size).toBe(2);
    const hostName = 'awsscrum-lnx1.sdsc.xxxx.xxx';
    for (const id of [finalized.cutover?.id ?? '', hostName, ...launches]) {
      expect([id, await addressesOf(id)]).toEqual([id, Array(3).fill('sdsc-01/awsscrum-lnx1')]);
    }
    expect(stdout).toMatch(/\nJob s-\w{17} {2}completed; project ucop, wave sdsc-01\n[^]*cut-over finalized/);
  });
});

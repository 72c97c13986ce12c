import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface VmJson {
  readonly address: string;
  readonly listed: boolean;
  readonly job: { id: string; state: string } | null;
  readonly run: { state: string; stage?: string } | null;
  readonly last_run: { state: string; ami_id?: string } | null;
  readonly next_run_at?: string;
  readonly latest_ami_id?: string;
  readonly days_left?: number;
  readonly concerns: { id: string }[];
}

let world: World;
beforeEach(() => {
  world = new World({
    'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }']),
  });
});
afterEach(async () => {
  await world.dispose();
});

async function vms(...argv: readonly string[]): Promise<readonly VmJson[]> {
  const { stdout } = await world.run('status', '--format', 'json', ...argv);
  return (JSON.parse(stdout) as { vms: VmJson[] }).vms;
}

describe('status', () => {
  it('follows a VM from no job to its first AMI', async () => {
    expect(await vms()).toMatchObject([{ job: null, run: null, last_run: null, listed: true }, {}]);
    await world.run('apply', '--auto-approve');
    expect((await vms())[0]).toMatchObject({
      address: 'sdsc-01/awsscrum-lnx1',
      job: { state: 'active' },
      run: { state: 'active', stage: 'Uploading', progress: '0%' },
      next_run_at: '2026-11-23T20:00:00Z',
      deadlines: [{ kind: 'lifetime' }],
      concerns: [],
    });

    world.now += 25 * HOUR;
    const [web] = await vms();
    expect(web).toMatchObject({ last_run: { state: 'completed' } });
    expect(web?.latest_ami_id).toBe(web?.last_run?.ami_id);

    const { stdout } = await world.run('status');
    expect(stdout).toMatch(/^ +VM +STAGE .* NEXT/);
    expect(stdout).toMatch(/\nsdsc-01 {2}2 VMs: 2 replicating.*\n {2}awsscrum-lnx1 +replicating /);
  });

  it('marks what is in no manifest, and says what is wrong', async () => {
    await world.run('apply', '--auto-approve');
    world.write('waves/sdsc-01.yaml', wave('sdsc-02', ['{ name: awsscrum-lnx1 }', '{ name: nobody }']));
    expect((await vms()).map(({ address, listed, concerns }) => [address, listed, concerns[0]?.id])).toEqual([
      ['sdsc-01/awsscrum-lnx2', false, undefined],
      ['sdsc-02/awsscrum-lnx1', true, undefined],
      ['sdsc-02/nobody', true, 'vm.unknown'],
    ]);
    const { stdout } = await world.run('status');
    expect(stdout).toMatch(/awsscrum-lnx2 .* in no manifest\n/);
    expect(stdout).toMatch(/critical vm\.unknown\n {2}waves\/sdsc-01\.yaml:8:\d+: sdsc-02\/nobody/);
  });

  it('does not show jobs of others, unless one is named', async () => {
    await world.run('apply', '--auto-approve');
    const [first] = await vms();
    world.write('landfall.yaml', world.read('landfall.yaml').replace('name: ucop', 'name: ucsd'));
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: awsscrum-lnx2 }']));
    expect(await vms()).toMatchObject([
      { address: 'sdsc-01/awsscrum-lnx2', concerns: [{ id: 'job.unmanaged' }] },
    ]);
    expect(await vms(first?.job?.id ?? '')).toMatchObject([{ address: 'awsscrum-lnx1', listed: false }]);
    expect((await world.run('status', 'awsscrum-lnx1')).stdout).toContain('\njobs of others\n');
  });

  it('takes waves, VMs, servers and jobs, by name or glob', async () => {
    await world.run('apply', '--auto-approve');
    const [, second] = await vms();
    for (const name of [
      'awsscrum-lnx2',
      'sdsc-01/awsscrum-lnx2',
      '*lnx2',
      second?.job?.id ?? '',
      's-b45b20eb',
    ]) {
      expect((await vms(name)).map(({ address }) => address)).toEqual(['sdsc-01/awsscrum-lnx2']);
    }
    expect(await vms('sdsc-*')).toHaveLength(2);
    expect(await world.run('status', 'sdcs-01')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean sdsc-01?') as unknown,
    });
  });
});

describe('status --watch', () => {
  it('tells of changes, a line each, until every run has ended', async () => {
    await world.run('apply', '--auto-approve');
    const { code, stdout } = await world.run('status', '--watch', '--interval', '10m');
    expect(code).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('sdsc-01/awsscrum-lnx1'));
    expect(lines).toEqual([
      expect.stringMatching(/: run sms-run-\w{8} is active: Uploading 0%$/),
      expect.stringMatching(/: run sms-run-\w{8} is active: Converting \d+%$/),
      expect.stringMatching(/: run sms-run-\w{8} completed after 1 h \d+ min: ami-\w{17}$/),
      'sdsc-01/awsscrum-lnx1: replicating',
    ]);
    expect(stdout).toMatch(/\nsdsc-01 {2}2 VMs: 2 replicating\n/);
  });

  it('does not wait for a run that is hours away', async () => {
    await world.run('apply', '--auto-approve');
    world.now += 6 * HOUR;
    const began = world.now;
    expect(await world.run('status', '--watch')).toMatchObject({ code: 0 });
    expect(world.now).toBe(began);
  });

  it('looks every ten seconds, until the user has seen enough', async () => {
    await world.run('apply', '--auto-approve');
    let sleeps = 0;
    const began = world.now;
    world.onSleep = () => {
      sleeps += 1;
      if (sleeps === 3) world.interrupt();
    };
    expect(await world.run('status', '--watch')).toMatchObject({ code: 0 });
    expect(world.now - began).toBe(30_000);
  });

  it('draws in place on a terminal, and leaves the whole status', async () => {
    await world.run('apply', '--auto-approve');
    Object.assign(world, { terminal: true, rows: 5, env: { NO_COLOR: '1' } });
    const { stdout } = await world.run('status', '--watch', '--interval', '20m');
    const frames = stdout.split('\u001b[?7l').slice(1);
    expect(frames.length).toBeGreaterThan(3);
    expect(frames[0]).toContain('[..........] Uploading 0%');
    // Each frame but the first goes up over the one before, of four lines at most.
    for (const frame of frames.slice(1)) expect(frame.replace('\u001b', '^')).toMatch(/^\r\^\[[1-4]A/);
    const left = stdout.slice(stdout.lastIndexOf('\u001b[J') + 3);
    expect(left).toMatch(/^ +VM [^]*awsscrum-lnx1[^]*awsscrum-lnx2/);
    expect(left).not.toContain('\u001b');
  });

  it('is a stream of states as JSON', async () => {
    await world.run('apply', '--auto-approve');
    const { stdout } = await world.run('status', '--watch', '--interval', '30m', '--format', 'json');
    const states = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { vms: VmJson[] }).vms);
    expect(states.length).toBeGreaterThan(2);
    expect(states[0]?.[0]?.run).not.toBeNull();
    expect(states.at(-1)?.every(({ run }) => run === null)).toBe(true);
  });

  it.each(['10', '0s', 'soon'])('does not take %s for an interval', async (interval) => {
    expect(await world.run('status', '--watch', '--interval', interval)).toMatchObject({ code: 1 });
  });
});

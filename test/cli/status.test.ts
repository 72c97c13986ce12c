import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

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
  readonly concerns: { id: string }[];
}

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({
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
      run: { state: 'active', stage: 'Preparing', progress: '0%' },
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

describe('status, narrowed', () => {
  beforeEach(async () => {
    world.write('waves/sdsc-02.yaml', wave('sdsc-02', ['{ name: awsscrum-win1 }', '{ name: nobody }']));
    await world.run('apply', '--auto-approve');
  });

  it('is to waves, stages and problems, in text and JSON', async () => {
    const addresses = async (...argv: readonly string[]) =>
      (await vms(...argv)).map(({ address }) => address);
    expect(await addresses('--wave', 'sdsc-02')).toEqual(['sdsc-02/awsscrum-win1', 'sdsc-02/nobody']);
    expect(await addresses('--stage', 'seeding', '--wave', '*-02')).toEqual(['sdsc-02/awsscrum-win1']);
    expect(await addresses('--problems')).toEqual(['sdsc-02/nobody']);
    const { stdout } = await world.run('status', '--stage', 'not in catalog');
    expect(stdout).toMatch(/\n1 of 4 VMs: 1 not in catalog; 1 needs a person\n$/);
    expect((await world.run('status', '--stage', 'lost')).stdout).toBe('None of 4 VMs matches.\n');
  });

  it('suggests what a misspelt stage or wave may mean', async () => {
    expect((await world.run('status', '--stage', 'seedin')).stderr).toContain('did you mean seeding?');
    expect((await world.run('status', '--wave', 'sdcs-02')).stderr).toContain('did you mean sdsc-02?');
  });

  it('exits with 2 for a problem only if asked to', async () => {
    const code = async (...argv: readonly string[]) => (await world.run('status', ...argv)).code;
    expect(await code()).toBe(0);
    expect(await code('--exit-code')).toBe(2);
    expect(await code('--exit-code', '--wave', 'sdsc-01')).toBe(0);
  });

  it('lists what is not ready for a phase, and exits with 1', async () => {
    const tonight = await world.run('status', '--not-ready', 'cutover');
    expect(tonight).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('4 of 4 VMs are not ready for cutover.\n') as unknown,
    });
    expect(tonight.stdout).toMatch(/\n {2}nobody +not in catalog\n {4}- .*no VM with name "nobody"/);
    world.now += 6 * HOUR;
    expect(await world.run('status', '--not-ready', 'cutover', '--wave', 'sdsc-01')).toMatchObject({
      code: 0,
      stdout: 'All 2 VMs are ready for cutover.\n',
    });
    expect(await vms('--not-ready', 'cutover')).toMatchObject([
      { address: 'sdsc-02/nobody', not_ready: [expect.any(String)] },
    ]);
  });

  it('is what --watch shows, until no run of those VMs is left', async () => {
    const flags = ['--watch', '--interval', '30m', '--format', 'json', '--stage', 'seeding'];
    const { code, stdout } = await world.run('status', ...flags);
    const counts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { summary: { vms: number } }).summary.vms);
    expect(code).toBe(0);
    expect([counts[0], counts.at(-1)]).toEqual([3, 0]);
  });

  it.each([['status'], ['plan'], ['connectors', 'list'], ['catalog', 'list']])(
    'fits a terminal, and is whole in a pipe: %s',
    async (...argv) => {
      const widest = async () =>
        Math.max(...(await world.run(...argv)).stdout.split('\n').map((line) => line.length));
      expect(await widest()).toBeGreaterThan(100);
      Object.assign(world, { terminal: true, env: { NO_COLOR: '1' } });
      expect(await widest()).toBeLessThanOrEqual(100);
    },
  );
});

describe('status --watch', () => {
  it('tells of changes, a line each, until every run has ended', async () => {
    await world.run('apply', '--auto-approve');
    const { code, stdout } = await world.run('status', '--watch', '--interval', '10m');
    expect(code).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('sdsc-01/awsscrum-lnx1'));
    expect(lines).toEqual([
      expect.stringMatching(/: run sms-run-\w{8} is active: Preparing 0%$/),
      expect.stringMatching(/: run sms-run-\w{8} is active: Uploading \d+%$/),
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
    expect(frames[0]).toContain('[..........] Preparing 0%');
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

describe('the formats of status, output and forecast', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    await world.run('apply', '--auto-approve');
  });
  afterEach(() => world.dispose());

  it.each([
    [
      'status',
      'csv',
      /^address,target,wave,listed.*\nsdsc-01\/awsscrum-lnx1,local,sdsc-01,true,s-\w+,seeding/,
    ],
    ['status', 'markdown', /^1 VM: 1 seeding\.\n\n\| WAVE \| TARGET .*\n\| `sdsc-01` \| `awsscrum-lnx1` \|/s],
    ['status', 'prometheus', /\nlandfall_cap_active\{target="local",wave="",of="replications"\} 1\n/],
    ['output', 'csv', /^address,.*\nsdsc-01\/awsscrum-lnx1,local,/],
    ['output', 'markdown', /^1 VM, 0 with a cut-over\.\n\n\| VM \| STAGE \|\n/],
    ['forecast', 'csv', /^address,.*\nsdsc-01\/awsscrum-lnx1,local,sdsc-01,replicate,/],
    ['forecast', 'markdown', /^Forecast of ucop from .*\n\| `sdsc-01` \| replicate \| `2026-11-23`/s],
  ])('landfall %s --format %s', async (command, format, text) => {
    const { code, stdout, stderr } = await world.run(command, '--format', format);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(text);
  });

  it('leave out the concerns of other waves in a forecast of some', async () => {
    const late = ['phase: cutover', "cutover: { at: '2026-11-23T09:00:00', duration: 1h, timeZone: UTC }"];
    world.write('waves/late.yaml', wave('late', ['{ name: awsscrum-lnx2 }'], late));
    expect((await world.run('forecast')).stdout).toContain('wave late may not be ready');
    expect((await world.run('forecast', 'sdsc-01')).stdout).not.toContain('wave late');
    expect((await world.run('forecast', 'late')).stdout).toContain('wave late may not be ready');
  });

  it('are whole, so that --watch goes only with those that can be updated', async () => {
    const { code, stdout, stderr } = await world.run('status', '--watch', '--format', 'csv');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('USAGE  --watch does not go with --format csv');
  });

  it('has the reasons of VMs that are not ready', async () => {
    const { code, stdout } = await world.run('status', '--not-ready', 'cutover', '--format', 'markdown');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1 of 1 VM not ready for cutover\.\n.*\| NOT READY \|/s);
  });
});

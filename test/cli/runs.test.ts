import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, relayedWorld } from './relayed.ts';
import { wave, ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';

const HOUR = 3_600_000;
const VMS = ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }'];

interface RunsJson {
  readonly job_id: string;
  readonly job: { state: string } | null;
  readonly runs: { id: string; state: string; type: string; ami_id?: string; description?: string }[];
}
interface RunJson {
  readonly results: { address: string; status: string; reason?: string; run?: { state: string } }[];
  readonly summary: Record<string, number>;
}

let world: ScratchProject;
beforeEach(async () => {
  world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', VMS) });
  await world.run('apply', '--auto-approve');
});
afterEach(async () => {
  await world.dispose();
});

async function runs(name: string): Promise<RunsJson> {
  const { stdout } = await world.run('runs', name, '--format', 'json');
  return JSON.parse(stdout) as RunsJson;
}

async function start(...argv: readonly string[]): Promise<RunJson & { code: number }> {
  const { code, stdout } = await world.run('run', ...argv, '--auto-approve', '--format', 'json');
  return { code, ...(JSON.parse(stdout) as RunJson) };
}

describe('runs', () => {
  it('shows them as the founding document does, the last first', async () => {
    world.now += 13 * HOUR;
    const { code, stdout } = await world.run('runs', 'awsscrum-lnx1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sms-job-\w{8} {2}sdsc-01\/awsscrum-lnx1 {2}active\n\nRUN +STATE +TYPE /);
    expect(stdout.match(/\nsms-run-.*/g)).toEqual([
      expect.stringMatching(/ pending +automatic +2026-11-24 08:00$/),
      expect.stringMatching(
        / completed +automatic +2026-11-23 20:00 +2026-11-23 \d\d:\d\d +\d+ min \d+ s +ami-\w{17}$/,
      ),
      expect.stringMatching(
        / completed +automatic +2026-11-23 08:00 +2026-11-23 \d\d:\d\d +1 h \d+ min +ami-\w{17}$/,
      ),
    ]);
  });

  it('takes a job’s id, even after its deletion', async () => {
    const { job_id: id } = await runs('sdsc-01/awsscrum-lnx1');
    expect(await runs(id)).toEqual(await runs('s-4e856027'));
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS.slice(1)));
    await world.run('apply', '--auto-approve', '--force=deletes');
    world.now += HOUR;
    expect(await runs(id)).toMatchObject({ job: null, runs: [{ state: 'deleted' }, { state: 'deleted' }] });
  });

  it('are those of deleted jobs too, and a VM is found by what its jobs have made', async () => {
    world.now += 5 * HOUR;
    const before = await runs('awsscrum-lnx1');
    await world.run('apply', '--auto-approve', '--replace', 'sdsc-01/awsscrum-lnx1');
    world.now += 5 * HOUR;
    const after = await runs('awsscrum-lnx1');
    expect(after).toMatchObject({
      job: { state: 'active' },
      jobs: [
        { id: after.job_id, state: 'active', runs: [{}, { ami_id: expect.any(String) as unknown }] },
        { id: before.job_id, state: 'deleted', runs: [{}, { ami_id: before.runs[1]?.ami_id }] },
      ],
    });
    expect((await world.run('runs', 'awsscrum-lnx1')).stdout).toMatch(
      /^sms-job-\w{8} {2}\S+ {2}active\n[^]*\n\nsms-job-\w{8} {2}\S+ {2}deleted\n[^]*\n4 runs of 2 jobs\.\n$/,
    );
    const [, run] = before.runs;
    for (const id of [run?.id ?? '', run?.ami_id ?? '']) expect([id, await runs(id)]).toEqual([id, after]);
    for (const id of [before.job_id, run?.ami_id ?? '', after.runs[1]?.ami_id ?? '']) {
      const { stdout } = await world.run('status', id, '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({ vms: [{ address: 'sdsc-01/awsscrum-lnx1' }] });
      expect((await world.run('describe', id)).stdout).toMatch(/^sdsc-01\/awsscrum-lnx1\n/);
    }
    const unknown = await world.run('status', 'ami-00000000000000000');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('no wave, VM or job is named "ami-00000000000000000"');
  });

  it.each([
    ['awsscrum-lnx9', 'did you mean awsscrum-lnx1?'],
    ['sms-job-00000000', 'sms-job-'],
    ['sdsc-01', '"sdsc-01" fits 2 VMs: sdsc-01/awsscrum-lnx1, sdsc-01/awsscrum-lnx2'],
  ])('of %s are none', async (name, words) => {
    expect(await world.run('runs', name)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(words) as unknown,
    });
  });

  it('are none of a VM without a job', async () => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [...VMS, '{ name: p-mon01 }']));
    expect((await world.run('runs', 'p-mon01')).stderr).toContain('"p-mon01" has no replication job');
  });
});

describe('run', () => {
  it('refuses early what the service would refuse', async () => {
    expect(await start('sdsc-01')).toMatchObject({
      code: 3,
      results: [
        { status: 'refused', reason: expect.stringMatching(/^run sms-run-\w{8} is active$/) as unknown },
        {},
      ],
    });
    world.now += 6 * HOUR;
    expect(await start('awsscrum-lnx1', '--description', 'first')).toMatchObject({
      code: 0,
      summary: { started: 1 },
    });
    world.now += 2 * HOUR;
    expect(await start('awsscrum-lnx1')).toMatchObject({ code: 0 });
    world.now += 2 * HOUR;
    expect(await start('sdsc-01')).toMatchObject({
      code: 6,
      results: [
        {
          status: 'refused',
          reason: expect.stringContaining(
            '2 on-demand runs in 24 hours: the next may start at 2026-11-24 14:',
          ) as unknown,
        },
        { status: 'started' },
      ],
    });
    expect((await runs('awsscrum-lnx1')).runs).toContainEqual(
      expect.objectContaining({ type: 'on-demand', description: 'first', state: 'completed' }),
    );
  });

  it('asks, and names what it will and will not start', async () => {
    world.now += 6 * HOUR;
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [...VMS, '{ name: p-mon01 }']));
    world.answer = 'no';
    const { code, stdout, stderr } = await world.run('run', 'sdsc-01');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^On-demand runs to start: 2\n {2}sdsc-01\/awsscrum-lnx1 +sms-job-/);
    expect(stderr).toContain(
      'sdsc-01/p-mon01: not started: it has no replication job: `landfall apply` creates it',
    );
    expect((await runs('awsscrum-lnx1')).runs.every(({ type }) => type === 'automatic')).toBe(true);
  });

  it('waits for the end', async () => {
    world.now += 6 * HOUR;
    const { code, stdout, stderr } = await world.run('run', 'sdsc-01', '--auto-approve', '--wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^sdsc-01\/awsscrum-lnx1: run sms-run-\w{8} completed after \d+ min \d+ s: ami-\w{17}\n[^]*\n\n2 runs started\.\n$/,
    );
    expect(stderr).toMatch(
      /sdsc-01\/awsscrum-lnx1: run sms-run-\w{8} is active: (?:Preparing|Uploading) \d+%\n/,
    );
    expect((await runs('awsscrum-lnx1')).runs.filter(({ type }) => type === 'on-demand')).toHaveLength(1);
  });

  it('can be left while it waits, and the run goes on', async () => {
    world.now += 6 * HOUR;
    world.onSleep = () => {
      world.interrupt();
    };
    expect(await start('awsscrum-lnx1', '--wait')).toMatchObject({
      code: 0,
      results: [{ run: { state: 'active' } }],
    });
    expect((await runs('awsscrum-lnx1')).runs).toContainEqual(
      expect.objectContaining({ type: 'on-demand', state: 'active' }),
    );
  });

  it('says at the second interrupt which runs have been started, and which may have been', async () => {
    world.now += 6 * HOUR;
    let ended = false;
    world.onSleep = () => {
      if (ended) return;
      ended = true;
      world.interrupt();
      world.interrupt();
    };
    const { stderr } = await world.run('run', 'awsscrum-lnx1', '--auto-approve', '--wait');
    expect(stderr).toMatch(
      /\n1 run had been started, and the service continues it:\n {2}sdsc-01\/awsscrum-lnx1: sms-run-\w{8}\n/,
    );
  });

  it('exits with 6 where a run failed', async () => {
    world.now += 6 * HOUR;
    world.onSleep = async () => {
      // The job goes while its run is waited for: the run does not complete.
      world.onSleep = () => undefined;
      world.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS.slice(1)));
      await world.run('apply', '--auto-approve', '--force=deletes');
    };
    const { code, results } = await start('awsscrum-lnx1', '--wait');
    expect(code).toBe(6);
    expect(results).toMatchObject([{ run: { state: expect.stringMatching(/^delet/) as unknown } }]);
  });

  it('exits with 6 where the job is gone before the run has ended', async () => {
    world.now += 6 * HOUR;
    world.onSleep = async () => {
      world.onSleep = () => undefined;
      await world.run('local', 'reset', '--auto-approve');
    };
    const { code, stdout } = await world.run('run', 'awsscrum-lnx1', '--auto-approve', '--wait');
    expect(code).toBe(6);
    expect(stdout).toMatch(/lost run sms-run-\w{8}: its job was deleted/);
  });

  it('starts no more than caps leave room for', async () => {
    world.now += 6 * HOUR;
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS, ['limits: { activeReplications: 1 }']));
    expect(await start('sdsc-01')).toMatchObject({
      code: 6,
      results: [
        { status: 'started' },
        {
          status: 'refused',
          reason: 'wave sdsc-01 has 1 of 1 active replication runs, 1 of them starting now',
        },
      ],
    });
    expect(await start('awsscrum-lnx2')).toMatchObject({
      code: 3,
      results: [{ status: 'refused', reason: 'wave sdsc-01 has 1 of 1 active replication runs' }],
    });
    world.now += 2 * HOUR;
    expect(await start('awsscrum-lnx2')).toMatchObject({ code: 0 });
  });

  it('counts the runs of others in the account, and never starts one', async () => {
    // Another project moves into the account, under a smaller cap.
    const [project, manifest] = [world.read('landfall.yaml'), world.read('waves/sdsc-01.yaml')];
    world.write('landfall.yaml', project.replace('name: ucop', 'name: ucsd'));
    world.write('waves/sdsc-01.yaml', wave('sdsc-09', ['{ name: awsscrum-win1 }']));
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    const mine = world.read('landfall.yaml');
    world.write(
      'landfall.yaml',
      mine.replace('endpoint: local', 'endpoint: local, limits: { activeReplications: 1 }'),
    );

    world.now += 6 * HOUR;
    expect(await start('awsscrum-win1')).toMatchObject({ code: 0 });
    world.now += 4 * HOUR;
    expect(await start('awsscrum-lnx1')).toMatchObject({
      code: 3,
      results: [{ status: 'refused', reason: expect.stringContaining('project ucop owns its') as unknown }],
    });

    const smaller = world.read('landfall.yaml');
    world.write('landfall.yaml', project);
    world.write('waves/sdsc-01.yaml', manifest);
    expect(await start('awsscrum-lnx1')).toMatchObject({ code: 0 });
    world.write('landfall.yaml', smaller);
    world.write('waves/sdsc-01.yaml', wave('sdsc-09', ['{ name: awsscrum-win1 }']));
    expect(await start('awsscrum-win1')).toMatchObject({
      code: 3,
      results: [{ status: 'refused', reason: 'target local has 1 of 1 active replication runs' }],
    });
  });

  it('needs a name, and a right one', async () => {
    expect(await world.run('run')).toMatchObject({ code: 1 });
    expect(await world.run('run', 'sdsc-1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean sdsc-01?') as unknown,
    });
  });
});

describe('run, interrupted while it starts runs', () => {
  it('starts no more, and says at the second interrupt what was being started', async () => {
    Object.assign(process.env, CREDENTIALS);
    const relayed = await relayedWorld(1);
    try {
      const { world: other, relay } = relayed;
      other.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS));
      await other.run('apply', '--auto-approve');
      other.now += 6 * HOUR;
      relay.watch = {
        before({ operation }) {
          if (operation !== 'StartOnDemandReplicationRun') return true;
          other.interrupt();
          other.interrupt();
          return true;
        },
      };
      const { code, stdout, stderr } = await other.run('run', 'sdsc-01', '--auto-approve');
      expect(stderr).toContain(
        '1 run was being started, and whether the service has done so is not known; `landfall status` shows it:\n  sdsc-01/awsscrum-lnx1\n',
      );
      expect(stdout).toMatch(/lnx1: started run .*\n.*lnx2: not started: the run was interrupted\n/);
      expect(code).toBe(6);
    } finally {
      for (const name of Object.keys(CREDENTIALS)) Reflect.deleteProperty(process.env, name);
      await relayed.dispose();
    }
  });
});

describe('runs, describe and output on MGN', () => {
  it('show launches, their failures, post-launch actions, the log of the last job, and addresses', async () => {
    const [, MGN] = SERVICES;
    const mgn = new ScratchProject({ 'landfall.yaml': MGN.project() });
    try {
      await mgn.useSmallInventory();
      await MGN.ready(mgn);
      const spec = ['phase: test', 'maxLaunchAttempts: 9'];
      mgn.write('waves/w1.yaml', MGN.wave('w1', [MGN.vm('awsscrum-lnx1')], spec));
      const none = await mgn.run('runs', 'awsscrum-lnx1');
      expect(none).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no replication job') as unknown,
      });
      await mgn.run('apply', '--auto-approve');
      mgn.now += 12 * HOUR;
      expect((await mgn.run('runs', 'awsscrum-lnx1')).stdout).toMatch(/\n\n0 jobs\.\n$/);
      await mgn.run('apply', '--auto-approve');
      mgn.now += HOUR;
      const { stdout } = await mgn.run('runs', 'awsscrum-lnx1');
      expect(stdout).toMatch(
        /\n\nJOB +OF +RESULT +STARTED \(UTC\) +DURATION +INSTANCE\nmgnjob-\w{17} +test +launched +2026-11-\d\d \d\d:\d\d +\d+ min \d+ s +i-\w{17}\n\n1 job\.\n$/,
      );
      const description = await mgn.run('describe', 'awsscrum-lnx1');
      expect(description.stdout).toMatch(/\n {2}lag +\S.* behind the source\n/);
      expect(description.stdout).toMatch(
        /\nLog of mgnjob-\w{17}\n {2}2026-11-\d\d \d\d:\d\d:\d\d UTC +job start\n/,
      );
      expect(description.stdout).toMatch(/ job end\n/);
      const output = JSON.parse((await mgn.run('output', '--format', 'json')).stdout) as {
        readonly vms: readonly { readonly test: { readonly private_ip: string | null } | null }[];
      };
      expect(output.vms).toMatchObject([
        { test: { private_ip: expect.stringMatching(/^\d+(\.\d+){3}$/) as unknown } },
      ]);
      const refused = await mgn.run('run', 'awsscrum-lnx1', '--auto-approve');
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('phase: test') as unknown });
    } finally {
      await mgn.dispose();
    }
  });
});

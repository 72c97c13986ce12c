import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, askMgn, livingJobs } from './jobs-of.ts';
import { BY_NAME, type Service, SERVICES } from './services.ts';
import { type Run, ScratchProject } from './scratch-project.ts';
import { apply, typesOf } from './streamed.ts';

const HOUR = 3_600_000;
const INTERVAL = 300_000;
const NAMES = ['awsscrum-lnx1', 'awsscrum-lnx2'];
const FOLLOW = ['--follow', '--auto-approve', '--interval', '5m'];
const CONFIRMED = ['--confirm-finalize', 'a', '--confirm-revert', 'a'];

/** A project on the built-in endpoint, in which an hour passes whenever a run waits. */
class Journey {
  readonly world: ScratchProject;
  readonly #service: Service;

  constructor(service: Service) {
    this.#service = service;
    this.world = new ScratchProject({ 'landfall.yaml': service.project() });
    this.world.onSleep = () => {
      this.world.now += HOUR;
    };
  }

  async open(): Promise<void> {
    await this.world.useSmallInventory();
    await this.world.serve({});
    await this.#service.ready(this.world);
  }

  setPhase(phase: string, spec: readonly string[] = []): void {
    const vms = NAMES.map((name) => this.#service.vm(name));
    this.world.write('waves/a.yaml', this.#service.wave('a', vms, [`phase: ${phase}`, ...spec]));
  }

  follow(...argv: readonly string[]): Promise<Run> {
    return this.world.run('apply', ...FOLLOW, ...argv);
  }

  /** Calls back once before the wait of that number, from 1. */
  atWait(number: number, callback: () => unknown): void {
    let count = 0;
    this.world.onSleep = async () => {
      count += 1;
      if (count === number) await callback();
      this.world.now += HOUR;
    };
  }
}

const [SMS, MGN] = SERVICES;

let journey: Journey;
async function open(service: Service): Promise<ScratchProject> {
  journey = new Journey(service);
  await journey.open();
  return journey.world;
}
afterEach(async () => {
  await journey.world.dispose();
});

describe.each(BY_NAME)('an apply that follows its VMs on %s', (_, service) => {
  beforeEach(async () => {
    await open(service);
  });

  it('carries them from nothing to the end, and then has nothing to do', async () => {
    const { world } = journey;
    journey.setPhase('cutover');
    const first = await apply(world, ...FOLLOW, ...CONFIRMED);
    expect(first).toMatchObject({
      code: 0,
      outcome: { follow: { end: 'arrived', arrived: 2, stuck: 0, waiting: 0 } },
    });
    expect(new Set(typesOf(first.events))).toEqual(
      new Set([
        ...['version', 'planned_change', 'round', 'waiting', 'apply_start', 'apply_complete'],
        ...['arrived', 'change_summary'],
      ]),
    );
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });

    journey.setPhase('finalize');
    const unconfirmed = await journey.follow();
    expect([unconfirmed.code, unconfirmed.stdout]).toEqual([6, expect.stringContaining('2 stuck')]);
    const finalized = await journey.follow(...CONFIRMED);
    expect([finalized.code, finalized.stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
    const again = await journey.follow();
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing in 0.0 s, 1 round')]);
  });

  it('carries them from nothing to finalized, where that is confirmed and git gives time to check', async () => {
    const { world } = journey;
    journey.setPhase('finalize', ['cutover: { finalizeAfter: 3h }']);
    const refused = await journey.follow();
    expect([refused.code, refused.stdout]).toEqual([6, expect.stringContaining('phase.never-replicated')]);
    // The same command again would end at once.
    expect(refused.stdout.replaceAll(/\s+/g, ' ')).toContain(
      '2 stuck. No VM can continue now. Do what is said above',
    );
    expect(refused.stdout).not.toContain('again to continue');
    const planned = await world.run('plan', '--format', 'json');
    const { concerns } = JSON.parse(planned.stdout) as { concerns: readonly { remedy: string }[] };
    expect(concerns[0]?.remedy.match(/`landfall [^`]*`/g)).toEqual([
      '`landfall apply --follow --wave a' + (service === MGN ? ' --confirm-revert a`' : '`'),
      '`landfall apply --follow --wave a --confirm-finalize a`',
      `\`landfall apply --follow --wave a${service === MGN ? ' --confirm-revert a' : ''} --confirm-finalize a\``,
    ]);
    expect((await world.run('status')).stdout).toContain('if it was migrated, remove it');
    const { code, stdout, stderr } = await journey.follow(...CONFIRMED);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'of 2 VMs of wave a is confirmed by --confirm-finalize a',
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  it('finalizes no cut-over of the same run, unless git gives time to check it', async () => {
    journey.setPhase('finalize');
    const first = await journey.follow(...CONFIRMED);
    expect(first.stderr.replaceAll(/\s+/g, ' ')).toContain('but not taken for cut-overs of this run');
    expect([first.code, first.stdout]).toEqual([6, expect.stringContaining('0 of 2 VMs arrived, 2 stuck')]);
    expect(first.stdout).toContain('its cut-over is of this run');
    const second = await journey.follow(...CONFIRMED);
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
  });

  it('says before the run which flags its later steps need', async () => {
    journey.setPhase('finalize', ['cutover: { finalizeAfter: 3h }']);
    await journey.world.run('apply', '--auto-approve', '--confirm-finalize', 'a');
    const { code, stderr, stdout } = await journey.follow();
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'of 2 VMs of wave a must be confirmed with --confirm-finalize a: without it, this run stops before it',
    );
    expect([code, stdout]).toEqual([6, expect.stringContaining('2 stuck')]);
  });

  it('stops after what is in flight when it is interrupted, and continues later', async () => {
    const { world } = journey;
    journey.setPhase('cutover');
    journey.atWait(1, () => {
      world.interrupt();
    });
    const stopped = await journey.follow(...CONFIRMED);
    expect([stopped.code, stopped.stdout]).toEqual([6, expect.stringContaining('Interrupted.')]);
    expect(stopped.stdout).toContain('2 created');
    journey.atWait(0, () => undefined);
    const rest = await journey.follow(...CONFIRMED);
    expect([rest.code, rest.stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
    expect(rest.stdout).not.toContain('created');
  });

  it('starts nothing more when its time is up', async () => {
    journey.setPhase('cutover');
    const { code, stdout } = await journey.follow(...CONFIRMED, '--timeout', '2m');
    expect([code, stdout]).toEqual([6, expect.stringContaining('The time is up.')]);
    expect(stdout).toMatch(/2 created in .* 0 of 2 VMs arrived, 2 waiting/);
  });

  it('reads an account again that cannot be read for a while', async () => {
    const { world } = journey;
    journey.setPhase('replicate');
    let waits = 0;
    let since = world.now;
    world.onSleep = () => {
      // Repeated calls wait for seconds, and the run for minutes.
      if (world.now - since >= INTERVAL) waits += 1;
      world.setFaults(waits < 4 ? { internalErrors: 1 } : {});
      if (waits >= 4) world.now += HOUR;
      since = world.now;
    };
    const { code, stdout, stderr } = await journey.follow();
    expect(stderr).toContain('target local cannot be read');
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
  });

  it('takes the steps of a saved plan, and no other', async () => {
    const { world } = journey;
    journey.setPhase('replicate');
    expect(await world.run('plan', '--out', 'wave.plan')).toMatchObject({ code: 0 });
    journey.setPhase('cutover');
    const early = await journey.follow('wave.plan');
    expect([early.code, early.stdout]).toEqual([
      6,
      expect.stringContaining('outside of the approved plan: '),
    ]);
    expect(early.stdout).toContain('2 created in');
    const stale = await journey.follow('wave.plan');
    expect(stale).toMatchObject({ code: 4 });
  });
});

describe('an apply that follows its VMs on AWS MGN', () => {
  beforeEach(async () => {
    await open(MGN);
  });

  it('does not launch a test again that somebody takes back during the run', async () => {
    const { world } = journey;
    let isReverted = false;
    world.onSleep = async () => {
      world.now += HOUR;
      const [job] = await MGN.jobs(world.url);
      if (!isReverted) isReverted = await takeTestBack(world.url, job?.id ?? '');
    };
    journey.setPhase('cutover', ['advance: each']);
    const { code, stdout } = await journey.follow(...CONFIRMED);
    expect([code, stdout]).toEqual([6, expect.stringContaining('1 of 2 VMs arrived, 1 stuck')]);
    expect(stdout).toContain('outside of the approved plan');
    const { items } = await askMgn<{ items: readonly { initiatedBy: string }[] }>(
      world.url,
      'DescribeJobs',
      {},
    );
    expect(items.filter(({ initiatedBy }) => initiatedBy === 'START_TEST')).toHaveLength(1);
  });

  it('keeps the VMs of an application together if one of them is stopped by hand', async () => {
    const { world } = journey;
    journey.setPhase('cutover');
    journey.atWait(1, async () => {
      const [job] = await MGN.jobs(world.url);
      await askMgn(world.url, 'StopReplication', { sourceServerID: job?.id });
    });
    const { code, stdout } = await journey.follow(...CONFIRMED);
    expect([code, stdout]).toEqual([6, expect.stringContaining('0 of 2 VMs arrived, 2 stuck')]);
    expect(stdout).toContain('outside of the approved plan: StartReplication');
    expect(stdout).toContain('waits for awsscrum-lnx1 of application a');
  });

  it('retries a replication that stalls on the way', async () => {
    const { world } = journey;
    world.setFaults({ stalls: [{ server: '*', error: 'SNAPSHOTS_FAILURE', message: 'vCenter refuses' }] });
    journey.setPhase('test');
    journey.atWait(2, () => {
      world.setFaults({});
    });
    const { code, stdout, stderr } = await journey.follow();
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 of 2 VMs arrived')]);
    expect(stderr).toContain('RetryDataReplication');
  });

  it('leaves a VM whose launch fails each time, and says why', async () => {
    const { world } = journey;
    world.setFaults({ launchFailures: [{ server: 'awsscrum-lnx1' }] });
    journey.setPhase('test', ['maxLaunchAttempts: 9', 'advance: each']);
    const { code, stdout } = await journey.follow('--max-attempts', '2');
    expect([code, stdout]).toEqual([6, expect.stringContaining('StartTest was tried 2 times in this run')]);
    expect(stdout).toContain('1 of 2 VMs arrived, 1 stuck');
  });
});

/** Takes a test back, if its instance is launched; returns whether it was. */
async function takeTestBack(url: string, sourceServerID: string): Promise<boolean> {
  interface Server {
    readonly sourceServerID: string;
    readonly lifeCycle: { readonly state: string };
    readonly launchedInstance?: { readonly ec2InstanceID?: string };
  }
  const { items } = await askMgn<{ items: readonly Server[] }>(url, 'DescribeSourceServers', {
    filters: { sourceServerIDs: [sourceServerID] },
  });
  const [server] = items;
  if (server?.lifeCycle.state !== 'TESTING' || server.launchedInstance?.ec2InstanceID === undefined)
    return false;
  await askMgn(url, 'ChangeServerLifeCycleState', { sourceServerID, lifeCycle: { state: 'READY_FOR_TEST' } });
  return true;
}

describe('an apply that follows its VMs on AWS SMS', () => {
  beforeEach(async () => {
    await open(SMS);
  });

  it('creates no job again that somebody deletes during the run', async () => {
    const { world } = journey;
    journey.setPhase('replicate');
    journey.atWait(1, async () => {
      const [job] = await livingJobs(world.url);
      await ask(world.url, 'DeleteReplicationJob', { replicationJobId: job?.replicationJobId });
    });
    const { code, stdout } = await journey.follow();
    expect([code, stdout]).toEqual([6, expect.stringContaining('1 of 2 VMs arrived, 1 stuck')]);
    expect(stdout).toContain('its create was undone since this run made it');
    expect(await livingJobs(world.url)).toHaveLength(1);
  });

  it('refuses its flags without --follow, and a comparison of plans with it', async () => {
    journey.setPhase('replicate');
    expect(await journey.world.run('apply', '--timeout', '1h')).toMatchObject({ code: 1 });
    expect(await journey.follow('--verify', 'x.plan')).toMatchObject({ code: 1 });
  });
});

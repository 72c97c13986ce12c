import { afterEach, describe, expect, it } from '@jest/globals';
import { askMgn } from './jobs-of.ts';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';
import { apply, type Event } from './streamed.ts';

const HOUR = 3_600_000;
const [SMS, MGN] = SERVICES;
const FOLLOW = ['--follow', '--auto-approve', '--interval', '20m'];

let world: ScratchProject;
afterEach(async () => {
  await world.dispose();
});

/** The starts of a step, by VM: `a/awsscrum-lnx1`, and the time. */
function startsOf(events: readonly Event[], step: string): ReadonlyMap<unknown, string> {
  return new Map(
    events
      .filter(({ type, hook }) => type === 'apply_start' && hook?.['step'] === step)
      .map(({ hook, '@timestamp': time }) => [hook?.['address'], time]),
  );
}

describe('an apply that follows waves with windows and dependencies', () => {
  const windows = `windows: [{ name: weekends, schedule: '0 22 * * 6', duration: 6h, timeZone: UTC, phases: [cutover] }]\n`;

  async function open(...first: readonly string[]): Promise<void> {
    world = new ScratchProject({
      'landfall.yaml': SMS.project() + windows,
      'waves/a.yaml': SMS.wave('a', [SMS.vm('awsscrum-lnx1')], ['phase: cutover', ...first]),
      'waves/b.yaml': SMS.wave('b', [SMS.vm('awsscrum-lnx2')], ['phase: cutover', 'dependsOn: [a]']),
    });
    // Without an inventory of its own, the endpoint has the clock of the test.
    await world.serve({});
  }

  it('starts each cut-over in the window, and after those that it waits for', async () => {
    await open();
    world.now = Date.parse('2026-11-28T14:00:00Z');
    const { code, events, outcome } = await apply(world, ...FOLLOW);
    expect([code, outcome['follow']]).toEqual([0, expect.objectContaining({ end: 'arrived', arrived: 2 })]);
    const starts = startsOf(events, 'StartOnDemandReplicationRun');
    const [a = '', b = ''] = [starts.get('a/awsscrum-lnx1'), starts.get('b/awsscrum-lnx2')];
    expect(a.slice(0, 13)).toBe('2026-11-28T22');
    expect(b > a && b < '2026-11-29T04').toBe(true);
    const waiting = events.find(
      ({ type, '@message': words }) => type === 'waiting' && words.includes('weekends'),
    );
    expect(waiting).toMatchObject({ vm: { opens_at: '2026-11-28T22:00:00Z' } });
  });

  it('ends when a wave waits for one that is stuck', async () => {
    await open('suspend: true');
    const { code, outcome } = await apply(world, ...FOLLOW);
    expect([code, outcome['follow']]).toEqual([6, expect.objectContaining({ end: 'stuck', stuck: 2 })]);
    expect(JSON.stringify(outcome)).toContain('waits for a');
  });
});

describe('the guards of an apply that follows its VMs', () => {
  it('count what the run has done before', async () => {
    const names = ['web01', 'web02', 'app01', 'app02', 'db01'].flatMap((part) =>
      ['payroll', 'ledger'].map((app) => `p-${app}-${part}`),
    );
    const limits = ', limits: { serversInJobs: 2 }, guards: { maxDestroys: 30% }';
    world = new ScratchProject({
      'landfall.yaml': MGN.project(limits),
      'waves/a.yaml': MGN.wave(
        'a',
        names.map((name) => MGN.vm(name)),
        ['phase: cutover', 'advance: each'],
      ),
    });
    await world.serve({});
    await MGN.ready(world);
    world.onSleep = () => {
      world.now += HOUR;
    };
    const { code, events, outcome } = await apply(world, ...FOLLOW, '--confirm-revert', 'a');
    expect(outcome).toMatchObject({ follow: { end: 'failed' }, error: { code: 'guard.max-destroys' } });
    // Two at once are 20 % of the jobs, and the next two would make it 40 %.
    expect([code, startsOf(events, 'StartCutover').size]).toEqual([6, 2]);
    const { items } = await askMgn<{ items: readonly { initiatedBy: string }[] }>(
      world.url,
      'DescribeJobs',
      {},
    );
    expect(items.filter(({ initiatedBy }) => initiatedBy === 'START_CUTOVER')).toHaveLength(1);
  });
});

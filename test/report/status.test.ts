import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import type { ReplicationRun } from '../../src/core/observed.ts';
import type { VmStatus } from '../../src/core/status.ts';
import { runStageBar } from '../../src/report/status/jobs.ts';
import { renderStatusJson, renderStatusJsonLine } from '../../src/report/status/data.ts';
import { renderStatusText } from '../../src/report/status/text.ts';
import { renderStatusFrame, statusEvents } from '../../src/report/status/watch.ts';
import { job, server, vm, planInput } from '../plan/plan-input.ts';
import { history, run, statusOf } from '../journey/runs.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';
import { busyStatus, EVIL, travellingStatus } from './statuses.ts';

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);

describe('a status', () => {
  it('shows VMs by wave, and what there is to be concerned about', () => {
    expectGolden('status-busy.txt', renderStatusText(busyStatus(), { colors: plain }));
  });

  it.each([60, 80, 100, 160])('fits a terminal of %d columns', (columns) => {
    const text = [busyStatus(), travellingStatus()].map((status) =>
      renderStatusText(status, { colors: plain, columns }),
    );
    expectGoldenToFit(`status-${columns}.txt`, columns, text.join('\n'));
  });

  it('shows how far VMs are on their way, where there are no runs', () => {
    expectGolden('status-travelling.txt', renderStatusText(travellingStatus(), { colors: plain }));
    expectGolden('status-travelling.json', renderStatusJson(travellingStatus()));
  });

  it('says once what is true of several VMs, with all of their addresses', () => {
    const names = ['a', 'b', 'c'];
    const failing = statusOf(
      planInput({
        vms: names.map((name) => vm(name)),
        servers: names,
        jobs: names.map((name) =>
          job(name, { state: 'failing', runs: [run('failed', -2, { statusMessage: 'no disk' })] }),
        ),
      }),
    );
    const text = renderStatusText(failing, { colors: plain });
    expect(text).toContain(
      [
        'warning job.failing',
        '  waves/sdsc-01.yaml:9:7: the last replication of sdsc-01/a (sms-job-a) failed, failure 1 of 3: no disk',
        '    the same for 2 other VMs: sdsc-01/b, sdsc-01/c',
        '  fix: fix the cause',
      ].join('\n'),
    );
    expect(text).not.toContain('sms-job-b');
    expect(renderStatusText(failing, { colors: plain, verbose: true })).toContain('sms-job-b');
    expect(text).toMatch(/\n\n3 VMs: 3 failing; 3 have concerns\n$/);
  });

  it('merges concerns that differ in times only, and shows the first of them', () => {
    const paused = (name: string, hours: number) =>
      job(name, { state: 'paused', runs: [run('failed', hours, { statusMessage: 'no disk' })] });
    const text = renderStatusText(
      statusOf(
        planInput({
          vms: [vm('a'), vm('b')],
          servers: ['a', 'b'],
          jobs: [paused('a', -5), paused('b', -9)],
        }),
      ),
      { colors: plain },
    );
    expect(text).toContain('sms-job-b of sdsc-01/b is paused');
    expect(text).toContain('`landfall apply --replace sdsc-01/b --replace sdsc-01/a` to start a new job');
    expect(text).toContain('    the same for 1 other VM, at other times: sdsc-01/a\n');
    expect(text).not.toContain('sms-job-a');
  });

  it('repeats the heading on a terminal after 40 rows, and nowhere else', () => {
    const names = Array.from({ length: 90 }, (_, index) => `vm-${index}`);
    const many = statusOf(planInput({ vms: names.map((name) => vm(name)), servers: names }));
    const headings = (columns?: number): number =>
      renderStatusText(many, { colors: plain, ...(columns !== undefined && { columns }) })
        .split('\n')
        .filter((line) => /^ {2}VM +STAGE/.test(line)).length;
    expect([headings(), headings(80)]).toEqual([1, 3]);
  });

  it('shows the end of the 90 days from two weeks before it, and all moments when verbose', () => {
    const ends = (hoursAgo: number, verbose: boolean): string => {
      const [web] = statusOf(planInput({ vms: [vm('web')], servers: ['web'], jobs: [job('web')] }), [
        history('web', [run('completed', -hoursAgo)]),
      ]).vms;
      const text = renderStatusText(
        { ...busyStatus(), vms: web === undefined ? [] : [web] },
        { colors: plain, verbose },
      );
      return /90 days over.*?(?= {2})/.exec(text)?.[0] ?? '';
    };
    expect(ends(75 * 24, false)).toBe('');
    expect(ends(76 * 24, false)).toBe('90 days over in 14 d 0 h');
    expect(ends(24, true)).toBe('90 days over in 89 d 0 h (2027-02-28 18:00 UTC)');
  });

  it.each([
    [8, ''],
    [6.9, '\u001b[33m'],
    [0.9, '\u001b[31m'],
  ])('colours a deadline %d days ahead with %j', (days, color) => {
    const [web] = busyStatus().vms;
    if (web === undefined) throw new Error('no VM');
    const at = busyStatus().at + days * 86_400_000;
    const vms = [{ ...web, deadlines: [{ kind: 'pause', at }] as const }];
    const text = renderStatusText({ ...busyStatus(), vms }, { colors: colored });
    expect(text).toContain(`${color}job deleted in`);
    if (color === '') expect(text).not.toContain(`mjob deleted`);
  });

  it('lists what is not ready, with the reasons, or says that all are', () => {
    const [first, second] = busyStatus().vms;
    if (first === undefined || second === undefined) throw new Error('no VMs');
    const filtered = { total: 8, notReadyFor: 'cutover' } as const;
    const vms = [
      {
        ...first,
        notReady: ['its first replication has not completed', 'connector c-1 is down: restart it'],
      },
      { ...second, notReady: ['it has no replication job'] },
    ];
    const options = { colors: plain, columns: 40 };
    expect(renderStatusText({ ...busyStatus(), vms, filtered }, options)).toBe(
      [
        'gone',
        '  old  seeding',
        '    - its first replication has not',
        '      completed',
        '    - connector c-1 is down: restart it',
        '',
        'oak-02',
        '  new  waiting',
        '    - it has no replication job',
        '',
        '2 of 8 VMs are not ready for cutover.',
        '',
      ].join('\n'),
    );
    expect(renderStatusText({ ...busyStatus(), vms: [], filtered }, options)).toBe(
      'All 8 VMs are ready for cutover.\n',
    );
  });

  it('says that a filter leaves nothing', () => {
    const nothing = { ...busyStatus(), vms: [], filtered: { total: 8 } };
    expect(renderStatusText(nothing, { colors: plain })).toBe('None of 8 VMs matches.\n');
  });

  it('colours without changing a character', () => {
    const text = renderStatusText(busyStatus(), { colors: colored });
    expect(stripVTControlCharacters(text)).toBe(renderStatusText(busyStatus(), { colors: plain }));
  });

  it('is the same as JSON, on many lines or on one', () => {
    const json = renderStatusJson(busyStatus());
    expectGolden('status-busy.json', json);
    const line = renderStatusJsonLine(busyStatus());
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual(JSON.parse(json));
  });

  it('says so where there is nothing to show', () => {
    const nothing = { at: 0, vms: [], waves: [], stages: {}, concerns: [], capacity: [] };
    expect(renderStatusText(nothing, { colors: plain })).toMatch(/^No VM to show: .*\n$/);
  });

  it('counts a VM that was migrated and removed from the manifests as a VM, not as a job', () => {
    const [old] = busyStatus().vms;
    if (old === undefined) throw new Error('no VM');
    const past: VmStatus = { ...old, stage: 'finalized', isPast: true };
    const text = renderStatusText({ ...busyStatus(), vms: [past], concerns: [] }, { colors: plain });
    expect(text).toMatch(/\n\n1 VM in no manifest\n$/);
    expect(renderStatusText({ ...busyStatus(), vms: [old], concerns: [] }, { colors: plain })).toMatch(
      /\n\n1 job in no manifest\n$/,
    );
  });

  it('names targets where there are several', () => {
    const { vms, waves, ...rest } = busyStatus();
    const two = { ...rest, vms: [...vms, ...vms.map((vm) => ({ ...vm, target: 'b' }))], waves };
    expect(renderStatusText(two, { colors: plain })).toContain('\nproduction oak-02  4 VMs');
  });

  it('lets nothing from manifests or AWS reach the terminal as it is', () => {
    const status = busyStatus();
    const evil: VmStatus = {
      address: toAddress(EVIL),
      target: 'production',
      wave: EVIL,
      server: server(EVIL),
      job: job(EVIL, { id: EVIL, statusMessage: EVIL }),
      run: run('active', -1, { id: EVIL, stage: EVIL, progress: EVIL }),
      lastRun: run('failed', -2, { statusMessage: EVIL }),
      latestAmiId: EVIL,
      past: [],
      stage: 'failing',
      detail: EVIL,
      evidence: [{ what: EVIL, id: EVIL }],
      recoveryPoint: { kind: 'ami', id: EVIL, isOverdue: false },
      deadlines: [],
      outputs: [{ of: 'cutover', kind: 'ami', id: EVIL }],
      activity: { text: EVIL, isWaiting: true },
      next: { actor: 'person', text: EVIL },
      concerns: [],
    };
    const waves = status.waves.map((wave) => ({ ...wave, wave: EVIL }));
    const text = [
      renderStatusText({ ...status, vms: [evil], waves }, { colors: plain, bars: true }),
      renderStatusJson({ ...status, vms: [evil], waves }),
      ...statusEvents({ ...evil, lastRun: run('failed', -9) }, evil, plain),
      ...statusEvents(undefined, evil, plain),
    ].join('\n');
    expect(text).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe('a status on a screen', () => {
  const frame = (rows: number) => renderStatusFrame(busyStatus(), { colors: plain, rows });

  it('is whole where there is room, with bars', () => {
    const whole = renderStatusText(busyStatus(), { colors: plain, bars: true });
    expect(frame(100)).toBe(whole);
    expect(whole).toContain('[####......] Uploading 42%');
    expect(frame(whole.split('\n').length)).toBe(whole);
    expect(frame(whole.split('\n').length - 1)).not.toBe(whole);
  });

  it('shows waves and runs first where there is not', () => {
    expectGolden('status-frame.txt', frame(10));
    expectGolden('status-frame-low.txt', frame(5));
  });

  it.each([1, 2, 3, 5, 8, 20])('never has more lines than %d leave beside the cursor', (rows) => {
    expect(frame(rows).split('\n').length - 1).toBeLessThanOrEqual(Math.max(rows - 1, 1));
  });
});

describe('a bar', () => {
  const bar = (progress: string) => runStageBar(run('active', 0, { stage: 'Uploading', progress }));

  it.each([
    ['0%', '[..........] Uploading 0%'],
    ['42%', '[####......] Uploading 42%'],
    [' 99.9 %', '[#########.] Uploading  99.9 %'],
    ['100%', '[##########] Uploading 100%'],
    ['250%', '[##########] Uploading 250%'],
    ['half', 'Uploading half'],
  ])('of %s is %s', (progress, text) => {
    expect(bar(progress)).toBe(text);
  });

  it('falls back on what the service says', () => {
    const silent: ReplicationRun = { id: 'r', state: 'active', type: 'automatic' };
    expect(runStageBar(silent)).toBe('active');
    expect(runStageBar({ ...silent, statusMessage: 'Working' })).toBe('Working');
  });
});

const STANDING = {
  past: [],
  stage: 'replicating',
  evidence: [],
  deadlines: [],
  outputs: [],
  next: { actor: 'service', text: 'its next replication' },
  concerns: [],
} as const;

describe('events', () => {
  const web = (more: Partial<VmStatus> = {}): VmStatus => ({
    address: toAddress('sdsc-01/web'),
    target: 'production',
    wave: 'sdsc-01',
    job: job('web'),
    ...STANDING,
    ...more,
  });
  const uploading = (progress: string, stage = 'Uploading') =>
    run('active', -1, { id: 'sms-run-1', stage, progress });
  const events = (before: VmStatus | undefined, after: VmStatus) => statusEvents(before, after, plain);

  it('begin with the run that is under way', () => {
    expect(events(undefined, web())).toEqual([]);
    expect(events(undefined, web({ lastRun: run('completed', -9), run: uploading('1%') }))).toEqual([
      'sdsc-01/web: run sms-run-1 is active: Uploading 1%',
    ]);
  });

  it('are another stage, not another percentage', () => {
    expect(events(web({ run: uploading('1%') }), web({ run: uploading('2%') }))).toEqual([]);
    expect(events(web({ run: uploading('1%') }), web({ run: uploading('0%', 'Converting') }))).toEqual([
      'sdsc-01/web: run sms-run-1 is active: Converting 0%',
    ]);
    const due = run('pending', 0, { id: 'sms-run-1' });
    expect(events(web(), web({ run: due }))).toEqual(['sdsc-01/web: run sms-run-1 waiting']);
    expect(events(web({ run: due }), web({ run: uploading('1%') }))).toHaveLength(1);
  });

  it('are the end of a run, then the next', () => {
    const done = run('completed', -1, { id: 'sms-run-1', amiId: 'ami-1' });
    const next = { ...uploading('0%'), id: 'sms-run-2' };
    expect(events(web({ run: uploading('99%') }), web({ lastRun: done, run: next }))).toEqual([
      'sdsc-01/web: run sms-run-1 completed after 1 h 0 min: ami-1',
      'sdsc-01/web: run sms-run-2 is active: Uploading 0%',
    ]);
    const failed = run('failed', -1, { id: 'sms-run-1', statusMessage: 'FirstBootFailure: no' });
    expect(events(web(), web({ lastRun: failed }))).toEqual([
      'sdsc-01/web: run sms-run-1 failed after 1 h 0 min: FirstBootFailure: no',
    ]);
  });

  it('are another state of the job, or its end', () => {
    const gone: VmStatus = {
      address: toAddress('sdsc-01/web'),
      target: 'production',
      wave: 'sdsc-01',
      ...STANDING,
    };
    expect(events(web(), web({ job: job('web', { state: 'paused' }) }))).toEqual([
      'sdsc-01/web: its job sms-job-web is now paused',
    ]);
    expect(events(web(), gone)).toEqual(['sdsc-01/web: its job is deleted']);
  });
});

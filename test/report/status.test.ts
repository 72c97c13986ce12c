import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import type { ReplicationRun } from '../../src/core/observed.ts';
import type { VmStatus } from '../../src/core/status.ts';
import { runStageBar } from '../../src/report/status/jobs.ts';
import { renderStatusJson, renderStatusJsonLine } from '../../src/report/status/json.ts';
import { renderStatusText } from '../../src/report/status/text.ts';
import { renderStatusFrame, statusEvents } from '../../src/report/status/watch.ts';
import { job, server } from '../plan/world.ts';
import { run } from '../journey/runs.ts';
import { expectGolden } from './golden.ts';
import { busyStatus, EVIL, travellingStatus } from './statuses.ts';

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);

describe('a status', () => {
  it('shows VMs by wave, and what there is to be concerned about', () => {
    expectGolden('status-busy.txt', renderStatusText(busyStatus(), { colors: plain }));
  });

  it('shows how far VMs are on their way, where there are no runs', () => {
    expectGolden('status-travelling.txt', renderStatusText(travellingStatus(), { colors: plain }));
    expectGolden('status-travelling.json', renderStatusJson(travellingStatus()));
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
    const nothing = { at: 0, vms: [], waves: [], stages: {}, concerns: [] };
    expect(renderStatusText(nothing, { colors: plain })).toMatch(/^No VM to show: .*\n$/);
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

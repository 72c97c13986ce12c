import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import type { PastJob } from '../../src/core/observed.ts';
import type { VmDescription, VmOutputs, VmStatus } from '../../src/core/status.ts';
import { renderDescriptionJson, renderDescriptionText } from '../../src/report/status/describe.ts';
import { renderOutputsCsv, renderOutputsJson, renderOutputsText } from '../../src/report/status/outputs.ts';
import { run } from '../journey/runs.ts';
import { job, NOW, server, STAGE, target, vm } from '../plan/plan-input.ts';
import { expectGoldenToFit } from './golden.ts';
import { EVIL } from './statuses.ts';

const colors = picocolors.createColors(false);
const HOUR = 3_600_000;

const PAUSED: VmStatus = {
  ...STAGE,
  ...{ address: toAddress('sdsc-01/app'), target: 'production', wave: 'sdsc-01', vm: vm('app') },
  ...{ server: server('app'), job: job('app'), past: [], concerns: [] },
  stage: 'paused',
  detail: 'ServerError: no room',
  next: { actor: 'person', text: 'resume its job in the console' },
  activity: { text: 'connector vc-zrh is down', isWaiting: true, actor: 'person' },
  recoveryPoint: { kind: 'ami', id: 'ami-1', at: NOW - 30 * HOUR, isOverdue: true },
  deadlines: [
    { kind: 'pause', at: NOW + 82 * HOUR },
    { kind: 'lifetime', at: NOW - HOUR },
  ],
};

function description(more: Partial<VmDescription> = {}): VmDescription {
  return {
    ...{ at: NOW, vm: PAUSED, target: target(), phase: 'cutover', settings: [], jobs: [], concerns: [] },
    ...more,
  };
}

describe('a description', () => {
  it('tells what is under way, deadlines with their moments, and how old the recovery point is', () => {
    expect(renderDescriptionText(description(), { colors })).toContain(`sdsc-01/app
  stage           paused: ServerError: no room
  next            resume its job in the console (by a person)
  now             connector vc-zrh is down
  recovery point  ami-1, 1 d 6 h old (2026-11-30 12:00 UTC), older than its schedule allows
  deadline        2026-12-05 04:00 UTC, in 3 d 10 h: AWS deletes the paused job
  deadline        2026-12-01 17:00 UTC, it has passed: AWS ends the replication of the VM
`);
  });

  it.each([60, 80])('fits a terminal of %d columns', (columns) => {
    const failed = run('failed', -2, { statusMessage: 'ServerError: Failed to upload base disk(s) to S3.' });
    const all = description({
      settings: [
        { name: 'frequency', desired: 12, observed: 24, differs: true },
        { name: 'numberOfRecentAmisToKeep', desired: 5, differs: false },
      ],
      vm: {
        ...PAUSED,
        evidence: [{ what: 'job sms-job-app paused' }, { what: 'run sms-run-1 failed', at: NOW - HOUR }],
        outputs: [{ of: 'recovery-point', kind: 'ami', id: 'ami-1', at: NOW - 30 * HOUR }],
      },
      jobs: [{ id: 'sms-job-app', state: 'paused', job: job('app'), runs: [failed, run('completed', -30)] }],
      concerns: [
        {
          id: 'job.paused',
          severity: 'warning',
          message:
            'replication job sms-job-app of sdsc-01/app is paused after failures: ServerError: no room',
          remedy: 'resume it in the console within 3 d 10 h',
        },
      ],
    });
    expectGoldenToFit(`describe-${columns}.txt`, columns, renderDescriptionText(all, { colors, columns }));
  });

  it('shows the failures of a job in the words of the service', () => {
    const runs = [run('failed', -2, { statusMessage: 'ServerError: Failed to upload base disk(s) to S3.' })];
    const text = renderDescriptionText(
      description({ jobs: [{ id: 'sms-job-1', state: 'deleted', job: job('app'), runs }] }),
      { colors },
    );
    expect(text).toMatch(/\nJob sms-job-1 {2}deleted; project ucop, wave sdsc-01\n {2}RUN /);
    expect(text).toMatch(/ failed .* ServerError: Failed to upload base disk\(s\) to S3\.\n/);
  });

  it('lets nothing from manifests or AWS reach the terminal as it is', () => {
    const past: PastJob = {
      ...job(EVIL),
      statusMessage: EVIL,
      milestones: [{ event: EVIL, at: NOW, id: EVIL }],
    };
    const evil: VmStatus = {
      ...PAUSED,
      ...{ address: toAddress(EVIL), wave: EVIL, detail: EVIL, next: { actor: 'person', text: EVIL } },
      ...{ server: server(EVIL, { path: EVIL, otherNames: [EVIL], vmManagerName: EVIL }) },
      evidence: [{ what: EVIL, id: 'x', at: NOW }],
      activity: { text: EVIL },
      outputs: [{ of: 'cutover', kind: 'ami', id: EVIL }],
      recoveryPoint: { kind: 'ami', id: EVIL, isOverdue: false },
    };
    const all = description({
      vm: evil,
      settings: [{ name: EVIL, desired: EVIL, observed: 1, differs: true }],
      jobs: [{ id: EVIL, state: 'deleted', job: past, runs: [run('failed', -1, { statusMessage: EVIL })] }],
      concerns: [{ id: 'vm.unknown', severity: 'critical', message: EVIL, remedy: EVIL }],
    });
    expect(renderDescriptionText(all, { colors })).not.toMatch(/[^\n\P{C}]/u);
    expect(renderDescriptionJson(all)).not.toMatch(/[^\n\P{C}]/u);
    const outputs: readonly VmOutputs[] = [{ vm: evil, region: 'us-west-2' }];
    const found = { at: NOW, outputs, unreachable: [] };
    expect(renderOutputsText(found, { colors })).not.toMatch(/[^\n\P{C}]/u);
    expect(renderOutputsJson(found)).not.toMatch(/[^\n\P{C}]/u);
    expect(renderOutputsCsv(outputs)).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe('outputs', () => {
  it.each([60, 80])('fit a terminal of %d columns', (columns) => {
    const at = NOW - 30 * HOUR;
    const outputs: VmOutputs['vm']['outputs'] = [
      { of: 'cutover', kind: 'ami', id: 'ami-0514e28b77995c304', at },
      { of: 'test', kind: 'instance', id: 'i-0a1b2c3d4e5f60718', at },
    ];
    const vms: readonly VmOutputs[] = [
      { vm: { ...PAUSED, stage: 'cut-over', outputs }, region: 'us-west-2' },
      { vm: { ...PAUSED, address: toAddress('sdsc-01/db') }, region: 'us-west-2' },
    ];
    const text = renderOutputsText({ at: NOW, outputs: vms, unreachable: [] }, { colors, columns });
    expectGoldenToFit(`output-${columns}.txt`, columns, text);
  });
});

describe('outputs as CSV', () => {
  it('hold no formula for a spreadsheet, and keep commas and quotes', () => {
    const named = (name: string): VmOutputs => ({
      vm: { ...PAUSED, server: server(name) },
      region: 'us-west-2',
    });
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', 'a,b "c"'];
    const rows: readonly { name: string }[] = parse(renderOutputsCsv(names.map(named)), { columns: true });
    expect(rows.map(({ name }) => name)).toEqual(["'=1+1", "'+1", "'-1", "'@SUM(A1)", 'a,b "c"']);
  });

  it('are a header alone where there is no VM', () => {
    expect(renderOutputsCsv([])).toMatch(
      /^address,target,region,.*,recovery_point_at,cutover_private_ip,test_private_ip\n$/,
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { toAddress } from '../../src/core/names.ts';
import type { JobRuns, OnDemandResult } from '../../src/core/status.ts';
import {
  renderOnDemandJson,
  renderOnDemandRequest,
  renderOnDemandText,
} from '../../src/report/status/on-demand.ts';
import { renderRunsJson, renderRunsText } from '../../src/report/status/runs.ts';
import { job, NOW, server } from '../plan/plan-input.ts';
import { run } from '../journey/runs.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';
import { busyRuns, EVIL } from './statuses.ts';

const colors = picocolors.createColors(false);

describe('the runs of a job', () => {
  it('stand in the order of their times, with AMIs, durations and messages', () => {
    expectGolden('runs-busy.txt', renderRunsText(busyRuns(), { colors }));
    expectGolden('runs-busy.json', renderRunsJson(busyRuns()));
  });

  it.each([60, 80])('fit a terminal of %d columns', (columns) => {
    expectGoldenToFit(`runs-${columns}.txt`, columns, renderRunsText(busyRuns(), { colors, columns }));
  });

  it('may be none, and outlive the job', () => {
    const deleted: JobRuns = { at: NOW, jobs: [{ id: 'sms-job-1', state: 'deleted', runs: [] }] };
    expect(renderRunsText(deleted, { colors })).toBe('sms-job-1  deleted\n\n0 runs.\n');
    expect(JSON.parse(renderRunsJson(deleted))).toMatchObject({ job: null, runs: [] });
  });

  it('are those of deleted jobs too, each job under a line of its own', () => {
    const [first] = busyRuns().jobs;
    const gone = { id: 'sms-job-0', state: 'deleted', job: job('app'), runs: [run('failed', -90)] } as const;
    const both: JobRuns = { at: NOW, jobs: [first, gone] };
    const text = renderRunsText(both, { colors });
    expect(text.match(/^sms-job-.*/gm)).toEqual([
      'sms-job-app  /Datacenters/SDSC/vm/app  active',
      'sms-job-0  /Datacenters/SDSC/vm/app  deleted',
    ]);
    expect(text).toMatch(/\n\n7 runs of 2 jobs, 2 failed\.\n$/);
    expect(JSON.parse(renderRunsJson(both))).toMatchObject({
      job_id: 'sms-job-app',
      runs: { length: 6 },
      jobs: [{ id: 'sms-job-app' }, { id: 'sms-job-0', state: 'deleted', runs: [{ state: 'failed' }] }],
    });
  });

  it('stand under the name that all commands show for the VM', () => {
    const vm = { address: toAddress('w1/id-1'), wave: 'w1', label: 'jenkins (vc-zrh)' };
    expect(renderRunsText({ ...busyRuns(), vm }, { colors })).toMatch(
      /^sms-job-app {2}w1\/jenkins \(vc-zrh\) {2}active\n/,
    );
  });

  it('let nothing from AWS reach the terminal as it is', () => {
    const of = job(EVIL, { server: server(EVIL, { path: EVIL }), statusMessage: EVIL });
    const words = { id: EVIL, amiId: EVIL, description: EVIL, statusMessage: EVIL, stage: EVIL };
    const runs = [run('failed', -1, words), run('active', 0, words)];
    const evil: JobRuns = { at: NOW, jobs: [{ id: EVIL, state: 'active', job: of, runs }] };
    expect(renderRunsText(evil, { colors })).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe('on-demand runs', () => {
  const subject = (name: string) => ({
    address: toAddress(`sdsc-01/${name}`),
    target: 'production',
    wave: 'sdsc-01',
    job: job(name),
    past: [],
  });
  const results: readonly OnDemandResult[] = [
    { status: 'started', subject: subject('begun'), runId: 'sms-run-1' },
    {
      status: 'started',
      subject: subject('done'),
      runId: 'sms-run-2',
      run: run('completed', -1, { id: 'sms-run-2' }),
    },
    {
      status: 'started',
      subject: subject('broken'),
      runId: 'sms-run-3',
      run: run('failed', -1, { id: 'sms-run-3', statusMessage: 'FirstBootFailure: no' }),
    },
    {
      status: 'started',
      subject: subject('left'),
      runId: 'sms-run-4',
      run: run('active', -1, { id: 'sms-run-4', stage: 'Uploading', progress: '7%' }),
    },
    { status: 'refused', subject: subject('fresh'), reason: 'its seed run has not completed yet' },
    {
      status: 'failed',
      subject: subject('raced'),
      code: 'SERVICE_ERROR',
      message: 'no',
      remedy: 'try again',
    },
  ];

  it('are said one by one, and counted', () => {
    expectGolden('on-demand.txt', renderOnDemandText(results, [], { colors }));
    expectGolden('on-demand.json', renderOnDemandJson(results, []));
  });

  it('are shown before they are started', () => {
    const refused = new Map([[subject('fresh'), 'its seed run has not completed yet']]);
    expect(renderOnDemandRequest([subject('web')], refused, { colors })).toBe(
      [
        'On-demand runs to start: 1',
        '  sdsc-01/web  sms-job-web',
        'sdsc-01/fresh: not started: its seed run has not completed yet',
        '',
      ].join('\n'),
    );
  });

  it('let nothing from AWS reach the terminal as it is', () => {
    const evil = subject(EVIL);
    const text = renderOnDemandText(
      [
        { status: 'started', subject: evil, runId: EVIL },
        {
          status: 'started',
          subject: evil,
          runId: EVIL,
          run: run('failed', -1, { id: EVIL, statusMessage: EVIL }),
        },
        { status: 'refused', subject: evil, reason: EVIL },
        { status: 'failed', subject: evil, code: 'C', message: EVIL, remedy: EVIL },
      ],
      [],
      { colors },
    );
    expect(text).not.toMatch(/[^\n\P{C}]/u);
    expect(renderOnDemandRequest([evil], new Map([[evil, EVIL]]), { colors })).not.toMatch(/[^\n\P{C}]/u);
  });
});

// Plans that show what a migration lead meets: made by the planner, as a user's are.
import type { Settings } from '../../src/core/desired.ts';
import { toAddress } from '../../src/core/names.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import { planProject } from '../../src/plan/index.ts';
import { run } from '../journey/runs.ts';
import {
  job,
  NOW,
  observe,
  planOf,
  RULES,
  traitsOf,
  server,
  target,
  unmarked,
  vm,
  wave,
  planInput,
} from '../plan/plan-input.ts';

const interval: Settings = {
  frequency: 12,
  licenseType: 'BYOL',
  roleName: 'sms',
  seedReplicationTime: '2026-12-02T04:00:00Z',
};
const numbered = (prefix: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}-${String(from + index).padStart(2, '0')}`);
const ours = (name: string) => ({ owner: { project: 'ucop', wave: name } });
const place = (line: number, file = 'waves/sdsc-01.yaml') => ({ place: { file, line, column: 7 } });

/** Two targets with every kind of change, concern and cap. */
export function busyPlan(): Plan {
  const webs = numbered('web', 1, 9);
  const vms = [
    vm('awsscrum-lnx1', { settings: { ...interval, numberOfRecentAmisToKeep: 5 }, ...place(14) }),
    vm('app with spaces', { settings: { runOnce: true, licenseType: 'AWS', roleName: 'sms' }, ...place(17) }),
    vm('late', {
      settings: { frequency: 24, roleName: 'sms', seedReplicationTime: '2026-11-30T20:00:00Z' },
      ...place(20),
    }),
    vm('licence', { settings: { ...interval, licenseType: 'AWS' }, ...place(24) }),
    vm('slower', { settings: { ...interval, frequency: 24 }, ...place(27) }),
    vm('several', { settings: { frequency: 6, licenseType: 'AWS', roleName: 'landfall' }, ...place(30) }),
    vm('adopted', { settings: interval, adopt: true, ...place(33) }),
    vm('auto', { settings: { ...interval, licenseType: 'Auto' }, ...place(36) }),
    vm('once', { settings: { runOnce: true, licenseType: 'BYOL' }, ...place(39) }),
    vm('failed', { settings: interval, ...place(42) }),
    vm('typo', { settings: interval, ...place(45) }),
    ...webs.map((name) => vm(name, { wave: 'oak-02', settings: interval, ...place(9, 'waves/oak-02.yaml') })),
    vm('theirs', { wave: 'oak-02', settings: interval, ...place(40, 'waves/oak-02.yaml') }),
    vm('pilot', { wave: 'pilot', target: 'local', settings: interval, ...place(9, 'waves/pilot.yaml') }),
  ];
  const jobs = [
    job('slower'),
    job('several', { id: 'sms-job-5691743f' }),
    unmarked(job('adopted')),
    job('auto', { id: 'sms-job-436r4372' }),
    job('once', { id: 'sms-job-0f3a11c2' }),
    job('failed', { state: 'failed', statusMessage: 'ServerError: Failed to upload base disk(s) to S3.' }),
    job('theirs', { owner: { project: 'ucsd', wave: 'x' } }),
    job('old-db', ours('gone-wave')),
    job('old-app', { ...ours('gone-wave'), state: 'completed' }),
    job('held', ours('sdsc-01')),
    job('web-01', ours('oak-02')),
  ];
  const base = planInput({ vms, waves: [wave('sdsc-01'), wave('oak-02', 5)], jobs, limit: 14 });
  const known = vms
    .filter(({ address }) => !address.endsWith('/typo'))
    .map(({ reference }) => reference.name);
  const production = observe({ servers: known.map((name = '') => server(name)), jobs });
  return planProject({
    ...base,
    desired: {
      ...base.desired,
      targets: [...base.desired.targets, { ...target('local'), endpoint: 'local' }],
      waves: [...base.desired.waves, wave('pilot', undefined, 'local')],
    },
    concerns: [
      {
        id: 'licence.linux-aws',
        severity: 'critical',
        message: 'licenseType "AWS" cannot go with os "rhel-7.3": Linux can be migrated with BYOL only',
        remedy: 'set licenseType to BYOL, or leave it out',
        address: toAddress('sdsc-01/licence'),
        place: { file: 'waves/sdsc-01.yaml', line: 26, column: 20 },
      },
    ],
    observed: new Map([
      ['production', production],
      ['local', observe({ at: NOW - 1000, servers: [server('pilot')], connectors: [] })],
    ]),
    traits: new Map([
      ['production', traitsOf(RULES)],
      ['local', traitsOf(RULES)],
    ]),
  });
}

/** The first plan of a datacenter: three hundred creates, most of which a cap defers. */
export function firstPlan(): Plan {
  const names = numbered('vm', 1, 300);
  const vms = names.map((name, index) =>
    vm(name, {
      wave: `wave-${Math.floor(index / 100) + 1}`,
      settings: index % 3 === 0 ? { ...interval, licenseType: 'AWS' } : interval,
    }),
  );
  return planOf({ vms, servers: names, waves: [wave('wave-1', 20), wave('wave-2'), wave('wave-3')] });
}

/** Forty jobs as git wants them. */
export function quietPlan(): Plan {
  const names = numbered('vm', 1, 40);
  return planOf({
    vms: names.map((name) => vm(name)),
    servers: names,
    jobs: names.map((name) => job(name)),
  });
}

/** Nothing to do now, though something waits and something is refused. */
export function waitingPlan(): Plan {
  return planOf({
    vms: [vm('a'), vm('b'), vm('c'), vm('typo')],
    servers: ['a', 'b', 'c'],
    jobs: [job('a'), job('gone')],
    limit: 2,
  });
}

/** The evening of a cut-over: final runs that start and that wait, jobs that are finalized, and VMs that cannot go on. */
export function cutoverPlan(): Plan {
  const cut = { type: 'on-demand', description: 'cut-over [landfall:ucop/done]' } as const;
  const done = (name: string, more: Partial<ObservedJob> = {}): ObservedJob =>
    job(name, { ...ours('done'), runs: [run('completed', -2, cut), run('completed', -20)], ...more });
  const ended = { state: 'completed', runs: [run('completed', -60)], latestAmiId: 'ami--60' } as const;
  const paused = { state: 'paused', runs: [run('failed', -9, { statusMessage: 'no space left' })] } as const;
  const tonight = ['oracle-reports-batch-01', 'web-01', 'web-02', 'web-03', 'ended-01', 'ended-02', 'paused'];
  const jobs = [
    job('oracle-reports-batch-01', { runs: [run('completed', -20)] }),
    job('web-01', { runs: [run('completed', -20)] }),
    job('web-02', { runs: [run('active', -1, { stage: 'Uploading' }), run('completed', -20)] }),
    job('web-03', { runs: [run('active', -1, { stage: 'Uploading' }), run('completed', -20)] }),
    ...['ended-01', 'ended-02'].map((name) => job(name, ended)),
    job('paused', paused),
    done('app-01'),
    done('app-02'),
  ];
  return planOf({
    vms: [
      ...tonight.map((name) => vm(name)),
      ...['app-01', 'app-02'].map((name) => vm(name, { wave: 'done' })),
    ],
    servers: jobs.map(({ server: { name = '' } }) => name),
    waves: [
      { ...wave('sdsc-01'), phase: 'cutover' },
      { ...wave('done'), phase: 'finalize' },
    ],
    jobs,
    input: { confirm: { finalize: (name) => name === 'done' } },
  });
}

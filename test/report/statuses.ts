import type { ObservedJob } from '../../src/core/observed.ts';
import type { Connector, RunHistory } from '../../src/core/operations.ts';
import type { JobRuns, Status } from '../../src/core/status.ts';
import { listCatalog } from '../../src/journey/catalog.ts';
import type { MgnFacts } from '../../src/providers/mgn/steps/sequence.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import {
  job,
  MANAGER,
  NOW,
  observe,
  PROJECT,
  server,
  unmarked,
  vm,
  wave,
  planInput,
} from '../plan/plan-input.ts';
import { history, onDemand, run, statusOf } from '../journey/runs.ts';

// What commands on catalogue, connectors and runs show, built from the data that src/status makes.

export const EVIL = 'x\u001b[31m\u202e\nweb';

const UPLOADING = run('active', -1, { stage: 'Uploading', progress: '42%', statusMessage: 'Uploading' });
const FAILED = run('failed', -30, {
  statusMessage: 'ServerError: Failed to upload base disk(s) to S3. Please try again.',
});

const jobs = [
  job('app'),
  job('db', { state: 'failing' }),
  job('fine', { state: 'completed', settings: { runOnce: true } }),
  job('paused', { state: 'paused', statusMessage: 'three failures' }),
  unmarked(job('theirs')),
  job('old', { owner: { project: PROJECT, wave: 'gone' }, state: 'pending' }),
];

const histories: readonly RunHistory[] = [
  history('app', [run('pending', 11), UPLOADING, run('completed', -13)]),
  history(job('db', { state: 'failing' }), [run('pending', 0), FAILED, run('completed', -2130)]),
  history(job('fine', { state: 'completed', settings: { runOnce: true } }), [run('completed', -50)]),
  history(job('paused', { state: 'paused', statusMessage: 'three failures' }), [run('failed', -5)]),
];

/** Two waves, and one that is in no manifest: everything that may stand in a row. */
export function busyStatus(): Status {
  const once = { settings: { runOnce: true } };
  const input = planInput({
    vms: [
      vm('app'),
      vm('db'),
      vm('fine', once),
      vm('new', { wave: 'oak-02' }),
      vm('paused', { wave: 'oak-02' }),
      vm('theirs', { wave: 'oak-02' }),
      vm('typo', { wave: 'oak-02' }),
    ],
    servers: ['app', 'db', 'fine', 'new', 'paused', 'theirs', 'old'],
    jobs,
    observed: { connectors: [] },
  });
  return statusOf(input, histories);
}

/** A wave on a service that replicates all the time, with VMs at every bend of its way. */
export function travellingStatus(): Status {
  const server = (name: string, facts: MgnFacts, more: Partial<ObservedJob> = {}): ObservedJob =>
    job(name, {
      id: `s-${name}`,
      settings: {},
      ...(facts['replication'] === undefined && { statusMessage: 'continuous, 12 min behind' }),
      facts,
      ...more,
    });
  const jobs = [
    server('syncing', { lifecycle: 'NOT_READY', shipped: false }, { statusMessage: 'initial sync 42 %' }),
    server('ready', { lifecycle: 'READY_FOR_TEST' }),
    server('launching', { lifecycle: 'TESTING', launch: 'IN_PROGRESS', launchOf: 'test', busy: true }),
    server('crashed', { lifecycle: 'TESTING', launch: 'FAILED', launchOf: 'test', launchError: 'no subnet' }),
    server('tested', {
      lifecycle: 'TESTING',
      launch: 'LAUNCHED',
      launchOf: 'test',
      instance: 'i-0a1b2c3d4e5f60718',
    }),
    server(
      'stalled',
      { lifecycle: 'READY_FOR_TEST', replication: 'STALLED' },
      {
        state: 'failing',
        statusMessage: 'snapshots failure',
      },
    ),
    server(
      'done',
      { lifecycle: 'CUTOVER', replication: 'DISCONNECTED', instance: 'i-1111111111111111a' },
      {
        state: 'completed',
      },
    ),
    server('gone', { lifecycle: 'DISCONNECTED', replication: 'DISCONNECTED' }, { state: 'failed' }),
  ];
  const names = jobs.map(({ server: { name = '' } }) => name);
  const input = planInput({
    vms: [...names, 'new'].map((name) => vm(name, { settings: {} })),
    waves: [{ ...wave('sdsc-01'), phase: 'test' }],
    servers: [...names, 'new'],
    jobs,
  });
  const traits = new Map([['production', mgnTraits]]);
  return statusOf({ ...input, traits });
}

/** The runs of the founding document, and some that went otherwise. */
export function busyRuns(): JobRuns {
  const { at, runs } = history('app', [
    run('pending', 11),
    UPLOADING,
    { ...onDemand('completed', -6), description: 'before the cut' },
    run('missed', -7),
    FAILED,
    run('completed', -43, { completedAt: NOW - 42.2 * 3_600_000 }),
  ]);
  return { at, jobs: [{ id: 'sms-job-app', state: 'active', job: job('app'), runs }] };
}

export function busyCatalog() {
  const servers = ['app', 'old', 'theirs', 'without-a-job'].map((name) => server(name));
  const long = server('long', { path: `/Datacenters/SDSC/vm/${'Folder/'.repeat(8)}long` });
  return listCatalog('production', observe({ servers: [...servers, long], jobs }), PROJECT);
}

export const CONNECTORS: readonly Connector[] = [
  {
    id: 'c-415fef98f4c66c487',
    healthy: true,
    version: '1.1.0.0',
    vmManagerName: 'p-sdsc-vcenter1',
    vmManagerId: MANAGER,
    ipAddress: '10.146.84.32',
    macAddress: '00:50:56:92:54:1f',
    associatedAt: NOW,
  },
  { id: 'c-2', healthy: false },
];

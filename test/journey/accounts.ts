// Random accounts of both services, from the domain's rules alone: jobs live, deleted, paused, ended and failed, with
// their runs; connectors that are down; waves that go forward and back; two projects.
import fc from 'fast-check';
import type { DesiredVm, Phase, Settings } from '../../src/core/desired.ts';
import type {
  JobState,
  ObservedConnector,
  ObservedJob,
  ObservedServer,
  PastJob,
  ReplicationRun,
} from '../../src/core/observed.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { smsTraits } from '../../src/providers/sms/traits.ts';
import { NOW, PROJECT, server, vm, wave, planInput } from '../plan/plan-input.ts';
import {
  LAUNCH_KINDS,
  LAUNCHES,
  LIFECYCLES,
  type Position,
  REPLICATIONS,
} from '../providers/mgn/positions.ts';

const HOUR = 3_600_000;
const NAMES = ['a', 'b', 'c', 'd'] as const;
const WAVES = ['w1', 'w2'] as const;
/** Most VMs and jobs are of the first wave and alike: jobs that have nothing to change take steps. */
const waveName = fc.constantFrom('w1', 'w1', 'w1', 'w2');

/** What a job of SMS has done, without its id. */
type Life = Omit<ObservedJob, 'id' | 'server'>;

const owner = fc.option(
  fc.record({
    project: fc.constantFrom(PROJECT, PROJECT, PROJECT, 'other'),
    wave: waveName,
  }),
  { nil: undefined, freq: 6 },
);
const smsSettings: fc.Arbitrary<Settings> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ frequency: fc.constantFrom(12, 12, 12, 12, 24) }) },
  { weight: 1, arbitrary: fc.constant({ runOnce: true }) },
);
/** The descriptions of runs: of a cut-over by either project, and texts that only look like one. */
const description = fc.constantFrom(
  undefined,
  `cut-over [landfall:${PROJECT}/w1]`,
  `cut-over [landfall:${PROJECT}/w1]`,
  'cut-over [landfall:other/w1]',
  'cut-over',
  `cut-over [landfall:${PROJECT}/w1] by hand`,
);
const END = fc.record({
  isCompleted: fc.boolean(),
  onDemand: fc.constantFrom(true, true, false),
  description,
  hours: fc.constantFrom(3, 3, 10, 40),
});

/** A job with its runs, the latest first. A listing shows five of them. */
const life: fc.Arbitrary<Life> = fc
  .record({
    state: fc.constantFrom<JobState[]>(
      'pending',
      'active',
      'active',
      'active',
      'active',
      'active',
      'active',
      'failing',
      'failed',
      'paused',
      'completed',
    ),
    owner,
    settings: smsSettings,
    ends: fc.array(END, { maxLength: 7 }),
    current: fc.constantFrom(
      'active' as const,
      'pending' as const,
      'future' as const,
      'future' as const,
      undefined,
    ),
    currentDescription: description,
    licenseType: fc.constantFrom('AWS', 'BYOL'),
    finalizedAmi: fc.constantFrom(...Array<undefined>(7), 'ami-0123'),
    revertedRun: fc.constantFrom(...Array<undefined>(7), 'sms-run-1'),
  })
  .map(
    ({
      ends,
      current,
      currentDescription,
      finalizedAmi,
      revertedRun,
      owner: by,
      settings,
      state,
      licenseType,
    }): Life => {
      const once = settings['runOnce'] === true;
      // A job that was to run once has one run; one that has failed or is paused has failed at the end.
      const outcomes = (once ? ends.slice(0, 1) : ends).map((end) => ({
        ...end,
        onDemand: end.onDemand && !once,
      }));
      const isFailing = state === 'failing' || state === 'failed' || state === 'paused';
      let at = NOW - 2 * HOUR;
      const ended = outcomes.map((end, index): ReplicationRun => {
        const isCompleted =
          index === 0 && isFailing ? false : end.isCompleted || (once && state === 'completed');
        const scheduledAt = (at -= end.hours * HOUR);
        return {
          id: `sms-run-${index}`,
          type: end.onDemand ? 'on-demand' : 'automatic',
          state: isCompleted ? 'completed' : 'failed',
          scheduledAt,
          completedAt: scheduledAt + HOUR,
          ...(isCompleted ? { amiId: `ami-${index}` } : { statusMessage: 'ServerError' }),
          ...(end.description !== undefined && end.onDemand && { description: end.description }),
        };
      });
      const seeded = ended.some(({ amiId }) => amiId !== undefined);
      const mayRun = state === 'active' || state === 'pending' || state === 'failing';
      const isLate = current === 'future';
      const next: readonly ReplicationRun[] =
        current === undefined || !mayRun || (once && ended.length > 0)
          ? []
          : [
              {
                id: 'sms-run-next',
                type: seeded && !isLate && currentDescription !== undefined ? 'on-demand' : 'automatic',
                state: current === 'active' ? 'active' : 'pending',
                scheduledAt: NOW + (isLate ? 3 * HOUR : -HOUR),
                ...(seeded &&
                  !isLate &&
                  currentDescription !== undefined && { description: currentDescription }),
              },
            ];
      const runs = [...next, ...ended];
      const latestAmiId = ended.find(({ amiId }) => amiId !== undefined)?.amiId;
      return {
        state,
        settings: { ...settings, licenseType, seedReplicationTime: new Date(at).toISOString() },
        runs: runs.slice(0, 5),
        ...(by !== undefined && { owner: by }),
        ...(by !== undefined && finalizedAmi !== undefined && !once && { finalizedAmi }),
        ...(by !== undefined && finalizedAmi === undefined && revertedRun !== undefined && { revertedRun }),
        ...(latestAmiId !== undefined && { latestAmiId }),
      };
    },
  );

/** A VM of SMS: what git says of it, and what the account has. */
const smsVm = (name: string) =>
  fc.record({
    name: fc.constant(name),
    isDesired: fc.constantFrom(true, true, true, false),
    isListed: fc.constantFrom(true, true, true, false),
    wave: waveName,
    manager: fc.constantFrom(1, 2),
    settings: smsSettings,
    autoLicenseType: fc.constantFrom(undefined, 'AWS' as const, 'BYOL' as const),
    adopt: fc.constantFrom(false, false, true),
    /** The job is as git wants it: it may take a step. */
    isApplied: fc.constantFrom(true, true, false),
    live: fc.option(life, { nil: undefined, freq: 2 }),
    past: fc.array(life, { maxLength: 2 }),
    /** The catalogue knows of a job that is listed no longer: the latest one. */
    isForgotten: fc.constantFrom(false, false, false, true),
  });

const phase = fc.option(fc.constantFrom<Phase[]>('replicate', 'cutover', 'cutover', 'finalize', 'finalize'), {
  nil: undefined,
});

function serverOf(name: string, manager: number, more: Partial<ObservedServer> = {}): ObservedServer {
  return server(name, { vmManagerId: `M-${manager}`, vmManagerName: `vc-${manager}`, ...more });
}

export const smsAccounts: fc.Arbitrary<PlanInput> = fc
  .record({
    parts: fc.tuple(...NAMES.map(smsVm)),
    connectors: fc.constantFrom<boolean[][]>(
      [true, true],
      [true, true],
      [true, true],
      [true, true],
      [true, false],
      [false, false],
      [],
    ),
    phases: fc.tuple(phase, phase),
    limit: fc.constantFrom(50, 50, 1),
    catalog: fc.constantFrom(
      'available' as const,
      'available' as const,
      'available' as const,
      'expired' as const,
    ),
    replaced: fc.constantFrom(...NAMES, undefined, undefined, undefined),
    confirmed: fc.boolean(),
  })
  .map(({ parts, connectors, phases, limit, catalog, replaced, confirmed }) => {
    const vms = parts.flatMap(
      ({ name, isDesired, autoLicenseType, adopt, settings, wave: w }): DesiredVm[] =>
        isDesired
          ? [
              vm(name, {
                wave: w,
                settings,
                adopt,
                ...(autoLicenseType !== undefined && { autoLicenseType, os: 'rhel-7.3' }),
              }),
            ]
          : [],
    );
    const jobs = parts.flatMap(({ name, manager, live, isApplied, settings, wave: w }): ObservedJob[] => {
      if (live === undefined) return [];
      const job = { ...live, id: `sms-job-${name}`, server: serverOf(name, manager) };
      const isSame = isApplied && settings['runOnce'] === live.settings['runOnce'];
      return [
        isSame
          ? { ...job, owner: { project: PROJECT, wave: w }, settings: { ...live.settings, ...settings } }
          : job,
      ];
    });
    const pastJobs = parts.flatMap(({ name, manager, past, live, isForgotten }) =>
      past.flatMap((job, index): PastJob[] =>
        isForgotten && (index === 0 || live !== undefined)
          ? []
          : [
              {
                ...job,
                runs: job.runs?.map(endedRun) ?? [],
                id: `sms-job-${name}-${index}`,
                server: serverOf(name, manager),
              },
            ],
      ),
    );
    const servers = parts
      .filter(({ isListed }) => isListed)
      .map(({ name, manager, live, past, isForgotten }) => {
        const hadJob = live !== undefined || past.length > 0;
        if (!hadJob) return serverOf(name, manager);
        const jobId = live === undefined ? `sms-job-${name}-0` : `sms-job-${name}`;
        return serverOf(name, manager, { hadJob, ...(!isForgotten || live === undefined ? { jobId } : {}) });
      });
    const found = connectors.map((healthy, index): ObservedConnector => ({
      id: `c-${index + 1}`,
      healthy,
      vmManagerId: `M-${index + 1}`,
    }));
    return planInput({
      ...{ vms, jobs, limit },
      servers: catalog === 'available' ? servers : [],
      waves: WAVES.map((name, index) => withPhase(name, phases[index])),
      observed: { catalog, pastJobs, connectors: found },
      input: {
        traits: new Map([['production', smsTraits]]),
        replace: (text) => text === replaced,
        confirm: { finalize: () => confirmed, revert: () => confirmed, disconnect: () => confirmed },
      },
    });
  });

/** The runs of a job that is deleted: none is active or waits. */
function endedRun(run: ReplicationRun): ReplicationRun {
  return run.state === 'active' || run.state === 'pending' ? { ...run, state: 'deleted' } : run;
}

function withPhase(name: string, of: Phase | undefined) {
  return { ...wave(name), ...(of !== undefined && { phase: of }) };
}

/** States of source servers that the service can be in. */
const position: fc.Arbitrary<Position> = fc
  .record({
    lifecycle: fc.constantFrom(...LIFECYCLES),
    replication: fc.constantFrom(...REPLICATIONS),
    launch: fc.constantFrom(...LAUNCHES),
    launchOf: fc.constantFrom(...LAUNCH_KINDS),
    instance: fc.constantFrom(undefined, 'i-1'),
    busy: fc.constantFrom(false, false, false, true),
    snapshot: fc.boolean(),
    archived: fc.boolean(),
  })
  .map((one): Position => {
    const { lifecycle } = one;
    const isOver = lifecycle === 'CUTOVER' || lifecycle === 'DISCONNECTED';
    const hasInstance =
      one.instance !== undefined && one.launch !== 'TERMINATED' && lifecycle !== 'NOT_READY';
    return {
      ...one,
      archived: one.archived && isOver,
      snapshot:
        lifecycle !== 'NOT_READY' &&
        lifecycle !== 'STOPPED' &&
        !isOver &&
        (one.snapshot || lifecycle === 'READY_FOR_TEST'),
      replication: isOver ? 'DISCONNECTED' : lifecycle === 'STOPPED' ? 'STOPPED' : one.replication,
      launchOf: one.launch === undefined ? undefined : one.launchOf,
      instance: hasInstance || lifecycle === 'CUTOVER' ? (one.instance ?? 'i-1') : undefined,
      busy: one.busy && !isOver,
    };
  });

/** The state of a job, as the adapter derives it from its source server. */
function stateOf({ lifecycle, replication, archived }: Position): JobState {
  if (archived || lifecycle === 'CUTOVER') return 'completed';
  if (lifecycle === 'DISCONNECTED') return 'failed';
  if (replication === 'STALLED') return 'failing';
  if (['PAUSED', 'STOPPED', 'DISCONNECTED'].includes(replication)) return 'paused';
  return replication === 'INITIATING' ? 'pending' : 'active';
}

function factsOf({ lifecycle, replication, archived, launch, launchOf, instance, busy, snapshot }: Position) {
  const isRunning = !['STALLED', 'PAUSED', 'STOPPED', 'DISCONNECTED'].includes(replication);
  return {
    ...{ lifecycle, shipped: snapshot },
    ...(!isRunning && { replication }),
    ...(archived && { archived }),
    ...(launch !== undefined && { launch }),
    ...(launchOf !== undefined && { launchOf }),
    ...(instance !== undefined && { instance }),
    ...(busy && { busy }),
  };
}

const mgnVm = (name: string) =>
  fc.record({
    name: fc.constant(name),
    isDesired: fc.constantFrom(true, true, true, false),
    wave: waveName,
    settings: fc.record({ app: fc.constantFrom('intranet', 'intranet', 'payroll') }),
    applied: fc.record({ app: fc.constantFrom('intranet', 'intranet', 'payroll') }),
    adopt: fc.constantFrom(false, false, true),
    owner,
    position: fc.option(position, { nil: undefined, freq: 8 }),
  });

const mgnPhase = fc.option(
  fc.constantFrom<Phase[]>('replicate', 'test', 'ready', 'cutover', 'finalize', 'archive'),
  {
    nil: undefined,
  },
);

export const mgnAccounts: fc.Arbitrary<PlanInput> = fc
  .record({
    parts: fc.tuple(...NAMES.map(mgnVm)),
    phases: fc.tuple(mgnPhase, mgnPhase),
    limit: fc.constantFrom(50, 1),
    replaced: fc.constantFrom(...NAMES, undefined, undefined, undefined),
    confirmed: fc.boolean(),
  })
  .map(({ parts, phases, limit, replaced, confirmed }) => {
    const jobs = parts.flatMap(({ name, owner: by, position: at, applied }): ObservedJob[] =>
      at === undefined
        ? []
        : [
            {
              id: `s-${name}`,
              server: server(name),
              state: stateOf(at),
              settings: applied,
              facts: factsOf(at),
              ...(by !== undefined && { owner: by }),
            },
          ],
    );
    const made = planInput({
      ...{
        jobs,
        limit,
        servers: parts.map(({ name, position: at }) =>
          server(name, at === undefined ? {} : { hadJob: true }),
        ),
      },
      vms: parts.flatMap(({ name, isDesired, wave: w, settings, adopt }) =>
        isDesired ? [vm(name, { wave: w, settings, adopt })] : [],
      ),
      waves: WAVES.map((name, index) => withPhase(name, phases[index])),
      input: {
        traits: new Map([['production', mgnTraits]]),
        replace: (text) => text === replaced,
        confirm: { finalize: () => confirmed, revert: () => confirmed, disconnect: () => confirmed },
      },
    });
    const account = made.observed.get('production');
    // A create that was cut off has marked its server, and started nothing.
    const unfinished = parts.flatMap(({ name, owner: by, position: at }): ObservedJob[] =>
      at === undefined && by?.project === PROJECT
        ? [{ id: `s-${name}`, server: server(name), state: 'failed', settings: {}, owner: by }]
        : [],
    );
    if (account === undefined || unfinished.length === 0) return made;
    return { ...made, observed: new Map([['production', { ...account, unfinished }]]) };
  });

/** The position that the facts of a job come from. */
export function positionOf({ facts = {} }: ObservedJob): Position {
  return {
    lifecycle: String(facts['lifecycle']),
    replication: String(facts['replication'] ?? 'CONTINUOUS'),
    archived: facts['archived'] === true,
    launch: facts['launch'] === undefined ? undefined : String(facts['launch']),
    launchOf: LAUNCH_KINDS.find((kind) => kind === facts['launchOf']),
    instance: facts['instance'] === undefined ? undefined : String(facts['instance']),
    busy: facts['busy'] === true,
    snapshot: facts['shipped'] === true,
  };
}

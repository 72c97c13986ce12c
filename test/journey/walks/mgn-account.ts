import type { Settings } from '../../../src/core/desired.ts';
import type { JobState, Observed, ObservedJob, Owner } from '../../../src/core/observed.ts';
import type { ExecutableChange } from '../../../src/core/plan.ts';
import { mgnTraits } from '../../../src/providers/mgn/traits.ts';
import { NOW, observe, server } from '../../plan/plan-input.ts';
import { type Position, READY, take } from '../../providers/mgn/positions.ts';
import { type AccountModel, HOUR, type Loss, type Standing, type Start } from './account.ts';

/** What happens to servers of MGN: the service's doing, and people's in the console. */
const MGN_HAPPENINGS = [
  'launches fail',
  'lags',
  'rescans',
  'stalls',
  'does not boot',
  'recovers',
  'is tested by hand',
  'is cut over by hand',
  'is reverted by hand',
  'is reverted and its instance terminated by hand',
  'is reverted to its test by hand',
  'is stopped by hand',
] as const;
export type MgnHappening = (typeof MGN_HAPPENINGS)[number];

/** A source server: its position, and what is of no interest to the rules of phases alone. */
interface Source extends Position {
  readonly owner?: Owner | undefined;
  readonly settings?: Settings;
  readonly instanceOf?: 'test' | 'cutover' | undefined;
  readonly launchesFail?: boolean;
  readonly failedLaunches?: number;
  readonly lags?: boolean;
  readonly rescans?: boolean;
  readonly bootFails?: boolean;
}

/** What a happening makes of a source server, where it is no step. */
const WEATHER: Readonly<Partial<Record<MgnHappening, Partial<Source>>>> = {
  'launches fail': { launchesFail: true },
  lags: { lags: true },
  rescans: { rescans: true },
  stalls: { replication: 'STALLED' },
  'does not boot': { bootFails: true },
  recovers: { launchesFail: false, failedLaunches: 0, lags: false, rescans: false, bootFails: false },
  'is stopped by hand': { lifecycle: 'STOPPED', replication: 'STOPPED', snapshot: false },
};

const LIFECYCLE_OF_START: Readonly<Record<Start, string | undefined>> = {
  'not replicating': undefined,
  replicating: 'READY_FOR_TEST',
  tested: 'TESTING',
  ready: 'READY_FOR_CUTOVER',
  'cut over': 'CUTTING_OVER',
  'taken back': 'READY_FOR_CUTOVER',
  finalized: 'CUTOVER',
  archived: 'CUTOVER',
};

/** States in which a cut-over that was launched does not count any more: it was taken back, or its replication stopped. */
const BEFORE_CUTOVER: ReadonlySet<string> = new Set([
  'STOPPED',
  'NOT_READY',
  'READY_FOR_TEST',
  'READY_FOR_CUTOVER',
]);

/** Source servers by name; one that is absent was only discovered. */
export class MgnAccount implements AccountModel<MgnHappening> {
  readonly traits = mgnTraits;
  readonly happenings = MGN_HAPPENINGS;
  readonly #names: readonly string[];
  readonly #prune: 'release' | 'disconnect';
  readonly #sources = new Map<string, Source>();
  #launched = 0;

  constructor(names: readonly string[], prune: 'release' | 'disconnect') {
    this.#names = names;
    this.#prune = prune;
  }

  observed(): Observed {
    return observe({
      servers: this.#names.map((name) => server(name, this.#sources.has(name) ? { hadJob: true } : {})),
      jobs: [...this.#sources].map(([name, source]) => jobOf(name, source)),
    });
  }

  start(vm: string, where: Start, owner: Owner | undefined, settings: Settings): void {
    const lifecycle = LIFECYCLE_OF_START[where];
    if (lifecycle === undefined) return;
    const ours = {
      ...READY,
      lifecycle,
      owner,
      settings: { ...settings, 'mgn.waveName': owner?.wave ?? 'w1' },
    };
    if (where === 'replicating' || where === 'ready') {
      this.#sources.set(vm, ours);
      return;
    }
    const launchOf = where === 'tested' ? 'test' : 'cutover';
    this.#launched += 1;
    const instance = `i-${launchOf}${this.#launched}`;
    const launched = { ...ours, launch: 'LAUNCHED', launchOf, instance, instanceOf: launchOf } as const;
    const isArchived = where === 'archived';
    const isOver = where === 'finalized' || isArchived;
    const over = isOver ? { replication: 'DISCONNECTED', snapshot: false, archived: isArchived } : {};
    this.#sources.set(vm, { ...launched, ...over, reverted: where === 'taken back' });
  }

  standing(vm: string): Standing {
    const source = this.#sources.get(vm);
    if (source === undefined) {
      const nothing = {
        isTested: false,
        isCutOver: false,
        isCutoverDone: false,
        isReverted: false,
        isKept: false,
      };
      return { ...nothing, owner: undefined, isFinalized: false, text: 'not replicating' };
    }
    const { owner, lifecycle, instance, instanceOf, launch, archived, reverted } = source;
    return {
      owner: owner === undefined ? undefined : `${owner.project}/${owner.wave}`,
      isTested: lifecycle === 'TESTING',
      isCutOver: lifecycle === 'CUTTING_OVER',
      isCutoverDone: lifecycle === 'CUTTING_OVER' && instanceOf === 'cutover' && launch === 'LAUNCHED',
      isReverted: reverted === true || (instanceOf === 'cutover' && BEFORE_CUTOVER.has(lifecycle)),
      isKept: lifecycle === 'READY_FOR_CUTOVER' && instanceOf === 'cutover',
      isFinalized: lifecycle === 'CUTOVER',
      text: `${archived ? 'archived' : lifecycle}${instance === undefined ? '' : `, ${instance}`}`,
    };
  }

  apply(change: ExecutableChange): readonly Loss[] {
    const name = change.serverId.slice('s-'.length);
    const before = this.#sources.get(name);
    if (change.action === 'create') {
      if (before !== undefined) throw new Error(`ConflictException: ${name} replicates`);
      const begun = { ...READY, lifecycle: 'NOT_READY', replication: 'INITIATING', snapshot: false };
      this.#sources.set(name, { ...begun, owner: change.owner, settings: change.settings });
      return [];
    }
    if (before === undefined) throw new Error(`ResourceNotFoundException: ${name}`);
    switch (change.action) {
      case 'update':
        this.#sources.set(name, { ...before, owner: change.owner, settings: change.settings });
        return [];
      case 'delete':
        return this.#release(name, before);
      case 'replace':
        throw new Error('ValidationException: MGN has no replace');
      case 'advance':
        return this.#step(name, before, change.step);
    }
  }

  #release(name: string, before: Source): readonly Loss[] {
    const released = { ...before, owner: undefined, settings: {} };
    const isOver = before.lifecycle === 'CUTOVER' || before.lifecycle === 'DISCONNECTED';
    if (this.#prune === 'release' || isOver) {
      this.#sources.set(name, released);
      return [];
    }
    const gone = { lifecycle: 'DISCONNECTED', replication: 'DISCONNECTED', snapshot: false, busy: false };
    this.#sources.set(name, { ...released, ...gone });
    return ['replication'];
  }

  #step(name: string, before: Source, step: string): readonly Loss[] {
    const launches = step === 'StartTest' || step === 'StartCutover';
    const takesBack = /^ChangeServerLifeCycleState/.test(step) && before.lifecycle === 'CUTTING_OVER';
    const reverted = !launches && (takesBack || before.reverted === true);
    // The service deletes a launched instance before it launches another.
    const isEnded = before.instance !== undefined && (launches || step === 'TerminateTargetInstances');
    const after: Source = { ...before, ...take(step, before), reverted };
    this.#sources.set(name, launches && isEnded ? { ...after, instance: undefined } : after);
    return [
      ...(isEnded ? ([before.instanceOf === 'test' ? 'test instance' : 'cut-over instance'] as const) : []),
      ...(takesBack ? (['cut-over'] as const) : []),
      ...(step === 'ChangeServerLifeCycleState READY_FOR_TEST' && before.lifecycle === 'TESTING'
        ? (['test'] as const)
        : []),
      ...(step === 'FinalizeCutover' ? (['replication'] as const) : []),
      ...(step === 'MarkAsArchived' && !before.archived ? (['server'] as const) : []),
    ];
  }

  happen(what: MgnHappening, vm: string): void {
    const now = this.#sources.get(vm);
    if (now === undefined || now.archived || now.busy) return;
    const { lifecycle } = now;
    const isOver = lifecycle === 'CUTOVER' || lifecycle === 'DISCONNECTED';
    const weather = WEATHER[what];
    const resumes = what === 'recovers' && now.replication === 'STALLED';
    if (weather !== undefined && !isOver)
      this.#sources.set(vm, { ...now, ...weather, ...(resumes && { replication: 'CONTINUOUS' }) });
    switch (what) {
      case 'is tested by hand':
        if (lifecycle === 'READY_FOR_TEST') this.#step(vm, now, 'StartTest');
        return;
      case 'is cut over by hand':
        if (lifecycle === 'READY_FOR_CUTOVER' && now.snapshot) this.#step(vm, now, 'StartCutover');
        return;
      case 'is reverted by hand':
      case 'is reverted and its instance terminated by hand': {
        if ((lifecycle !== 'CUTTING_OVER' && lifecycle !== 'TESTING') || !now.snapshot) return;
        const to = lifecycle === 'TESTING' ? 'READY_FOR_TEST' : 'READY_FOR_CUTOVER';
        this.#step(vm, now, `ChangeServerLifeCycleState ${to}`);
        if (what !== 'is reverted by hand' && now.instance !== undefined)
          this.#step(vm, this.#sources.get(vm) ?? now, 'TerminateTargetInstances');
        return;
      }
      case 'is reverted to its test by hand':
        if (lifecycle === 'CUTTING_OVER' && now.snapshot)
          this.#step(vm, now, 'ChangeServerLifeCycleState READY_FOR_TEST');
        return;
      case 'launches fail':
      case 'lags':
      case 'rescans':
      case 'stalls':
      case 'does not boot':
      case 'recovers':
      case 'is stopped by hand':
    }
  }

  pass(): void {
    for (const [name, source] of this.#sources) this.#sources.set(name, this.#later(source));
  }

  #later(now: Source): Source {
    const { lifecycle, launchOf, launchesFail, failedLaunches = 0 } = now;
    if (now.busy) {
      const settled = { ...now, busy: false };
      if (now.launch !== 'PENDING')
        return { ...settled, launch: 'TERMINATED', instance: undefined, instanceOf: undefined };
      if (launchesFail === true) return { ...settled, launch: 'FAILED', failedLaunches: failedLaunches + 1 };
      this.#launched += 1;
      const instance = `i-${launchOf ?? ''}${this.#launched}`;
      return { ...settled, launch: 'LAUNCHED', failedLaunches: 0, instance, instanceOf: launchOf };
    }
    if (['STOPPED', 'CUTOVER', 'DISCONNECTED'].includes(lifecycle) || now.replication === 'STALLED')
      return now;
    const ready = lifecycle === 'NOT_READY' ? 'READY_FOR_TEST' : lifecycle;
    return { ...now, lifecycle: ready, replication: 'CONTINUOUS', snapshot: true };
  }
}

function jobOf(name: string, source: Source): ObservedJob {
  const {
    owner,
    settings = {},
    lifecycle,
    replication,
    archived,
    launch,
    launchOf,
    instance,
    busy,
    snapshot,
  } = source;
  const { failedLaunches = 0, lags, rescans, bootFails, reverted } = source;
  const isRunning = !['STALLED', 'STOPPED', 'DISCONNECTED'].includes(replication);
  return {
    id: `s-${name}`,
    server: server(name),
    state: stateOf(source),
    settings,
    facts: {
      ...{ lifecycle, shipped: snapshot },
      ...(!isRunning && { replication }),
      ...(archived && { archived }),
      ...(launch !== undefined && { launch }),
      ...(launchOf !== undefined && { launchOf }),
      ...(instance !== undefined && { instance, firstBoot: bootFails === true ? 'STOPPED' : 'SUCCEEDED' }),
      ...(failedLaunches > 0 && { failedLaunches }),
      ...(reverted === true && { reverted }),
      ...(busy && { busy }),
    },
    ...(owner !== undefined && { owner }),
    ...(snapshot && { lag: lags === true ? 9 * HOUR : 0, recoveryPointAt: NOW }),
    ...(rescans === true && { isRescanning: true, statusMessage: 'rescan, 2 d left' }),
  };
}

/** The state of a job, as the adapter derives it from its source server. */
function stateOf({ lifecycle, replication, archived }: Position): JobState {
  if (archived || lifecycle === 'CUTOVER') return 'completed';
  if (lifecycle === 'DISCONNECTED') return 'failed';
  if (replication === 'STALLED') return 'failing';
  if (replication === 'STOPPED') return 'paused';
  return replication === 'INITIATING' ? 'pending' : 'active';
}

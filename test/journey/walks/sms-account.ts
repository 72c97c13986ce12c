import type { Settings } from '../../../src/core/desired.ts';
import type {
  JobState,
  Observed,
  ObservedJob,
  Owner,
  PastJob,
  ReplicationRun,
} from '../../../src/core/observed.ts';
import type { ExecutableChange } from '../../../src/core/plan.ts';
import { smsTraits } from '../../../src/providers/sms/traits.ts';
import { MANAGER, NOW, observe, server } from '../../plan/plan-input.ts';
import { type AccountModel, HOUR, type Loss, type Standing, type Start } from './account.ts';

/** What happens to jobs of SMS: the service's doing, and people's in the console. */
const SMS_HAPPENINGS = [
  'runs fail',
  'recovers',
  'loses its connector',
  'is run by hand',
  'is paused',
  'is deleted by hand',
] as const;
export type SmsHappening = (typeof SMS_HAPPENINGS)[number];

interface Job {
  readonly id: string;
  /** Absent: the job has no marker. */
  readonly owner?: Owner | undefined;
  readonly settings: ObservedJob['settings'];
  readonly state: JobState;
  /** The latest first. */
  readonly runs: readonly ReplicationRun[];
  readonly cutoverRun?: string | undefined;
  readonly revertedRun?: string | undefined;
  readonly finalizedAmi?: string | undefined;
}

export class SmsAccount implements AccountModel<SmsHappening> {
  readonly traits = smsTraits;
  readonly happenings = SMS_HAPPENINGS;
  readonly #names: readonly string[];
  readonly #jobs = new Map<string, Job>();
  readonly #past = new Map<string, readonly Job[]>();
  readonly #failing = new Set<string>();
  #isConnected = true;
  #made = 0;
  #now = NOW;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  observed(): Observed {
    return observe({
      at: this.#now,
      servers: this.#names.map((name) => {
        const jobId = (this.#jobs.get(name) ?? this.#past.get(name)?.[0])?.id;
        return server(name, jobId === undefined ? {} : { hadJob: true, jobId });
      }),
      jobs: [...this.#jobs].map(([name, job]) => ({ ...listed(name, job), state: job.state })),
      pastJobs: [...this.#past].flatMap(([name, jobs]) => jobs.map((job) => listed(name, job))),
      connectors: [{ id: 'c-1', healthy: this.#isConnected, vmManagerId: MANAGER }],
    });
  }

  start(vm: string, where: Start, owner: Owner | undefined, settings: Settings): void {
    if (where === 'not replicating') return;
    const seeded = this.#completed(this.#run('automatic'));
    this.#made += 1;
    const { project, wave } = owner ?? { project: 'other', wave: 'w1' };
    const final = this.#completed(this.#run('on-demand', `cut-over [landfall:${project}/${wave}]`));
    const job = { id: `sms-job-${this.#made}`, owner, settings, state: 'active' } as const;
    const isCutOver = where === 'cut over' || where === 'taken back' || where === 'finalized';
    const runs = isCutOver ? [final, seeded] : [seeded];
    const marker = where === 'cut over' ? { cutoverRun: final.id } : {};
    this.#jobs.set(vm, { ...job, runs, ...marker, ...(where === 'taken back' && { revertedRun: final.id }) });
    if (where === 'finalized') this.#delete(vm, { ...job, runs, finalizedAmi: final.amiId });
  }

  #completed(run: ReplicationRun): ReplicationRun {
    return { ...run, state: 'completed', completedAt: this.#now, amiId: run.id.replace('sms-run', 'ami') };
  }

  standing(vm: string): Standing {
    const job = this.#jobs.get(vm);
    const run = job === undefined ? undefined : finalRun(job);
    const isFinalized =
      job === undefined && (this.#past.get(vm) ?? []).some(({ finalizedAmi }) => finalizedAmi !== undefined);
    const text = job === undefined ? (isFinalized ? 'finalized' : 'not replicating') : `job ${job.state}`;
    return {
      owner: job?.owner === undefined ? undefined : `${job.owner.project}/${job.owner.wave}`,
      isTested: false,
      isCutOver: run !== undefined && run.state !== 'failed',
      isCutoverDone: run?.state === 'completed',
      // A cut-over that is taken back on SMS has a marker of its own, and no person can write it in the console.
      isReverted: false,
      isKept: false,
      isFinalized,
      text:
        run === undefined
          ? text
          : `${text}, final run ${run.state}${run.amiId === undefined ? '' : `: ${run.amiId}`}`,
    };
  }

  apply(change: ExecutableChange): readonly Loss[] {
    const name = change.serverId.slice('s-'.length);
    const job = this.#jobs.get(name);
    if (change.action === 'create') {
      if (job !== undefined) throw new Error(`ReplicationJobAlreadyExistsException: ${name}`);
      this.#create(name, change);
      return [];
    }
    if (job === undefined) throw new Error(`ReplicationJobNotFoundException: ${name}`);
    switch (change.action) {
      case 'update':
        this.#jobs.set(name, { ...job, owner: change.owner, settings: change.settings });
        return [];
      case 'delete':
        this.#delete(name, job);
        return ['replication'];
      case 'replace':
        this.#delete(name, job);
        this.#create(name, change);
        return ['replication'];
      case 'advance':
        return this.#step(name, job, change);
    }
  }

  #step(name: string, job: Job, { step, owner }: ExecutableChange): readonly Loss[] {
    switch (step) {
      case 'StartOnDemandReplicationRun': {
        if (!isLive(job) || job.runs.some(({ state }) => state === 'active'))
          throw new Error(`OperationNotPermittedException: ${job.id}`);
        const run = this.#run('on-demand', `cut-over [landfall:${owner.project}/${owner.wave}]`);
        this.#jobs.set(name, { ...job, runs: [run, ...job.runs], cutoverRun: run.id });
        return [];
      }
      case 'UpdateReplicationJob':
        this.#jobs.set(name, { ...job, cutoverRun: undefined, revertedRun: finalRun(job)?.id });
        // The AMI stays, and an instance of it runs on.
        return [];
      case 'DeleteReplicationJob': {
        const amiId = finalRun(job)?.amiId;
        if (amiId === undefined) throw new Error(`${name} would be finalized without an AMI`);
        this.#delete(name, { ...job, finalizedAmi: amiId });
        return ['replication'];
      }
      case undefined:
      default:
        throw new Error(`SMS has no step ${step ?? ''}`);
    }
  }

  #create(name: string, { owner, settings }: ExecutableChange): void {
    this.#made += 1;
    const runs = [this.#run('automatic')];
    this.#jobs.set(name, { id: `sms-job-${this.#made}`, owner, settings, state: 'active', runs });
  }

  #delete(name: string, job: Job): void {
    this.#jobs.delete(name);
    const runs = job.runs.map((run) =>
      run.state === 'active' ? { ...run, state: 'deleted' as const } : run,
    );
    this.#past.set(name, [{ ...job, runs }, ...(this.#past.get(name) ?? [])]);
  }

  #run(type: ReplicationRun['type'], description?: string): ReplicationRun {
    this.#made += 1;
    const run = { id: `sms-run-${this.#made}`, state: 'active' as const, type, scheduledAt: this.#now };
    return description === undefined ? run : { ...run, description };
  }

  happen(what: SmsHappening, vm: string): void {
    const job = this.#jobs.get(vm);
    switch (what) {
      case 'loses its connector':
        this.#isConnected = false;
        return;
      case 'recovers':
        this.#isConnected = true;
        this.#failing.delete(vm);
        if (job?.state === 'paused') this.#jobs.set(vm, { ...job, state: 'active' });
        return;
      case 'runs fail':
        this.#failing.add(vm);
        return;
      case 'is run by hand':
        if (job !== undefined && isLive(job) && job.runs.every(({ state }) => state !== 'active'))
          this.#jobs.set(vm, { ...job, runs: [this.#run('on-demand'), ...job.runs] });
        return;
      case 'is paused':
        if (job !== undefined && isLive(job)) this.#jobs.set(vm, { ...job, state: 'paused' });
        return;
      case 'is deleted by hand':
        if (job !== undefined) this.#delete(vm, job);
        return;
    }
  }

  /** Lets a day pass: two on-demand runs are allowed in one. */
  pass(): void {
    this.#now += 25 * HOUR;
    for (const [name, job] of this.#jobs) {
      if (!isLive(job) || !this.#isConnected) continue;
      const isFailing = this.#failing.has(name);
      const runs = job.runs.map((run): ReplicationRun => {
        if (run.state !== 'active') return run;
        if (!isFailing) return this.#completed(run);
        return { ...run, completedAt: this.#now, state: 'failed', statusMessage: 'ServerError' };
      });
      const automatic = isFailing ? [] : [this.#completed(this.#run('automatic'))];
      this.#jobs.set(name, { ...job, runs: [...automatic, ...runs] });
    }
  }
}

/** Whether the service starts runs of a job. */
function isLive({ state }: Job): boolean {
  return state === 'active';
}

/** The run that a cut-over has started, unless it was taken back. */
function finalRun({ runs, revertedRun, owner }: Job): ReplicationRun | undefined {
  const reverted = runs.findIndex(({ id }) => id === revertedRun);
  return runs
    .slice(0, reverted < 0 ? runs.length : reverted)
    .find(({ description = '' }) => description.startsWith(`cut-over [landfall:${owner?.project ?? ''}/`));
}

function listed(name: string, { owner, cutoverRun, revertedRun, finalizedAmi, ...job }: Job): PastJob {
  const latestAmiId = job.runs.find(({ amiId }) => amiId !== undefined)?.amiId;
  return {
    ...{ id: job.id, settings: job.settings, runs: job.runs },
    server: server(name),
    ...(owner !== undefined && { owner }),
    ...(latestAmiId !== undefined && { latestAmiId }),
    ...(finalizedAmi !== undefined && { finalizedAmi }),
    ...(finalizedAmi === undefined && cutoverRun !== undefined && { cutoverRun }),
    ...(finalizedAmi === undefined && revertedRun !== undefined && { revertedRun }),
  };
}

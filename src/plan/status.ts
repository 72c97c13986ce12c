import { byPlace, type Concern } from '../core/concern.ts';
import { type Desired, phaseOfWave, type Target } from '../core/desired.ts';
import { addStageCounts, countStages, type VmStage } from '../core/journey.ts';
import {
  activeOrDueRun,
  isActive,
  type JobState,
  type Observed,
  type ObservedJob,
  phasesOf,
} from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { PhaseStatus, Status, VmEntry, VmStatus, WaveStatus } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import { missingSetupConcerns } from '../journey/account.ts';
import { journeyOf, type VmJourney } from '../journey/journey.ts';
import { otherVmsConcerns } from '../journey/vm-concerns.ts';
import type { PlanInput } from './input.ts';
import { planProject } from './index.ts';
import { nextOf } from './next.ts';

/**
 * Tells where VMs stand and what each does next, which is what a plan of the same input does. Pure.
 * @param input whole: a narrowed selection would hide what caps and guards do to the VMs
 * @param entries the VMs to tell of, as `findSubjects` finds them in the same accounts
 */
export function buildStatus(input: PlanInput, entries: readonly VmEntry[]): Status {
  const { desired, observed, traits } = input;
  const plan = planProject(input);
  const changes = new Map(plan.changes.map((change) => [keyOf(change), change]));
  const blocking = new Map<string, Concern>();
  for (const concern of plan.concerns) {
    const { severity, address, target = '' } = concern;
    if (severity === 'critical' && address !== undefined) blocking.set(keyOf({ target, address }), concern);
  }
  const phases = phasesOf(desired);
  const labels = new Map(desired.waves.map((wave) => [wave.name, wave.labels]));
  const vms = entries.flatMap((entry): readonly VmStatus[] => {
    const target = desired.targets.find(({ name }) => name === entry.target);
    const account = observed.get(entry.target);
    const ofTarget = traits.get(entry.target);
    if (target === undefined || account === undefined || ofTarget === undefined) return [];
    const { project } = desired;
    const journey = journeyOfEntry(entry, { project, target, traits: ofTarget, phases, observed: account });
    const change = entry.isLeftOut === true ? undefined : changes.get(keyOf(entry));
    const next = nextOf({
      ...{ entry, journey, at: account.at, phase: phaseOfWave(phases, entry.wave ?? '') },
      ...{ change, concern: blocking.get(keyOf(entry)), stepTexts: ofTarget.phases.stepTexts },
      canReplace: ofTarget.replace === undefined,
      ofTarget: plan.concerns.filter(
        ({ severity, address, target: of }) =>
          severity === 'critical' && address === undefined && of === entry.target,
      ),
    });
    return [
      {
        ...entry,
        ...runsOf(entry.job, account.at),
        ...journey,
        next,
        ...phaseStatus(entry, journey, desired),
        ...labelled(labels.get(entry.wave ?? '')),
      },
    ];
  });
  return {
    at: plan.at,
    capacity: plan.capacity,
    ...summarise(vms),
    concerns: [
      ...(input.unreachable ?? []),
      ...desired.targets.flatMap((target) => {
        const account = observed.get(target.name);
        return account === undefined ? [] : accountConcerns(target, account, traits.get(target.name), vms);
      }),
    ].toSorted(byPlace),
  };
}

/** Counts VMs by wave and by stage. */
export function summarise(vms: readonly VmStatus[]): Pick<Status, 'vms' | 'waves' | 'stages'> {
  const stages = countStages(vms.flatMap((vm) => (vm.vm === undefined ? [] : [vm.stage])));
  return { vms, waves: summariseWaves(vms), stages };
}

function keyOf({ target, address }: { readonly target: string; readonly address: string }): string {
  return JSON.stringify([target, address]);
}

const NOT_IN_CATALOG: VmStage = { stage: 'not-in-catalog', evidence: [], deadlines: [], outputs: [] };

function journeyOfEntry(entry: VmEntry, input: Parameters<typeof journeyOf>[0]): VmJourney {
  const { server, vm, job, past, problem } = entry;
  if (server === undefined) return { ...NOT_IN_CATALOG, concerns: problem === undefined ? [] : [problem] };
  const subject = { server, past, ...(vm !== undefined && { vm }), ...(job !== undefined && { job }) };
  return journeyOf(input, subject);
}

/** The runs that tell what a job does now, did last, and does next. */
function runsOf(
  job: ObservedJob | undefined,
  at: Instant,
): Pick<VmStatus, 'run' | 'lastRun' | 'nextRunAt' | 'latestAmiId'> {
  if (job === undefined) return {};
  const { runs = [], latestAmiId } = job;
  const run = activeOrDueRun(job, runs, at);
  const lastRun = runs.find(({ state }) => state === 'completed' || state === 'failed');
  const nextRunAt = nextRunOf(job, at);
  const ami = latestAmiId ?? runs.find(({ amiId }) => amiId !== undefined)?.amiId;
  return {
    ...(run !== undefined && { run }),
    ...(lastRun !== undefined && { lastRun }),
    ...(nextRunAt !== undefined && { nextRunAt }),
    ...(ami !== undefined && { latestAmiId: ami }),
  };
}

/** When the next run of a job starts by itself. */
function nextRunOf(job: ObservedJob, at: Instant): Instant | undefined {
  if (!isActive(job) || job.state === 'paused') return undefined;
  const pending = (job.runs ?? [])
    .filter(({ state }) => state === 'pending')
    .map(({ scheduledAt }) => scheduledAt);
  const times = [job.nextRunAt, ...pending].filter((time) => time !== undefined);
  return times.filter((time) => time > at).toSorted((a, b) => a - b)[0];
}

/** How far a VM is on its way to its wave's phase; absent where the wave is to replicate, and no more than that. */
function phaseStatus(
  { wave }: VmEntry,
  { decision }: VmJourney,
  desired: Desired,
): { readonly phase?: PhaseStatus } {
  if (decision === undefined || wave === undefined) return {};
  const { phase } = phaseOfWave(phasesOf(desired), wave);
  switch (decision.kind) {
    case 'create':
      return phase === 'replicate'
        ? {}
        : { phase: { phase, kind: 'waits', detail: 'waits for its replication job' } };
    case 'reached': {
      if (phase === 'replicate') return {};
      const { reason } = decision;
      return { phase: { phase, kind: 'reached', ...(reason !== undefined && { detail: reason }) } };
    }
    case 'step':
      return { phase: { phase, kind: 'next', detail: decision.step } };
    case 'wait':
      return phase === 'replicate' ? {} : { phase: { phase, kind: 'waits', detail: decision.reason } };
    case 'refused':
      return { phase: { phase, kind: 'refused' } };
  }
}

/** What is wrong with a target as a whole, as far as the VMs that are shown suffer from it. */
function accountConcerns(
  target: Target,
  observed: Observed,
  traits: ProviderTraits | undefined,
  vms: readonly VmStatus[],
): readonly Concern[] {
  const ofTarget = vms.filter((vm) => vm.target === target.name);
  const replicated = ofTarget.flatMap(({ job }) => job?.server ?? []);
  const missing = ofTarget.filter(({ server, problem }) => server === undefined && problem === undefined);
  const replicating = replicated.length > 0 ? replicated : undefined;
  const ofService = traits?.accountConcerns(target.name, observed, missing.length, replicating) ?? [];
  const desired = ofTarget.flatMap(({ vm }) => vm ?? []);
  return [
    ...missingSetupConcerns(target.name, observed, desired),
    ...otherVmsConcerns(target, observed, missing.length),
    ...ofService,
  ];
}

/** The counts of each wave, in the order in which its first VM comes. Jobs of others belong to no wave. */
function summariseWaves(vms: readonly VmStatus[]): readonly WaveStatus[] {
  const groups = new Map<string, { target: string; wave: string; vms: VmStatus[] }>();
  for (const vm of vms) {
    const { target, wave } = vm;
    if (wave === undefined) continue;
    const key = JSON.stringify([target, wave]);
    const group = groups.get(key) ?? { target, wave, vms: [] };
    group.vms.push(vm);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ target, wave, vms: members }) => ({
    ...{ target, wave },
    ...labelled(members[0]?.labels),
    ...count(members),
  }));
}

function labelled(labels: VmStatus['labels']): Pick<VmStatus, 'labels'> {
  return labels === undefined ? {} : { labels };
}

function count(vms: readonly VmStatus[]): Omit<WaveStatus, 'target' | 'wave'> {
  const many = (counts: (vm: VmStatus) => boolean): number => vms.filter(counts).length;
  const jobs: Partial<Record<JobState, number>> = {};
  for (const { job } of vms) if (job !== undefined) jobs[job.state] = (jobs[job.state] ?? 0) + 1;
  return {
    vms: vms.length,
    stages: addStageCounts([countStages(vms.map(({ stage }) => stage))]),
    jobs,
    withoutJob: many(({ job }) => job === undefined),
    unlisted: many(({ vm, isLeftOut }) => vm === undefined && isLeftOut !== true),
    running: many(({ run }) => run?.state === 'active'),
    waiting: many(({ run }) => run?.state === 'pending'),
    withAmi: many(({ outputs }) => outputs.some(({ kind }) => kind === 'ami')),
    withInstance: many(({ outputs }) => outputs.some(({ kind }) => kind === 'instance')),
  };
}

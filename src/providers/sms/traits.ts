import type { DesiredVm } from '../../core/desired.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { accountConcerns, connectorProblem, jobConcerns } from './concerns.ts';
import { type SmsSettings, smsSettings } from './settings.ts';
import { smsPhases } from './phases.ts';
import { cutoverImage, latestCutoverRun } from './images.ts';
import { stageOf } from './stage.ts';
import { FINALIZE, REVERT, type Sms, type SmsJob, START_CUTOVER_RUN } from './types.ts';

/** The traits of AWS SMS for planning. */
export const smsTraits: ProviderTraits<Sms> = {
  fields: smsSettings,
  phases: smsPhases,
  stepNames: {
    [START_CUTOVER_RUN]: 'start-cutover',
    [REVERT]: 'revert',
    [FINALIZE]: 'finalize',
  },
  stageOf,
  connectorProblem,
  inventory: {
    name: 'server catalogue',
    remedy: 'fix it in the manifest, or run `landfall catalog import` if the VM is new in its vCenter',
  },
  // Domain, operations: deleting a job deletes its artefacts, but not its AMIs.
  effects: (action) =>
    action === 'delete' ? ['AMIs stay'] : ["the job's history ends; AMIs already made stay"],
  // Its AMI may be the only copy of a VM whose source is switched off: the delete is asked for by name.
  disconnects: (_target, job) => cutoverImage(job) !== undefined || isCuttingOver(job),
  startEffects: firstRunEffects,
  isDone,
  jobConcerns,
  accountConcerns,
};

/** Whether a VM that should replicate once has done so. */
function isDone(vm: DesiredVm<Sms>, { state, settings }: SmsJob): boolean {
  return state === 'completed' && isRunOnce(settings) && isRunOnce(vm.settings);
}

/** Whether the final run of a job is due or under way: without the job, it makes no AMI. */
function isCuttingOver(job: SmsJob): boolean {
  const state = latestCutoverRun(job)?.state;
  return state === 'active' || state === 'pending';
}

const STARTS_WHEN_APPLIED = ['starts when applied'] as const;

/** Describes when the first replication of a new job starts, unless the seed time is in the future. */
function firstRunEffects(settings: SmsSettings, now: Instant): readonly string[] {
  const seed = settings.seedReplicationTime;
  if (seed === undefined) return STARTS_WHEN_APPLIED;
  const time = Date.parse(seed);
  return time <= now ? [`seed time ${displayInstant(time)} has passed: starts now`] : [];
}

function isRunOnce(settings: SmsSettings): boolean {
  return settings.runOnce === true;
}

import type { ObservedJob, RunState } from '../../core/observed.ts';
import type { SmsSettings } from './settings.ts';

export const START_CUTOVER_RUN = 'StartOnDemandReplicationRun';
/** Writes into the job that its cut-over no longer counts. */
export const REVERT = 'UpdateReplicationJob';
export const FINALIZE = 'DeleteReplicationJob';

/** The steps of a cut-over on AWS SMS. */
export type SmsStep = typeof START_CUTOVER_RUN | typeof REVERT | typeof FINALIZE;

/** The facts of a job of a wave that is to be cut over. They are written into saved plans, as what must still hold. */
export type SmsFacts = Readonly<{
  /** The state of the run that was started for the cut-over, and its AMI. */
  cutOver?: RunState;
  ami?: string;
  /** A run of the job is active, or due and waits. */
  busy?: true;
  /** The job has had as many on-demand runs in 24 hours as it may. */
  noRunsLeft?: true;
}>;

/** What SMS has of its own. */
export interface Sms {
  readonly step: SmsStep;
  readonly facts: SmsFacts;
  readonly settings: SmsSettings;
}
export type SmsJob = ObservedJob<Sms>;

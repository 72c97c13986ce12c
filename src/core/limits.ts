/** Milliseconds of a day. Quotas that a target may change are in the definition of its service (`target.limits`). */
export const DAY = 86_400_000;

/** Longest description of a job with its marker, in characters. AWS publishes no limit; its console shows this much. */
export const MAX_DESCRIPTION_LENGTH = 255;

/** On-demand runs that a job of SMS may start in 24 hours (domain: SMS rules). */
export const MAX_RUNS_PER_DAY = 2;

/** AWS ends a job of SMS that many days after its first run (domain: SMS rules). */
export const JOB_LIFETIME_DAYS = 90;

/** The console of SMS takes a seed replication that is at most that many days ahead (domain: SMS rules). */
export const MAX_SEED_DAYS = 30;

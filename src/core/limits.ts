/** Milliseconds of a day. Quotas that a target may change are in the definition of its service (`target.limits`). */
export const DAY = 86_400_000;

/** Longest description of a job with its marker, in characters. AWS publishes no limit; its console shows this much. */
export const MAX_DESCRIPTION_LENGTH = 255;

/** On-demand runs that a job of SMS may start in 24 hours (domain: SMS rules). */
export const MAX_RUNS_PER_DAY = 2;

/** Days after its first run at which AWS ends a job of SMS (domain: SMS rules). */
export const JOB_LIFETIME_DAYS = 90;

/** Days after a pause at which AWS deletes a job of SMS (domain: SMS rules). */
export const PAUSE_LIMIT_DAYS = 4;

/** Most days ahead that the console of SMS accepts for a seed replication (domain: SMS rules). */
export const MAX_SEED_DAYS = 30;

/** Longest name of a project, target or wave, in characters (schemas/). */
export const MAX_NAME_LENGTH = 63;

/** Longest identifiers of a VM in a manifest, in characters (schemas/wave.schema.json). */
export const MAX_IDENTIFIER_LENGTHS = {
  name: 255,
  path: 1024,
  serverId: 128,
  vmManagerId: 128,
  vmId: 128,
  vmWareUuid: 128,
} as const;

/** Longest `os` of a VM in a manifest, in characters (schemas/wave.schema.json). */
export const MAX_OS_LENGTH = 128;

/** Most hours between two runs of a job of SMS (domain: SMS rules). */
export const MAX_FREQUENCY_HOURS = 24;

/** Most VMs of a wave that an import writes: such a file stays far below the size that a manifest may have. */
export const MAX_IMPORTED_WAVE_SIZE = 1000;

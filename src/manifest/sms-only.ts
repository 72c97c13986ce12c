import type { JobSetting } from './settings.ts';

/** Settings of SMS that MGN does not have: what it does instead, and what to do (domain: what a manifest says, on each service). */
export const SMS_ONLY = {
  frequency: { instead: 'replicates all the time', todo: 'remove it' },
  nextReplicationRunStartTime: { instead: 'replicates all the time', todo: 'remove it' },
  numberOfRecentAmisToKeep: {
    instead: 'keeps no AMIs, and launches instances from the latest snapshot',
    todo: 'remove it',
  },
  roleName: { instead: 'works with roles of its own, which `landfall mgn init` sets up', todo: 'remove it' },
  runOnce: {
    instead: 'replicates until the VM is cut over',
    todo: 'remove it, and move the wave on with spec.phase',
  },
  seedReplicationTime: {
    instead: 'begins to replicate with the apply',
    todo: 'remove it, and add the VM to the wave when it is to begin',
  },
} as const satisfies Partial<Record<JobSetting, { instead: string; todo: string }>>;

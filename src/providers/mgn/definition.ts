import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { DesiredSettingsContext, ServiceDefinition } from '../../core/service.ts';
import { actionsFor } from './launch/post-launch.ts';
import { mgnRules } from './manifest-rules.ts';
import { describeMgnJob, groupOfMgnJob, mgnTemplate } from './manifest-writing.ts';
import { MANAGE_WAVE, mgnSettings } from './settings.ts';
import type { MgnStep } from './steps/sequence.ts';

const KEEPS_REPLICATING = 'replicates all the time';

/** Settings of SMS that MGN does not have (domain: what a manifest says, on each service). */
const UNSUPPORTED_SETTINGS: ServiceDefinition['unsupportedSettings']['settings'] = {
  frequency: { instead: KEEPS_REPLICATING, todo: 'remove it' },
  nextReplicationRunStartTime: { instead: KEEPS_REPLICATING, todo: 'remove it' },
  numberOfRecentAmisToKeep: {
    instead: 'keeps no AMIs, and launches instances from the latest snapshot',
    todo: 'remove it',
  },
  roleName: { instead: 'uses roles of its own, which `landfall mgn init` sets up', todo: 'remove it' },
  runOnce: {
    instead: 'replicates until the VM is cut over',
    todo: 'remove it, and move the wave on with spec.phase',
  },
  seedReplicationTime: {
    instead: 'starts to replicate with the apply',
    todo: 'remove it, and add the VM to the wave when its replication should start',
  },
};

const STEPS: Readonly<Record<MgnStep, true>> = {
  StartReplication: true,
  StartTest: true,
  'ChangeServerLifeCycleState READY_FOR_CUTOVER': true,
  'ChangeServerLifeCycleState READY_FOR_TEST': true,
  TerminateTargetInstances: true,
  StartCutover: true,
  FinalizeCutover: true,
  MarkAsArchived: true,
  RetryDataReplication: true,
};

/** AWS Application Migration Service. */
export const mgnService: ServiceDefinition = {
  name: 'mgn',
  title: 'MGN',
  settings: mgnSettings,
  block: { key: 'mgn', parts: ['launch', 'postLaunch', 'replication'], ofWave: ['waveName', 'manageWave'] },
  unsupportedSettings: { id: 'setting.not-on-mgn', settings: UNSUPPORTED_SETTINGS },
  desiredSettings,
  target: {
    // Domain, rules of MGN: quotas per region.
    limits: {
      ...{ activeReplications: 150, activeJobs: 20, serversInJobs: 200 },
      ...{ serversPerApplication: 200, applicationsPerWave: 1000 },
      ...{ applications: 200, waves: 200, servers: 4000 },
    },
    prune: 'release',
    setup: ['kmsKeyId'],
    unsupported: {},
  },
  identifiers: {
    supported: ['serverId', 'vmWareUuid', 'path', 'name'],
    remedy: 'add its name, path or vmWareUuid',
  },
  steps: Object.keys(STEPS),
  unsupportedPhases: {},
  // Domain, rules of MGN: the launch fails otherwise.
  windowsByolRemedy:
    'set the tenancy Host in the EC2 launch template of the source server (mgn.launch.template.tenancy: host), or its launch fails',
  rules: mgnRules,
  template: mgnTemplate,
  importDefaults({ frequency, licenseType }) {
    if (frequency === undefined) return { licenseType };
    throw new LandfallError('USAGE', `--frequency has no effect on MGN, which ${KEEPS_REPLICATING}`, {
      remedy: 'leave --frequency out',
    });
  },
  describeJob: describeMgnJob,
  importGroupings: ['wave', 'application', 'folder', 'datacenter', 'vcenter'],
  groupOfJob: groupOfMgnJob,
  conversion: {
    from: 'sms',
    removal(name, value) {
      const unsupported = UNSUPPORTED_SETTINGS[name];
      if (unsupported !== undefined) return `MGN ${unsupported.instead}`;
      return name === 'encrypted' && value === false ? 'MGN always encrypts' : undefined;
    },
    // Domain, MGN, wire: ids of SMS are shorter.
    isServerId: (id) => /^s-[0-9a-zA-Z]{17}$/.test(id),
  },
  unsupportedCommands: {
    run: {
      why: 'AWS MGN replicates all the time, and takes its snapshots by itself: there are no runs to start',
      remedy:
        'to launch an instance, set `phase: test` or `phase: cutover` in the wave and apply; `landfall describe` shows the lag and the age of the last snapshot, and whether the replication has stalled; `landfall runs` shows past launches',
    },
    'catalog import': {
      why: 'AWS MGN has no catalogue to import: its vCenter client finds VMs by itself',
      remedy: '`landfall catalog list` shows those that it has found',
    },
    'catalog delete': {
      why: 'AWS MGN has no catalogue to delete, only source servers',
      remedy: 'delete source servers that should not migrate in the console of AWS MGN',
    },
    'connectors disassociate': {
      why: 'AWS MGN has vCenter clients in place of connectors, and replication ends with them',
      remedy: 'remove a client with `aws mgn delete-vcenter-client`, once nothing replicates through it',
    },
  },
  open: async (options) => (await import('./index.ts')).openMgn(options),
};

/** The job settings that MGN uses, beside its own. It always encrypts, so `encrypted: true` has no effect. */
const RELEVANT_SETTINGS: ReadonlySet<string> = new Set(['app', 'description', 'kmsKeyId', 'licenseType']);

/**
 * Returns the settings that matter on MGN. A VM that names no application is in one with the name of its wave, unless
 * the wave leaves the groups of the account as they are.
 * The API has no Auto (domain, MGN: "decide by OS"): if `os` determines the licence, that is the desired one.
 */
function desiredSettings(
  settings: Settings,
  { wave, ofWave, autoLicenseType, family }: DesiredSettingsContext,
): Settings {
  const relevant = Object.entries(settings).filter(
    ([name]) => RELEVANT_SETTINGS.has(name) || name.startsWith('mgn.'),
  );
  const { licenseType = 'Auto' } = settings;
  return {
    ...(ofWave[MANAGE_WAVE] !== false && { app: wave }),
    ...ofWave,
    ...actionsFor(family, Object.fromEntries(relevant)),
    ...(licenseType === 'Auto' && autoLicenseType !== undefined && { licenseType: autoLicenseType }),
  };
}

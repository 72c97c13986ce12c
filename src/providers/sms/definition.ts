import type { ServiceDefinition } from '../../core/service.ts';
import { smsGuests } from './guests.ts';
import { smsRules } from './manifest-rules.ts';
import { describeSmsJob, smsTemplate } from './manifest-writing.ts';
import type { SmsStep } from './types.ts';
import { smsSettings } from './settings.ts';

/** Hours between the replications of a job, where an import is given none. */
const DEFAULT_FREQUENCY = 24;

const STEPS: Readonly<Record<SmsStep, true>> = {
  StartOnDemandReplicationRun: true,
  UpdateReplicationJob: true,
  DeleteReplicationJob: true,
};

/** AWS Server Migration Service. */
export const smsService: ServiceDefinition = {
  name: 'sms',
  title: 'SMS',
  settings: smsSettings,
  unsupportedSettings: {
    id: 'setting.not-on-sms',
    settings: {
      app: {
        instead: 'has no applications',
        todo: 'remove app, or give the wave a target with provider: mgn',
      },
      mgn: {
        instead: 'takes only the settings of SMS',
        todo: 'remove mgn, or give the wave a target with provider: mgn',
      },
    },
  },
  target: {
    // Domain, rules: 50 VMs replicate at the same time per account.
    limits: { activeReplications: 50 },
    unsupported: {
      'limits.activeJobs': 'no jobs that launch instances',
      'limits.serversInJobs': 'no jobs that launch instances',
      'limits.serversPerApplication': 'no applications',
      'limits.applicationsPerWave': 'no waves in the account',
      'limits.applications': 'no applications',
      'limits.waves': 'no waves in the account',
      'limits.servers': 'no source servers',
      prune: 'no servers to disconnect: the job of a VM that no manifest names is deleted',
      mgn: 'no templates that landfall could set up',
    },
  },
  identifiers: {
    supported: ['serverId', 'vmManagerId', 'vmId', 'path', 'name'],
    remedy: 'add its name or path, or vmManagerId and vmId',
  },
  steps: Object.keys(STEPS),
  unsupportedPhases: {
    test: 'write replicate or cutover: on SMS, an AMI of any run can be tested by hand',
    ready: 'write replicate or cutover: SMS has no test to end before the cut-over',
    archive: 'write finalize: on SMS nothing is left to archive after it',
  },
  unsupportedSpecs: {
    test: 'it launches no test instances',
    advance: 'each job runs its last replication alone',
    maxLaunchAttempts: 'it launches no instances',
    replication: 'it has no agents, and replicates through connectors',
    'cutover.maxLag': 'its cut-over is a last replication, without a lag',
    'cutover.checks': 'its cut-over is a last replication, without an instance',
    'cutover.requires': 'its cut-over is a last replication, without an instance',
  },
  guests: smsGuests,
  windowsByolRemedy: 'make sure that dedicated hosts are ready',
  rules: smsRules,
  template: smsTemplate,
  importDefaults: ({ frequency = DEFAULT_FREQUENCY, licenseType }) => ({ frequency, licenseType }),
  describeJob: describeSmsJob,
  importGroupings: ['folder', 'datacenter', 'vcenter'],
  isJobId: (text) => text.startsWith('sms-job-'),
  unsupportedCommands: {
    rollback: {
      why: 'AWS SMS launches no instances, and the AMI of a cut-over stays',
      remedy:
        'set `phase: replicate` in its wave and apply: the cut-over no longer counts, and the VM continues to replicate',
    },
    'mgn init': {
      why: 'AWS SMS needs no set-up',
      remedy: 'name a target with `provider: mgn`: `landfall mgn init TARGET`',
    },
  },
  open: async (options) => (await import('./index.ts')).openSms(options),
};

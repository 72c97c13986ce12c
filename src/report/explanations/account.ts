import type { ConcernId } from '../../core/concern-ids.ts';
import { type Explanation, SMS_CREATE_JOB } from './explanation.ts';

/** Concerns about the account, held against the manifests. */
export const ACCOUNT_CONCERNS = {
  'target.not-looked-at': {
    means: 'No wave names this target, and it is not the default one: the plan leaves it out.',
    why: 'Jobs of waves that were there before go on replicating there, and cost money, unseen by this plan.',
    fix: [
      'Look at it with `--target NAME`. A plan for it deletes what is in no manifest any more.',
      'If nothing of the project is there, take the target out of the project file.',
    ],
    source: 'a rule of landfall: a plan says what it did not look at',
    example: { language: 'sh', right: 'landfall plan --target production --allow-empty' },
  },
  'wave.not-looked-at': {
    means: 'The plan was made with `--changed-since`: it looks only at waves whose files have changed.',
    why: 'Whatever differs in the other waves, in git or in the account, is neither shown nor carried out.',
    fix: [
      'Nothing, in a pull request: this is what was asked for. Leave `--changed-since` out to look at all.',
    ],
    source: 'a rule of landfall: a plan says what it did not look at',
    example: { language: 'sh', right: 'landfall plan --changed-since origin/main' },
  },
  'account.uninitialized': {
    means: 'AWS MGN has not been initialised in the account and region of the target.',
    why: 'Until it is, the service answers every call with UninitializedAccountException: it knows no servers and takes no jobs.',
    fix: [
      'Run `landfall mgn init`: it initialises the service and makes the replication template from the project file.',
      'Then install the vCenter client, which the console hands out, and plan again once it has found the VMs.',
      'If the region is a mistake, correct `region` of the target.',
    ],
    source: 'AWS MGN API Reference, InitializeService',
    example: { language: 'sh', right: 'landfall mgn init production\nlandfall plan' },
  },
  'account.no-template': {
    means: 'The account has no replication configuration template in the region of the target.',
    why: 'The template says where replicated data is staged. Without one the service refuses to start a replication.',
    fix: [
      'Say in the project file where data is to be staged: `mgn: { replication: { stagingAreaSubnetId: … } }` of the target.',
      'Run `landfall mgn init`, and plan again.',
    ],
    source: 'AWS MGN API Reference, CreateReplicationConfigurationTemplate',
    example: { language: 'sh', right: 'landfall mgn init production\nlandfall plan' },
  },
  'account.no-vcenter-client': {
    means: 'No vCenter client is installed for the account and region of the target.',
    why: 'The client is what discovers VMs and ships their snapshots. Without one no VM is found, and none replicates.',
    fix: [
      'Download the vCenter client in the MGN console (“Add server”, agentless), and install it on a VM that reaches the vCenter and AWS.',
      'Plan again once it has found the VMs: a few minutes.',
    ],
    source: 'AWS MGN user guide: agentless replication',
    example: { language: 'sh', right: 'aws mgn describe-vcenter-clients\nlandfall plan' },
  },
  'catalog.unavailable': {
    means:
      'VMs of the manifests are not in the server catalogue of the target, because it was never imported, is being gathered, has expired or was deleted.',
    why: 'The catalogue is where names become servers. Without it no job can be created.',
    fix: ['Import it and wait until it is gathered, about a minute; then plan again.'],
    source: 'AWS SMS API Reference, ImportServerCatalog and GetServers (serverCatalogStatus)',
    example: { language: 'sh', right: 'landfall catalog import --wait\nlandfall plan' },
  },
  'catalog.importing': {
    means: 'The service is still gathering the server catalogue.',
    why: 'A name that fits one VM now may fit two when the rest has come in: the plan may change.',
    fix: ['Wait a minute and plan again.'],
    source: 'AWS SMS API Reference, ImportServerCatalog',
    example: { language: 'sh', right: 'landfall catalog import --wait\nlandfall plan' },
  },
  'connector.none-healthy': {
    means: 'No Server Migration Connector is healthy, of the whole target or of one vCenter.',
    why: 'Connectors are what reads the disks. Jobs can be created and changed, but their runs wait or are missed.',
    fix: [
      'See which one is down, and since when: `landfall connectors list`.',
      'Start or restart the connector appliance in that vCenter, and see that it reaches AWS over HTTPS.',
    ],
    source: 'AWS SMS User Guide, “Install the Server Migration Connector”; API Reference, GetConnectors',
    example: { language: 'sh', right: 'landfall connectors list' },
  },
  'vm.unknown': {
    means: 'The server catalogue has no VM by the identifiers that the manifest gives.',
    why: 'No job can be created. If it is the name that changed, the old job may be this VM’s: deletes of its wave are held back until that is clear.',
    fix: [
      'Look for it: `landfall catalog list --vm GLOB`. Names are those of vCenter, not of DNS.',
      'If the VM is new or was renamed, import the catalogue again.',
      'If it is gone, take it out of the manifest.',
    ],
    source: 'AWS SMS API Reference, GetServers',
    example: {
      language: 'sh',
      right: "landfall catalog list --vm '*scrum*'\nlandfall catalog import --wait",
    },
  },
  'vm.ambiguous': {
    means: 'What the manifest says of the VM fits several VMs of the catalogue.',
    why: 'The wrong one could be migrated. landfall does not choose.',
    fix: [
      'Add the `path` of the one that is meant; the message lists them.',
      'Where even the path is the same in two vCenters, write `vmManagerId` and `vmId`.',
    ],
    source: 'a rule of landfall: a name that fits two VMs names none',
    example: {
      language: 'yaml',
      wrong: '- name: app-01',
      right: '- name: app-01\n  path: /Datacenters/SDSC/vm/app-01',
    },
  },
  'vm.identity-mismatch': {
    means: 'The manifest identifies the VM in several ways, and they point at different VMs.',
    why: 'One of them is out of date or copied from another VM, and nobody but you knows which.',
    fix: [
      'Keep the identifier that is right, and take the other out.',
      'A VM that was moved to another folder or vCenter has a new `path` or `vmId`: correct it.',
    ],
    source: 'a rule of landfall: all identifiers of a VM must agree',
    example: {
      language: 'yaml',
      wrong: '- { name: web-02, serverId: s-4e856027 } # that is web-01',
      right: '- { name: web-02 }',
    },
  },
  'vm.same-server': {
    means: 'Two VMs of the manifests are one and the same server in the catalogue.',
    why: 'A server has one replication job. Two manifests would set it back and forth.',
    fix: ['Keep the VM in one place, and take it out of the other.'],
    source: `${SMS_CREATE_JOB}: ReplicationJobAlreadyExistsException`,
    example: {
      language: 'yaml',
      wrong: '- name: awsscrum-lnx1\n- serverId: s-4e856027 # the same',
      right: '- name: awsscrum-lnx1',
    },
  },
  'job.unmanaged': {
    means:
      'The VM has a replication job already, and its description does not carry the marker of this project.',
    why: 'Somebody created it by hand, or another project owns it. landfall touches only jobs of its own, and a VM cannot have two.',
    fix: [
      'If nobody owns it, take it over with `adopt: true`, on the VM or the wave: its settings become those of the manifest.',
      'If another project owns it, take the VM out of one of the two.',
      'If the project was renamed, give it its old name again.',
    ],
    source: 'docs/decisions/0002-ownership-marker.md',
    example: { language: 'yaml', right: '- name: awsscrum-lnx1\n  adopt: true' },
  },
  'job.failed': {
    means: 'The replication job of this VM has failed for good.',
    why: 'It makes no more images. A failed job cannot be started again, only replaced.',
    fix: [
      'Read what the service said: `landfall runs VM`.',
      'Mend the cause: often the role, a snapshot in vCenter that cannot be taken, or a guest that does not boot in AWS.',
      'Then replace the job.',
    ],
    source: 'AWS SMS API Reference, ReplicationJob: state FAILED',
    example: {
      language: 'sh',
      right: 'landfall runs sdsc-01/db-01\nlandfall apply --replace sdsc-01/db-01',
    },
  },
  'job.stalled': {
    means: 'AWS MGN has met an error that it cannot get over by itself, and ships nothing of this VM.',
    why: 'A test or a cut-over would launch what was there before the stall.',
    fix: [
      'Read the reason in the message: snapshots that vCenter refuses, a staging subnet without a way out, a role without rights.',
      'Mend that. The service tries again by itself; “Retry data replication” in the console does it at once.',
    ],
    source: 'AWS MGN API Reference, DataReplicationInfo: state STALLED',
    example: { language: 'sh', right: 'landfall status sdsc-01/db-01' },
  },
  'job.paused': {
    means:
      'Replication of the VM is paused: by the service after several runs in a row failed, on SMS; by somebody, on MGN.',
    why: 'What there is of it in AWS only gets older. On SMS, AWS deletes a paused job after four days.',
    fix: [
      'Read what the service said: `landfall runs VM` on SMS, `landfall status VM` on MGN; and mend the cause.',
      'Resume it in the console: on SMS within four days of its pause, as its API has no call for that.',
      'On SMS, or replace it: its AMIs stay, and the first replication is a full one again.',
    ],
    source: 'AWS SMS User Guide; API Reference, ReplicationJob: state PAUSED_ON_FAILURE',
    example: {
      language: 'sh',
      right: 'landfall runs sdsc-01/db-01\nlandfall apply --replace sdsc-01/db-01',
    },
  },
  'job.ended': {
    means: 'A job that should repeat has completed.',
    why: 'AWS ends a job 90 days after its first run. From then on the newest image of the VM only gets older.',
    fix: [
      'If the VM has been migrated, take it out of its wave.',
      'If not, replace the job: replication begins anew.',
    ],
    source: 'AWS SMS User Guide: a server is replicated for 90 days at most',
    example: { language: 'sh', right: 'landfall apply --replace sdsc-01/db-01' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;

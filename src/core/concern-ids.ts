import { type ConcernRow, PHASE_CONCERNS, RUNNER_CONCERNS } from './phase-concern-ids.ts';

/**
 * Every concern landfall can raise: its id, how bad it is, and what it means in one line.
 * The severity here is the only place that decides it. `source` names the document the rule comes from.
 */
export const CONCERNS = {
  // Reading files
  'file.none': { severity: 'warning', summary: 'the project has no wave files' },
  'file.no-match': { severity: 'error', summary: 'a glob of the project matches no file' },
  'file.unmatched': { severity: 'warning', summary: 'a wave file is matched by no glob of the project' },
  'file.unreadable': { severity: 'error', summary: 'a file cannot be read' },
  'file.outside-project': {
    severity: 'error',
    summary: 'a wave file lies outside the folder of the project, directly or through a symbolic link',
  },
  'file.too-large': { severity: 'error', summary: 'a file is larger than a hand-written manifest can be' },
  'project.too-large': { severity: 'error', summary: 'the manifests are larger than the project allows' },
  'file.not-utf8': { severity: 'error', summary: 'a file is not UTF-8 text' },
  'file.empty': { severity: 'error', summary: 'a file contains no document' },

  // YAML
  'yaml.syntax': { severity: 'error', summary: 'a file is not well-formed YAML' },
  'yaml.tab': { severity: 'error', summary: 'a tab is used for indentation, which YAML forbids' },
  'yaml.duplicate-key': { severity: 'error', summary: 'a mapping has the same key twice' },
  'yaml.alias': {
    severity: 'error',
    summary: 'an alias names no anchor, or aliases expand to an unreasonable size',
  },
  'yaml.merge-key': { severity: 'error', summary: 'a mapping has the merge key `<<`' },
  'yaml.conflict': { severity: 'error', summary: 'a file has conflict markers of a git merge' },
  'yaml.template': { severity: 'error', summary: 'a value is a placeholder of a template' },
  'yaml.too-deep': { severity: 'error', summary: 'a document is nested too deep' },

  // Schema
  'schema.kind': { severity: 'error', summary: 'a document is not of a known apiVersion and kind' },
  'schema.unknown-key': { severity: 'error', summary: 'a key is not one the schema knows' },
  'schema.missing-key': { severity: 'error', summary: 'a required key is missing' },
  'schema.type': { severity: 'error', summary: 'a value has the wrong type' },
  'schema.value': { severity: 'error', summary: 'a value is not one of those allowed, or out of range' },

  // Between documents
  'project.missing': { severity: 'error', summary: 'there is no project file, or it contains no project' },
  'project.duplicate': { severity: 'error', summary: 'the project file contains more than one project' },
  'target.unknown': { severity: 'error', summary: 'a wave or the project names an unknown target' },
  'target.lock-not-local': { severity: 'error', summary: 'a local target has its lock on another machine' },
  'wave.duplicate': { severity: 'error', summary: 'two waves have the same name' },
  'wave.empty': { severity: 'warning', summary: 'a wave lists no VMs' },
  'vm.duplicate': { severity: 'error', summary: 'a VM is listed twice, in one wave or in two' },

  'name.hidden-character': { severity: 'error', summary: 'a name has a character that cannot be seen' },
  'name.spaces': { severity: 'warning', summary: 'the name of a VM has a space that people overlook' },

  // Job settings
  'schedule.exactly-one': {
    severity: 'error',
    summary: 'a job needs exactly one of frequency and runOnce',
    source: 'domain: rules of SMS',
  },
  'schedule.seed-far': {
    severity: 'warning',
    summary: 'the seed replication is more than 30 days ahead',
    source: 'domain: the console allows up to 30 days',
  },
  'encryption.key-unused': {
    severity: 'critical',
    summary: 'kmsKeyId is set but encrypted is not',
    source: 'domain: kmsKeyId needs encrypted',
  },

  'description.marker': {
    severity: 'error',
    summary: "a description holds an ownership marker, which only landfall's own writing may",
  },
  'description.too-long': {
    severity: 'error',
    summary: 'a description leaves no room for the ownership marker in 255 characters',
  },

  // What one service has and the other has not
  'setting.not-on-mgn': {
    severity: 'error',
    summary: 'a wave of an MGN target has a setting that only SMS supports',
    source: 'domain: what a manifest says, on each service',
  },
  'setting.not-on-sms': {
    severity: 'error',
    summary: 'a wave of an SMS target has a setting that only MGN supports',
    source: 'domain: what a manifest says, on each service',
  },
  'target.not-on-sms': {
    severity: 'error',
    summary: 'a target of SMS has a setting that only MGN supports',
    source: 'domain: what a manifest says, on each service',
  },
  'vm.not-findable': {
    severity: 'error',
    summary: 'a VM has only identifiers that its service does not support',
    source: 'domain: what a manifest says, on each service',
  },
  'phase.not-there': {
    severity: 'error',
    summary: 'a wave has a phase, or a rule about its steps, that its service does not support',
    source: 'domain: what a manifest says, on each service',
  },
  'encryption.key-arn': {
    severity: 'error',
    summary: 'a KMS key of a wave on MGN is not given by its ARN',
    source: 'domain: what a manifest says, on each service',
  },
  'encryption.always-on': {
    severity: 'error',
    summary: 'a wave turns off encryption on MGN, which always encrypts',
    source: 'domain: what a manifest says, on each service',
  },
  'app.two-waves': {
    severity: 'error',
    summary: 'one application is in two waves of a target',
    source: 'domain: rules of MGN',
  },
  'wave.mgn-name': {
    severity: 'error',
    summary: 'two waves have one wave of MGN, or one names it to no effect',
  },
  'disk.duplicate': { severity: 'error', summary: 'a list has the same disk twice' },

  'policies.invalid': { severity: 'error', summary: 'an expression of a policy is not valid' },
  'policies.duplicate': { severity: 'error', summary: 'two policies have the same name' },
  'policies.unknown': { severity: 'error', summary: 'a test names a policy that the project does not have' },
  'policies.violated': { severity: 'critical', summary: 'a plan does not meet a policy of the project' },

  // Licences and guests
  'licence.linux-aws': {
    severity: 'critical',
    summary: 'Linux can be migrated with BYOL only',
    source: 'founding document: Licensing for Linux',
  },
  'licence.windows-client-aws': {
    severity: 'critical',
    summary: 'Windows clients can be migrated with BYOL only',
    source: 'founding document: Licensing for Windows',
  },
  'licence.windows-byol': {
    severity: 'warning',
    summary: 'Windows Server with BYOL runs on dedicated hosts only',
    source: 'domain: licence types',
  },
  'licence.auto-in-place': {
    severity: 'warning',
    summary: 'a job that has a licence cannot be turned back to Auto in place',
    source: 'domain: licence types',
  },
  'guest.unsupported': {
    severity: 'critical',
    summary: 'the service cannot migrate this operating system',
    source: 'founding document: OS Supported',
  },
  'guest.unknown': {
    severity: 'warning',
    summary: 'the operating system is not one landfall knows',
    source: 'founding document: OS Supported',
  },

  // The account against the manifests
  'target.not-looked-at': {
    severity: 'warning',
    summary: 'no wave names a target: the plan does not include it or the jobs that it may have',
  },
  'target.unreachable': { severity: 'critical', summary: 'a target could not be read: it is left out' },
  'wave.not-looked-at': {
    severity: 'warning',
    summary: 'a plan is narrowed to the waves whose files have changed',
  },
  'account.uninitialized': {
    severity: 'critical',
    summary: 'the migration service is not initialised in the region',
    source: 'domain: UninitializedAccountException before InitializeService',
  },
  'account.no-template': {
    severity: 'critical',
    summary: 'the account has no replication template: no replication can start',
    source: 'domain: agentless flow, step 1',
  },
  'account.no-vcenter-client': {
    severity: 'warning',
    summary: 'the account has no vCenter client: nothing is discovered, and nothing replicates',
    source: 'domain: agentless flow, step 1',
  },
  'quota.exceeded': {
    severity: 'critical',
    summary: 'the manifests need more of an account of MGN than one of its quotas allows',
    source: 'domain: rules of MGN, quotas per region',
  },
  'quota.near': {
    severity: 'warning',
    summary: 'an account of MGN has almost as many source servers as its quota allows',
    source: 'domain: rules of MGN, learnt since',
  },
  'catalog.unavailable': {
    severity: 'critical',
    summary: 'the server catalogue is not imported, or has expired or been deleted',
  },
  'catalog.importing': { severity: 'warning', summary: 'the server catalogue is still being imported' },
  'connector.none-healthy': { severity: 'warning', summary: 'no connector is healthy: nothing replicates' },
  'endpoint.other-vms': {
    severity: 'critical',
    summary: 'the built-in endpoint simulates other VMs than those of the manifests',
  },
  'vm.unknown': { severity: 'critical', summary: 'the server catalogue does not contain the VM' },
  'vm.ambiguous': { severity: 'critical', summary: 'a name fits several VMs' },
  'vm.identity-mismatch': {
    severity: 'critical',
    summary: 'the identifiers of a VM in the manifest point at different VMs',
  },
  'vm.same-server': { severity: 'critical', summary: 'two VMs of the manifests are the same server' },
  'job.unmanaged': { severity: 'critical', summary: 'a VM already has a job that this project does not own' },
  'job.failed': { severity: 'warning', summary: 'a replication job has failed' },
  'job.failing': {
    severity: 'warning',
    summary:
      'the last replication of a job has failed; AWS tries again, and pauses the job after three failures',
    source: 'domain: rules of SMS, learnt since',
  },
  'job.stalled': {
    severity: 'warning',
    summary: 'the replication of a VM has stalled: its data in AWS is not updated',
  },
  'job.stuck': {
    severity: 'warning',
    summary: 'the replication of a VM has stalled, and retries have not helped: a person must act',
  },
  'job.actions-failed': {
    severity: 'warning',
    summary: 'post-launch actions have failed that the next phase of the VM requires',
    source: 'AWS MGN User Guide, “Post-launch settings”',
  },
  'job.paused': { severity: 'warning', summary: 'a replication job is paused' },
  'job.ended': { severity: 'warning', summary: 'a repeating job has completed: its replication has stopped' },
  'job.lost': {
    severity: 'warning',
    summary: 'a VM is replicated from the start again, because its job is gone without a cut-over',
  },
  'job.ending': {
    severity: 'warning',
    summary: 'AWS soon ends the replication of a VM: 90 days after its first one, or four days after a pause',
    source: 'domain: rules of SMS',
  },
  'field.not-in-place': {
    severity: 'warning',
    summary: 'a setting differs, and the service cannot change it on the job',
  },
  'delete.unresolved': {
    severity: 'critical',
    summary: 'a delete is held back while a VM of the same wave cannot be found',
  },
  'delete.file-unmatched': {
    severity: 'critical',
    summary: 'a delete is blocked while a file that no glob matches has the wave of the job',
  },
  'delete.target-unreachable': { severity: 'critical', summary: 'a VM may have moved to an unread target' },
  'delete.disconnect-unconfirmed': {
    severity: 'critical',
    summary: 'a replication would end for good, unconfirmed',
  },
  'replace.from-start': {
    severity: 'warning',
    summary: '--replace replicates a VM without a job from the start',
  },
  'replace.not-possible': {
    severity: 'critical',
    summary: 'a change requires a new job, and the service cannot replace jobs',
  },
  'protect.refused': {
    severity: 'critical',
    summary: 'a job of a VM or wave that says `protect: true` would be deleted or replaced',
  },
  ...PHASE_CONCERNS,
  ...RUNNER_CONCERNS,
  'guard.max-deletes': {
    severity: 'critical',
    summary: 'a run would delete a larger share of a target than allowed: nothing of the run is applied',
  },
  'guard.max-updates': {
    severity: 'critical',
    summary: 'a run would update a larger share of a target than allowed: nothing of the run is applied',
  },
  'guard.max-destroys': {
    severity: 'critical',
    summary:
      'a run would destroy something of a larger share of the VMs than allowed: nothing of the run is applied',
  },
  'guard.allow-empty': {
    severity: 'critical',
    summary: 'the manifests of a target are gone, and all of its jobs would be deleted',
  },
} as const satisfies Readonly<Record<string, ConcernRow>>;

export type ConcernId = keyof typeof CONCERNS;

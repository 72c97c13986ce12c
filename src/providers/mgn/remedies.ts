/** What to do about the service's own exceptions (domain, MGN: wire, rules). */
export const REMEDIES: Readonly<Record<string, string>> = {
  ConflictException:
    'plan again: the service does not allow this in the state that the server is in now, or while a job processes it',
  ResourceNotFoundException: 'plan again: what the call names has gone in the meantime',
  ServiceQuotaExceededException:
    'have the quota raised in the console of AWS Service Quotas, or make room, and run again',
  UninitializedAccountException: 'run `landfall mgn init`: AWS MGN has not been initialised in this region',
  ValidationException: 'correct the setting that the service names, in the manifest',
};

const JOBS =
  'run again once a job has ended; limits.activeJobs and limits.serversInJobs of the target keep plans under the quota';

/** What to do where a quota is full, by the operation that it stands in the way of (domain, MGN: quotas per region). */
export const QUOTA_REMEDIES: Readonly<Record<string, string>> = {
  StartReplication:
    'set limits.activeReplications of the target to what the account allows, so that plans keep under it, or have the quota raised in AWS Service Quotas; then run again',
  CreateApplication:
    'archive applications that are done with, put more VMs into one `app`, or have the quota raised in AWS Service Quotas; then run again',
  CreateWave:
    'archive waves that are done with, or have the quota raised in AWS Service Quotas; then run again',
  AssociateSourceServers: 'name another `app` for some of the VMs: an application takes no more',
  AssociateApplications: 'move some of the VMs to another wave: a wave takes no more applications',
  StartTest: JOBS,
  StartCutover: JOBS,
  TerminateTargetInstances: JOBS,
};

/** What to do about the service's own exceptions (domain: operations used here, rules, IAM). */
export const REMEDIES: Readonly<Record<string, string>> = {
  InvalidParameterException: 'correct the setting that the service names, in the manifest',
  MissingRequiredParameterException: 'add the setting that the service names to the manifest',
  NoConnectorsAvailableException:
    'connect a Server Migration Connector to the VM’s vCenter, or wait until it is healthy, and run again',
  OperationNotPermittedException:
    'plan again: the service does not allow this in the state the job is in now',
  ReplicationJobNotFoundException: 'plan again: the job has gone in the meantime',
  ReplicationJobAlreadyExistsException: 'plan again: the server has got a job in the meantime',
  ReplicationRunLimitExceededException: 'wait: a job has two on-demand runs in 24 hours',
  ServerCannotBeReplicatedException:
    'check that AWS SMS supports the VM’s system and disks, and that a connector serves its vCenter',
};

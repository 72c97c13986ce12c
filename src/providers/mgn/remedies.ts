/** What to do about the service's own exceptions (domain, MGN: wire, rules). */
export const REMEDIES: Readonly<Record<string, string>> = {
  ConflictException:
    'plan again: the service does not allow this in the state that the server is in now, or while a job processes it',
  ResourceNotFoundException: 'plan again: what the call names has gone in the meantime',
  ServiceQuotaExceededException:
    'have the quota raised in the console of AWS Service Quotas, or make room, and run again; limits of the target keep landfall under it',
  UninitializedAccountException: 'run `landfall mgn init`: AWS MGN has not been initialized in this region',
  ValidationException: 'correct the setting that the service names, in the manifest',
};

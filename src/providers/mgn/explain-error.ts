import { createExplainer } from '../../aws/explain-error.ts';
import type { LandfallError } from '../../core/error.ts';
import { QUOTA_REMEDIES, REMEDIES } from './remedies.ts';

const WORDS = {
  service: 'AWS MGN',
  actions: 'what AWSApplicationMigrationFullAccess and AWSApplicationMigrationEC2Access allow',
  unreachable: 'check the network, and region and endpoint of the target',
};

/** Says in landfall's words what went wrong with a call to AWS MGN. */
export function explainError(thrown: unknown, operation: string): LandfallError {
  const quota = QUOTA_REMEDIES[operation];
  const remedies = quota === undefined ? REMEDIES : { ...REMEDIES, ServiceQuotaExceededException: quota };
  return createExplainer({ ...WORDS, remedies })(thrown, operation);
}

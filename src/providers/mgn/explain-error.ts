import { createExplainer } from '../../aws/explain-error.ts';
import { REMEDIES } from './remedies.ts';

/** Says in landfall's words what went wrong with a call to AWS MGN. */
export const explainError = createExplainer({
  service: 'AWS MGN',
  actions: 'what AWSApplicationMigrationFullAccess and AWSApplicationMigrationEC2Access allow',
  unreachable: 'check the network, and region and endpoint of the target',
  remedies: REMEDIES,
});

import { createExplainer } from '../../aws/explain-error.ts';
import { REMEDIES } from './remedies.ts';

/** Says in landfall's words what went wrong with a call to AWS SMS. */
export const explainError = createExplainer({
  service: 'AWS SMS',
  actions: 'sms:*',
  unreachable:
    'check the network, and region and endpoint of the target; AWS itself closed SMS in March 2023',
  remedies: REMEDIES,
});

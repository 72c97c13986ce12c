import { createExplainer } from './explain-error.ts';

/** Says in landfall's words what went wrong with a call to AWS STS, which knows accounts and roles. */
export const explainSts = createExplainer({
  service: 'AWS STS',
  actions: 'sts:AssumeRole on the role',
  unreachable: 'check the network, and the region of the target',
  remedies: {},
});

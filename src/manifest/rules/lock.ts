import { isLoopback } from '../../core/loopback.ts';
import { concern } from '../concern.ts';
import { quote } from '../shorten.ts';
import type { Rule } from './rule.ts';

/** A local target cannot reach AWS (design, rule 7): its lock stands on this machine, and it has one by itself. */
export const lockNotLocal: Rule = {
  id: 'target.lock-not-local',
  check: ({ project }) =>
    (project?.targets ?? []).flatMap(({ name, endpoint, lock }) => {
      if (project === undefined || endpoint !== 'local' || lock === undefined) return [];
      if (isLoopback(lock.endpoint)) return [];
      const where = lock.endpoint === undefined ? 'AWS' : quote(lock.endpoint);
      const path = ['targets', name, 'lock', ...(lock.endpoint === undefined ? [] : ['s3', 'endpoint'])];
      return [
        concern('target.lock-not-local', project.origin, path, {
          message: `the target ${name} is local, and its lock stands at ${where}`,
          remedy:
            'take lock away: with endpoint: local a file is locked without it; or give the lock an endpoint on this machine, such as http://127.0.0.1:9000',
        }),
      ];
    }),
};

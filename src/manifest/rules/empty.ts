import { concern } from '../concern.ts';
import type { Rule } from './rule.ts';

/** A list of which all is commented out is easily overlooked, and deletes the jobs of the wave. */
export const waveEmpty: Rule = {
  id: 'wave.empty',
  check: ({ waves }) =>
    waves
      .filter(({ isEmpty }) => isEmpty)
      .map(({ name, origin }) =>
        concern('wave.empty', origin, ['spec', 'vms'], {
          message: `the wave ${name} lists no VMs`,
          remedy: 'add its VMs, or remove the wave',
        }),
      ),
};

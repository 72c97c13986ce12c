import { concern } from '../concern.ts';
import { quote } from '../shorten.ts';
import type { Rule } from './rule.ts';

/** What is said of a disk must be said in one place: the second would quietly take the place of the first. */
export const diskDuplicate: Rule = {
  id: 'disk.duplicate',
  check: ({ waves }) =>
    waves.flatMap(({ origin, repeatedDisks }) =>
      repeatedDisks.map(({ deviceName, path }) =>
        concern('disk.duplicate', origin, path, {
          message: `the disk ${quote(deviceName)} stands in this list already`,
          remedy: 'keep one of the two',
        }),
      ),
    ),
};

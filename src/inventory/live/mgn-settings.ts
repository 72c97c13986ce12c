import type { Settings } from '../../core/desired.ts';
import { isApplication } from '../names.ts';
import type { LiveSettings } from './settings.ts';

/** Longest description of a manifest (schemas/wave.schema.json). */
const LONGEST = 255;

/**
 * Writes down what a plan on MGN would change if it were left out: the application, the licence and the key. All else of
 * a server's configurations is compared only where a manifest says it, and stays as it is.
 */
export function mgnLiveSettings({ app, description, kmsKeyId, licenseType }: Settings): LiveSettings {
  const canSay =
    typeof description === 'string' && description.length <= LONGEST && !/\p{Cs}/u.test(description);
  return {
    settings: {
      ...(typeof app === 'string' && isApplication(app) && { app }),
      ...(canSay && description !== '' && { description }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...((licenseType === 'AWS' || licenseType === 'BYOL') && { licenseType }),
    },
    comments: [
      ...(typeof app === 'string' && !isApplication(app) ? [`app: ${app}`] : []),
      ...(typeof description === 'string' && !canSay ? [`description: ${description}`] : []),
    ],
  };
}

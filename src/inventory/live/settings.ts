import type { Settings, SettingValue } from '../../core/desired.ts';
import type { Instant } from '../../core/time.ts';
import { isApplicationName } from '../names.ts';

/** Room for a description beside the longest marker: ` [landfall:<project>/<wave>]` in 255 characters. */
const maxDescriptionLength = (project: string): number => 255 - ` [landfall:${project}/]`.length - 63;

/** The settings of a job as a manifest says them; or why no manifest can. */
type LiveSettings =
  { readonly settings: Settings; readonly comments: readonly string[] } | { readonly reason: string };

/**
 * Writes down a job's settings so that a plan finds nothing to change. What is the default, moves by itself, or only
 * matters when a job is created, is left to itself.
 * @param now the service's time
 */
export function liveSettings(job: Settings, project: string, now: Instant): LiveSettings {
  const settings: Record<string, SettingValue> = {};
  const comments: string[] = [];
  const { frequency, runOnce, licenseType, roleName, description, kmsKeyId } = job;
  const { numberOfRecentAmisToKeep: amis, encrypted, seedReplicationTime: seed } = job;

  if (runOnce === true) settings['runOnce'] = true;
  else if (isIntegerBetween(frequency, 1, 24)) settings['frequency'] = frequency;
  else return { reason: `has a frequency of ${String(frequency ?? 'none')}, which no manifest can say` };

  if (licenseType === 'AWS' || licenseType === 'BYOL') settings['licenseType'] = licenseType;
  if (roleName !== undefined && roleName !== 'sms') {
    if (!/^[\w+=,.@-]{1,64}$/.test(String(roleName)))
      return { reason: 'has a role that no manifest can name' };
    settings['roleName'] = roleName;
  }
  if (amis !== undefined && amis !== 0) {
    if (!isIntegerBetween(amis, 1, 270))
      return { reason: `keeps ${String(amis)} AMIs, which no manifest can say` };
    settings['numberOfRecentAmisToKeep'] = amis;
  }
  if (encrypted === true) {
    settings['encrypted'] = true;
    const key = String(kmsKeyId ?? '');
    if (key.length > 2048) return { reason: 'has a KMS key that no manifest can name' };
    if (key !== '') settings['kmsKeyId'] = key;
  }
  if (typeof description === 'string' && description !== '') {
    // Left out, a plan leaves the job what it has.
    if (isAllowedDescription(description, project)) settings['description'] = description;
    else comments.push(`description: ${description}`);
  }
  if (typeof seed === 'string' && Date.parse(seed) > now) settings['seedReplicationTime'] = seed;
  return { settings, comments };
}

function isIntegerBetween(value: SettingValue | undefined, low: number, high: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

function isAllowedDescription(text: string, project: string): boolean {
  return text.length <= maxDescriptionLength(project) && !/\[landfall:/i.test(text) && !/\p{Cs}/u.test(text);
}

/** Longest description of a manifest (schemas/wave.schema.json). */
const MAX_DESCRIPTION = 255;

/**
 * Writes down what a plan on MGN would change if it were left out: the application, the licence and the key. All else of
 * a server's configurations is compared only where a manifest says it, and stays as it is.
 */
export function mgnLiveSettings({ app, description, kmsKeyId, licenseType }: Settings): LiveSettings {
  const canSay =
    typeof description === 'string' && description.length <= MAX_DESCRIPTION && !/\p{Cs}/u.test(description);
  return {
    settings: {
      ...(typeof app === 'string' && isApplicationName(app) && { app }),
      ...(canSay && description !== '' && { description }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...((licenseType === 'AWS' || licenseType === 'BYOL') && { licenseType }),
    },
    comments: [
      ...(typeof app === 'string' && !isApplicationName(app) ? [`app: ${app}`] : []),
      ...(typeof description === 'string' && !canSay ? [`description: ${description}`] : []),
    ],
  };
}

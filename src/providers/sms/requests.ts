import type {
  CreateReplicationJobCommandInput,
  LicenseType,
  UpdateReplicationJobCommandInput,
} from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';
import type { CreateRequest, UpdateRequest } from '../../core/provider.ts';
import type { Instant } from '../../core/time.ts';
import { type CutoverMark, writeDescription } from './marker.ts';

/**
 * Returns the input of CreateReplicationJob. A job without a seed time, or with one that has passed, starts now, by the
 * service's time in whole seconds: the job then shows when its 90 days began. The time of the next run can only be
 * updated, after the first run.
 */
export function createJobInput(
  { serverId, settings, owner }: CreateRequest,
  now: Instant,
): CreateReplicationJobCommandInput {
  const { seedReplicationTime: seed, description = '' } = settings;
  return {
    serverId,
    ...requestSettings(settings),
    description: writeDescription(String(description), owner),
    seedReplicationTime: new Date(Math.max(now - (now % 1000), Date.parse(String(seed ?? '')) || 0)),
  };
}

/**
 * Returns the input of UpdateReplicationJob: the settings that change, and those that the service requires with them.
 * The marker is part of the description, so both are sent together. A key has no effect without `encrypted`.
 * @param cutover the mark of a cut-over that the job has: the update keeps it
 */
export function updateJobInput(
  request: UpdateRequest,
  cutover?: CutoverMark,
): UpdateReplicationJobCommandInput {
  const { id, settings, after, owner, writeMarker = false } = request;
  const next = settings['nextReplicationRunStartTime'];
  const encryption = 'encrypted' in settings || 'kmsKeyId' in settings ? encryptionSettings(request) : {};
  return {
    replicationJobId: id,
    ...requestSettings({ ...settings, ...encryption }),
    ...(next !== undefined && { nextReplicationRunStartTime: new Date(String(next)) }),
    ...((writeMarker || 'description' in settings) && {
      description: writeDescription(String(after['description'] ?? ''), owner, cutover),
    }),
  };
}

function encryptionSettings({ after: { encrypted, kmsKeyId } }: UpdateRequest) {
  if (encrypted !== true) return { encrypted: false };
  return { encrypted, ...(kmsKeyId !== undefined && { kmsKeyId }) };
}

/** The settings that CreateReplicationJob and UpdateReplicationJob take as the manifest has them. */
interface RequestSettings {
  frequency?: number;
  runOnce?: true;
  licenseType?: LicenseType;
  roleName?: string;
  numberOfRecentAmisToKeep?: number;
  encrypted?: boolean;
  kmsKeyId?: string;
}

/**
 * Returns the settings that are sent unchanged. The schema has checked their types. The API has no value for licenseType
 * `Auto`, and needs none for `runOnce: false`: both are left out (domain: licence types).
 */
function requestSettings(settings: Settings): RequestSettings {
  const { frequency, runOnce, licenseType, roleName, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    settings;
  const picked: RequestSettings = {};
  if (typeof frequency === 'number') picked.frequency = frequency;
  if (runOnce === true) picked.runOnce = runOnce;
  if (licenseType === 'AWS' || licenseType === 'BYOL') picked.licenseType = licenseType;
  if (typeof roleName === 'string') picked.roleName = roleName;
  if (typeof numberOfRecentAmisToKeep === 'number')
    picked.numberOfRecentAmisToKeep = numberOfRecentAmisToKeep;
  if (typeof encrypted === 'boolean') picked.encrypted = encrypted;
  if (typeof kmsKeyId === 'string') picked.kmsKeyId = kmsKeyId;
  return picked;
}

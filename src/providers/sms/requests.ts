import type {
  CreateReplicationJobCommandInput,
  LicenseType,
  UpdateReplicationJobCommandInput,
} from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';
import type { CreateRequest, UpdateRequest } from '../../core/provider.ts';
import type { Instant } from '../../core/time.ts';
import { writeDescription } from './marker.ts';

/**
 * What CreateReplicationJob is sent. A job without a seed time starts now, by the service's own time in whole
 * seconds; the time of the next run is for updates, once there has been a first one.
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
    seedReplicationTime: seed === undefined ? new Date(now - (now % 1000)) : new Date(String(seed)),
  };
}

/**
 * What UpdateReplicationJob is sent: what changes, and what the service wants beside it. The marker stands in the
 * description, so either of them takes the other along; a key means nothing without `encrypted`, nor after it.
 */
export function updateJobInput(request: UpdateRequest): UpdateReplicationJobCommandInput {
  const { id, settings, after, owner, writeMarker = false } = request;
  const next = settings['nextReplicationRunStartTime'];
  const encryption = 'encrypted' in settings || 'kmsKeyId' in settings ? encryptionSettings(request) : {};
  return {
    replicationJobId: id,
    ...requestSettings({ ...settings, ...encryption }),
    ...(next !== undefined && { nextReplicationRunStartTime: new Date(String(next)) }),
    ...((writeMarker || 'description' in settings) && {
      description: writeDescription(String(after['description'] ?? ''), owner),
    }),
  };
}

function encryptionSettings({ after: { encrypted, kmsKeyId } }: UpdateRequest) {
  if (encrypted !== true) return { encrypted: false };
  return { encrypted, ...(kmsKeyId !== undefined && { kmsKeyId }) };
}

/** The settings that CreateReplicationJob and UpdateReplicationJob take as they stand in a manifest. */
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
 * Those of the settings that go out as they are; the schema has checked their types. The wire has no word for
 * licenseType `Auto` and none is needed for `runOnce: false`: leaving them out says it (domain: licence types).
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

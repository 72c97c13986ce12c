import type { CreateReplicationJobCommandInput, UpdateReplicationJobCommandInput } from '@aws-sdk/client-sms';
import type { CreateRequest, UpdateRequest } from '../../core/provider.ts';
import type { Instant } from '../../core/time.ts';
import { type CutoverMark, writeDescription } from './marker.ts';
import type { SmsSettings } from './settings.ts';

/**
 * Returns the input of CreateReplicationJob. A job without a seed time, or with one that has passed, starts now, by the
 * service's time in whole seconds: the job then shows when its 90 days began. The time of the next run can only be
 * updated, after the first run.
 */
export function createJobInput(
  { serverId, settings, owner }: CreateRequest<SmsSettings>,
  now: Instant,
): CreateReplicationJobCommandInput {
  const { seedReplicationTime: seed, description = '' } = settings;
  return {
    serverId,
    ...requestSettings(settings),
    description: writeDescription(description, owner),
    seedReplicationTime: new Date(Math.max(now - (now % 1000), Date.parse(seed ?? '') || 0)),
  };
}

/**
 * Returns the input of UpdateReplicationJob: the settings that change, and those that the service requires with them.
 * The marker is part of the description, so both are sent together. A key has no effect without `encrypted`.
 * @param cutover the mark of a cut-over that the job has: the update keeps it
 */
export function updateJobInput(
  request: UpdateRequest<SmsSettings>,
  cutover?: CutoverMark,
): UpdateReplicationJobCommandInput {
  const { id, settings, after, owner, writeMarker = false } = request;
  const next = settings.nextReplicationRunStartTime;
  const encryption = 'encrypted' in settings || 'kmsKeyId' in settings ? encryptionSettings(request) : {};
  return {
    replicationJobId: id,
    ...requestSettings({ ...settings, ...encryption }),
    ...(next !== undefined && { nextReplicationRunStartTime: new Date(next) }),
    ...((writeMarker || 'description' in settings) && {
      description: writeDescription(after.description ?? '', owner, cutover),
    }),
  };
}

function encryptionSettings({ after: { encrypted, kmsKeyId } }: UpdateRequest<SmsSettings>) {
  if (encrypted !== true) return { encrypted: false };
  return { encrypted, ...(kmsKeyId !== undefined && { kmsKeyId }) };
}

/**
 * Returns the settings that are sent unchanged, as CreateReplicationJob and UpdateReplicationJob take them. The API has no
 * value for licenseType `Auto`, and needs none for `runOnce: false`: both are left out (domain: licence types).
 */
function requestSettings({
  frequency,
  runOnce,
  licenseType,
  roleName,
  numberOfRecentAmisToKeep,
  encrypted,
  kmsKeyId,
}: SmsSettings): Omit<CreateReplicationJobCommandInput, 'serverId' | 'seedReplicationTime'> {
  return {
    ...(frequency !== undefined && { frequency }),
    ...(runOnce === true && { runOnce }),
    ...((licenseType === 'AWS' || licenseType === 'BYOL') && { licenseType }),
    ...(roleName !== undefined && { roleName }),
    ...(numberOfRecentAmisToKeep !== undefined && { numberOfRecentAmisToKeep }),
    ...(encrypted !== undefined && { encrypted }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
}

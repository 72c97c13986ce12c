import type { LicenseType } from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';

/** The settings that CreateReplicationJob and UpdateReplicationJob take as they stand in a manifest. */
interface PlainSettings {
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
export function pickSettings(settings: Settings): PlainSettings {
  const { frequency, runOnce, licenseType, roleName, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    settings;
  const picked: PlainSettings = {};
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

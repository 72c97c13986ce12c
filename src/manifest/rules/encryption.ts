import { quote } from '../wording.ts';
import { type Rule, settingConcern, settingsBlocksOf } from './rule.ts';

/** On SMS a key encrypts nothing unless encryption is on (domain: rules of SMS). Where `encrypted` may be misspelt, that alone is said. */
export const kmsKeyUnused: Rule = {
  id: 'encryption.key-unused',
  check: ({ vms, providerOf }) =>
    vms
      .filter(
        ({ settings, isUncertain: doubt, wave }) =>
          providerOf(wave) === 'sms' &&
          settings['kmsKeyId'] !== undefined &&
          settings['encrypted'] !== true &&
          !doubt('encrypted') &&
          !wave.isDefaultUncertain('encrypted'),
      )
      .map((vm) =>
        settingConcern('encryption.key-unused', vm, 'kmsKeyId', {
          message: 'kmsKeyId is set, but encrypted is not true: the images would not be encrypted',
          remedy: 'add encrypted: true, or remove kmsKeyId',
        }),
      ),
};

/** On MGN a key is an ARN, for CUSTOM encryption (domain: what a manifest says, on each service). */
export const kmsKeyNotArn: Rule = {
  id: 'encryption.key-arn',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'mgn')
      .flatMap(settingsBlocksOf)
      .filter(({ settings: { kmsKeyId } }) => typeof kmsKeyId === 'string' && !isKeyArn(kmsKeyId))
      .map(({ settings, concern }) =>
        concern('encryption.key-arn', 'kmsKeyId', {
          message: `kmsKeyId ${quote(settings['kmsKeyId'])} is not an ARN, which MGN asks for`,
          remedy: 'write the ARN, such as arn:aws:kms:us-west-2:123456789012:alias/migration',
        }),
      ),
};

/** MGN encrypts whatever it stores, with the default key for EBS where no other is named. */
export const encryptionAlwaysOn: Rule = {
  id: 'encryption.always-on',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'mgn')
      .flatMap(settingsBlocksOf)
      .filter(({ settings: { encrypted } }) => encrypted === false)
      .map(({ concern }) =>
        concern('encryption.always-on', 'encrypted', {
          message: 'encrypted is false, and MGN encrypts always',
          remedy: 'remove it; for a key of your own, write its ARN as kmsKeyId',
        }),
      ),
};

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/;

/** Whether a text is the ARN of a KMS key, or of an alias of one. */
function isKeyArn(text: string): boolean {
  return KEY_ARN.test(text);
}

import { settingConcern } from '../concern.ts';
import type { Rule } from './rule.ts';

/** A key encrypts nothing unless encryption is on (domain: rules of SMS). Where `encrypted` may be misspelt, that alone is said. */
export const keyUnused: Rule = {
  id: 'encryption.key-unused',
  check: ({ vms }) =>
    vms
      .filter(
        ({ settings, doubt, wave }) =>
          settings['kmsKeyId'] !== undefined &&
          settings['encrypted'] !== true &&
          !doubt('encrypted') &&
          !wave.defaultsDoubt('encrypted'),
      )
      .map((vm) =>
        settingConcern('encryption.key-unused', vm, 'kmsKeyId', {
          message: 'kmsKeyId is set, but encrypted is not true: the images would not be encrypted',
          remedy: 'add encrypted: true, or remove kmsKeyId',
        }),
      ),
};

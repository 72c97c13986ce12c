import { isMgnSetting, SMS_ONLY } from '../settings.ts';
import { concernAt, type Rule, settingsBlocksOf, vmConcern } from './rule.ts';

const CONVERT_HINT = '`landfall convert --to mgn` rewrites the file';

/** A setting that MGN does not have would say something that is not so: a clear error, not silence. */
export const settingNotOnMgn: Rule = {
  id: 'setting.not-on-mgn',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'mgn')
      .flatMap(settingsBlocksOf)
      .flatMap(({ settings, concern }) =>
        Object.entries(SMS_ONLY)
          .filter(([setting]) => settings[setting] !== undefined)
          .map(([setting, { instead, todo }]) =>
            concern('setting.not-on-mgn', setting, {
              message: `MGN has no ${setting}: it ${instead}`,
              remedy: `${todo}; ${CONVERT_HINT}`,
            }),
          ),
      ),
};

/** The other way round; settings under mgn are said once for a mapping. */
export const settingNotOnSms: Rule = {
  id: 'setting.not-on-sms',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'sms')
      .flatMap((wave) =>
        settingsBlocksOf(wave).flatMap(({ settings, concern }) =>
          [
            ...(settings['app'] === undefined ? [] : [['app', 'applications']]),
            ...(Object.keys(settings).some(isMgnSetting) ? [['mgn', 'settings of MGN']] : []),
          ].map(([key = '', what]) =>
            concern('setting.not-on-sms', key, {
              message: `the target of wave ${wave.name} is one of SMS, which has no ${what ?? ''}`,
              remedy: `remove ${key}, or give the wave a target with provider: mgn`,
            }),
          ),
        ),
      ),
};

/** What a target of SMS says and SMS does not know: nothing would come of it. */
export const targetNotOnSms: Rule = {
  id: 'target.not-on-sms',
  check: ({ project }) =>
    (project?.unsupportedKeys ?? []).map(({ target, path }) => {
      const key = path.join('.');
      return concernAt(
        'target.not-on-sms',
        (project as NonNullable<typeof project>).origin,
        ['targets', target, ...path],
        {
          message: `the target ${target} is one of SMS, which has no ${UNSUPPORTED_ON_SMS[key] ?? key}`,
          remedy: `remove ${key}, or write provider: mgn`,
        },
      );
    }),
};

const UNSUPPORTED_ON_SMS: Readonly<Record<string, string>> = {
  'limits.activeJobs': 'jobs that launch instances',
  'limits.serversInJobs': 'jobs that launch instances',
  prune: 'servers to disconnect: a job that is taken out of the manifests is deleted',
  mgn: 'templates that landfall could set up',
};

/** MGN knows no MoRefs, and SMS no UUIDs (domain: what a manifest says, on each service). */
export const vmNotFindable: Rule = {
  id: 'vm.not-findable',
  check: ({ vms, providerOf }) =>
    vms.flatMap((vm) => {
      const { name, path, serverId, vmId, vmWareUuid } = vm.reference;
      if ([name, path, serverId].some((pointer) => pointer !== undefined)) return [];
      const provider = providerOf(vm.wave);
      if (provider === 'mgn' && vmWareUuid === undefined && vmId !== undefined) {
        const message = 'only vmManagerId and vmId say which VM this is, and MGN does not know them';
        return [
          vmConcern('vm.not-findable', vm, 'vmId', { message, remedy: 'add its name, path or vmWareUuid' }),
        ];
      }
      if (provider === 'sms' && vmId === undefined && vmWareUuid !== undefined) {
        const message = 'only vmWareUuid says which VM this is, and SMS does not know it';
        const remedy = 'add its name or path, or vmManagerId and vmId';
        return [vmConcern('vm.not-findable', vm, 'vmWareUuid', { message, remedy })];
      }
      return [];
    }),
};

/** SMS has no test instances, and nothing to archive. */
export const phaseUnsupported: Rule = {
  id: 'phase.not-there',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'sms' && (wave.phase === 'test' || wave.phase === 'archive'))
      .map(({ name, phase, origin }) =>
        concernAt('phase.not-there', origin, ['spec', 'phase'], {
          message: `the wave ${name} is to go to the phase ${phase}, which SMS does not have`,
          remedy:
            phase === 'test'
              ? 'write replicate or cutover: on SMS, an AMI of any run can be tested by hand'
              : 'write finalize: on SMS nothing is left to archive after it',
        }),
      ),
};

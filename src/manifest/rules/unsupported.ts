import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import {
  type RuleFinding,
  type RuleWave,
  type ServiceDefinition,
  settingBlocks,
} from '../../core/service.ts';
import { SERVICES } from '../../providers/registry.ts';
import type { Vm, Wave } from '../model.ts';
import { BLOCK_KEYS, blockOf, JOB_SETTINGS } from '../settings.ts';
import { concernAt, type Rule, settingConcern, vmConcern } from './rule.ts';

/**
 * Finds settings that the service of a wave does not have: an error, since ignoring one would hide that it has no
 * effect. One finding for all settings in another service's block.
 */
function unsupportedSettings(
  {
    title,
    name: to,
    settings: table,
    block,
    unsupportedSettings: { settings: texts },
    conversion,
  }: ServiceDefinition,
  waves: readonly RuleWave[],
): readonly RuleFinding[] {
  const supported = new Set([block?.key, ...table.map(({ name }) => name)]);
  const keys = [...JOB_SETTINGS, ...BLOCK_KEYS].filter((key) => !supported.has(key));
  const unsupported = new Set(keys);
  const hint = conversion === undefined ? '' : `; \`landfall convert --to ${to}\` rewrites the file`;
  const isUnsupported = (name: string): boolean => unsupported.has(blockOf(name) ?? name);
  return waves.flatMap((wave) =>
    settingBlocks(wave).flatMap(({ settings, at }) => {
      const names = Object.keys(settings).filter(isUnsupported);
      if (names.length === 0) return [];
      const given = new Set(names.map((name) => blockOf(name) ?? name));
      return keys
        .filter((key) => given.has(key))
        .map((key) => {
          const { instead, todo = 'remove it' } = texts[key] ?? {};
          const message = `${title} does not support ${key}${instead === undefined ? '' : `: it ${instead}`}`;
          return { ...at(key), message, remedy: `${todo}${hint}` };
        });
    }),
  );
}

/** Keys of a target that its service does not have would be ignored. */
export const targetKeyUnsupported: Rule = {
  id: 'target.not-on-sms',
  check: ({ project }) =>
    project === undefined
      ? []
      : project.unsupportedKeys.map(({ target, service, path, lacks }) =>
          concernAt('target.not-on-sms', project.origin, ['targets', target, ...path], {
            message: `the target ${target} is one of ${service.title}, which has ${lacks}`,
            remedy: `remove ${path.join('.')}, or choose another provider`,
          }),
        ),
};

/** Each service finds VMs by some identifiers only (domain: what a manifest says, on each service). */
export const vmNotFindable: Rule = {
  id: 'vm.not-findable',
  check: ({ vms, serviceOf }) =>
    vms.flatMap((vm) => {
      const service = serviceOf(vm.wave);
      if (service?.identifiers.supported.some((key) => vm.reference[key] !== undefined) !== false) return [];
      const given = Object.keys(vm.reference);
      const last = given.at(-1);
      if (last === undefined) return [];
      const { title, identifiers } = service;
      const message = `${title} does not find VMs by ${given.join(' and ')}`;
      return [vmConcern('vm.not-findable', vm, last, { message, remedy: identifiers.remedy })];
    }),
};

/** A service may lack phases: SMS has no test instances, and nothing to archive. */
export const phaseUnsupported: Rule = {
  id: 'phase.not-there',
  check: ({ waves, serviceOf }) =>
    waves.flatMap((wave) => {
      const { phase, origin } = wave;
      const service = serviceOf(wave);
      if (service === undefined) return [];
      const { title, unsupportedPhases, unsupportedSpecs = {} } = service;
      const remedy = phase === undefined ? undefined : unsupportedPhases[phase];
      return [
        ...(phase === undefined || remedy === undefined
          ? []
          : [
              concernAt('phase.not-there', origin, ['spec', 'phase'], {
                message: `phase "${phase}" is not supported on ${title}`,
                remedy,
              }),
            ]),
        ...Object.entries(unsupportedSpecs).flatMap(([key, why]) => {
          const given = wave.specKeys.filter((each) => each.key === key);
          if (given.length === 0) return [];
          const positions = new Set(given.map(({ vm }) => vm));
          const words = { message: `${title} does not support ${key}: ${why}`, remedy: 'remove it' };
          return [
            ...(positions.has(undefined)
              ? [concernAt('phase.not-there', origin, ['spec', ...key.split('.')], words)]
              : []),
            ...wave.vms
              .filter(({ index }) => positions.has(index))
              .map((vm) => vmConcern('phase.not-there', vm, key, words)),
          ];
        }),
      ];
    }),
};

/** Rules that hold on one service alone, each for the waves of that service: its own, and that on unsupported settings. */
export const SERVICE_RULES: readonly Rule[] = SERVICES.flatMap((service) =>
  [
    {
      id: service.unsupportedSettings.id,
      check: (waves: readonly RuleWave[]) => unsupportedSettings(service, waves),
    },
    ...service.rules,
  ].map(({ id, check }): Rule => ({
    id,
    check({ waves, project, now, serviceOf }) {
      const own = waves.filter((wave) => serviceOf(wave) === service);
      if (own.length === 0) return [];
      const { name = '', defaultTarget, targets = [] } = project ?? {};
      const context = { project: name, defaultTarget, targets, now };
      return check(own, context).map((finding) => toConcern(id, finding));
    },
  })),
);

/** A rule hands back waves and VMs that it was given, which are of the model. */
function toConcern(id: ConcernId, finding: RuleFinding): Concern {
  if ('wave' in finding) {
    const { target } = finding;
    const concern = concernAt(id, (finding.wave as Wave).origin, finding.path, finding);
    return target === undefined ? concern : { ...concern, target };
  }
  const vm = finding.vm as Vm;
  return 'setting' in finding
    ? settingConcern(id, vm, finding.setting, finding)
    : vmConcern(id, vm, finding.key, finding);
}

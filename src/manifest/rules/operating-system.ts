import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { Guest } from '../../core/guest.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { SERVICES } from '../../providers/registry.ts';
import type { RuleInput, Vm } from '../model.ts';
import { licenceRule } from '../os/licence.ts';
import { quote } from '../../core/text.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type Rule, settingConcern, vmConcern } from './rule.ts';

/** A service may support some guests only (SMS: founding document, OS Supported). Of MGN no source says so. */
export const guestUnsupported: Rule = {
  id: 'guest.unsupported',
  check({ vms, serviceOf }) {
    // A data centre runs a few systems on thousands of VMs: each is checked once.
    const reasons = new Map<ServiceDefinition, Map<Guest, string | undefined>>();
    return vms.flatMap((vm) => {
      const { guest } = vm;
      const service = serviceOf(vm.wave);
      if (guest === undefined || service?.guests === undefined) return [];
      const known = reasons.get(service) ?? new Map<Guest, string | undefined>();
      reasons.set(service, known);
      if (!known.has(guest)) known.set(guest, service.guests.whyUnsupported(guest));
      const reason = known.get(guest);
      if (reason === undefined) return [];
      const message = `${service.title} cannot migrate ${quote(vm.os)}: ${reason}`;
      const remedy = 'upgrade the guest first, leave the VM out, or correct os if it is another system';
      return [vmConcern('guest.unsupported', vm, 'os', { message, remedy })];
    });
  },
};

/** Neither support nor licence of an unknown guest can be checked; its licence alone, where any guest is supported. */
export const guestUnknown: Rule = {
  id: 'guest.unknown',
  check: ({ vms, serviceOf }) =>
    vms.flatMap((vm) => {
      if (vm.os === undefined || (vm.guest !== undefined && vm.guest.distribution !== 'linux')) return [];
      const service = serviceOf(vm.wave);
      const supportsAll = service !== undefined && service.guests === undefined;
      if (supportsAll && vm.guest !== undefined) return [];
      const unchecked = supportsAll ? 'licence is' : 'support and licence are';
      const message =
        vm.guest === undefined
          ? `the operating system ${quote(vm.os)} is unknown to landfall: its ${unchecked} not checked`
          : `${quote(vm.os)} does not tell which Linux this is: its support is not checked`;
      const remedy = didYouMean(
        vm.os,
        SERVICES.flatMap(({ guests }) => guests?.shortIds() ?? []),
        'write a short id such as rhel-7.3 or windows-server-2016',
      );
      return [vmConcern('guest.unknown', vm, 'os', { message, remedy })];
    }),
};

/** AWS gives no Linux licences: such a job fails hours after it starts (founding document: Licensing for Linux). */
export const linuxAws: Rule = {
  id: 'licence.linux-aws',
  check: (world) =>
    licenceConcerns(
      'licence.linux-aws',
      world,
      (vm) => vm.guest?.family === 'linux' && isAwsLicenceRefused(vm),
      (vm) => ({
        message: `licenseType AWS does not fit ${quote(vm.os)}: Linux can be migrated with BYOL only`,
        remedy: 'write licenseType: BYOL, or Auto',
      }),
    ),
};

/** Nor licences for Windows clients (founding document: Licensing for Windows). */
export const windowsClientAws: Rule = {
  id: 'licence.windows-client-aws',
  check: (world) =>
    licenceConcerns(
      'licence.windows-client-aws',
      world,
      (vm) => vm.guest?.family === 'windows' && isAwsLicenceRefused(vm),
      (vm) => ({
        message: `licenseType AWS does not fit ${quote(vm.os)}: Windows clients can be migrated with BYOL only`,
        remedy: 'write licenseType: BYOL, or Auto',
      }),
    ),
};

/** Allowed, and dearer than most people expect (domain: licence types). */
export const windowsByol: Rule = {
  id: 'licence.windows-byol',
  check: (world) =>
    licenceConcerns('licence.windows-byol', world, isServerWithByol, (vm) => ({
      message: `${quote(vm.os)} with licenseType BYOL runs on dedicated hosts only`,
      remedy: `write licenseType: AWS, or ${(world.serviceOf(vm.wave) ?? SERVICES[0]).windowsByolRemedy}`,
    })),
};

function isServerWithByol({ guest, settings }: Vm): boolean {
  return guest?.distribution === 'windows-server' && settings['licenseType'] === 'BYOL';
}

/** Whether the table of licences does not allow what the VM asks for. */
function isAwsLicenceRefused({ guest, settings }: Vm): boolean {
  const rule = guest === undefined ? undefined : licenceRule(guest);
  return rule !== undefined && settings['licenseType'] === 'AWS' && !rule.allowed.includes('AWS');
}

function licenceConcerns(
  id: ConcernId,
  { vms }: RuleInput,
  applies: (vm: Vm) => boolean,
  words: (vm: Vm) => { message: string; remedy: string },
): Concern[] {
  return vms.filter(applies).map((vm) => settingConcern(id, vm, 'licenseType', words(vm)));
}

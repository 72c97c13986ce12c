import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { RuleInput, Vm } from '../model.ts';
import { licenceRule } from '../os/licence.ts';
import { shortIds, whyUnsupported } from '../os/supported.ts';
import { didYouMean, quote } from '../wording.ts';
import { type Rule, settingConcern, vmConcern } from './rule.ts';

/** SMS cannot migrate every guest (founding document: OS Supported). Of MGN no source says so. */
export const guestUnsupported: Rule = {
  id: 'guest.unsupported',
  check: ({ vms: all, providerOf }) => {
    const vms = all.filter(({ wave }) => providerOf(wave) === 'sms');
    // A data centre runs a few systems on thousands of VMs: each is judged once.
    const reasons = new Map(
      [...new Set(vms.map(({ guest }) => guest))].map((guest) => [guest, guest && whyUnsupported(guest)]),
    );
    return vms.flatMap((vm) => {
      const reason = reasons.get(vm.guest);
      if (reason === undefined) return [];
      const message = `SMS cannot migrate ${quote(vm.os)}: ${reason}`;
      const remedy = 'upgrade the guest first, leave the VM out, or correct os if it is another system';
      return [vmConcern('guest.unsupported', vm, 'os', { message, remedy })];
    });
  },
};

/** Of a guest that landfall does not know, it can check neither support nor licence; on MGN, its licence alone matters. */
export const guestUnknown: Rule = {
  id: 'guest.unknown',
  check: ({ vms, providerOf }) =>
    vms.flatMap((vm) => {
      if (vm.os === undefined || (vm.guest !== undefined && vm.guest.distribution !== 'linux')) return [];
      const onMgn = providerOf(vm.wave) === 'mgn';
      if (onMgn && vm.guest !== undefined) return [];
      const unchecked = onMgn ? 'licence is' : 'support and licence are';
      const message =
        vm.guest === undefined
          ? `the operating system ${quote(vm.os)} is not one landfall knows: its ${unchecked} not checked`
          : `${quote(vm.os)} does not say which Linux this is: its support is not checked`;
      const remedy = didYouMean(
        vm.os,
        shortIds(),
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
      remedy: `write licenseType: AWS, or ${world.providerOf(vm.wave) === 'mgn' ? HOST_IN_TEMPLATE : PREPARE_HOSTS}`,
    })),
};

const PREPARE_HOSTS = 'make sure that dedicated hosts are ready';
/** Domain, rules of MGN: the launch fails else. */
const HOST_IN_TEMPLATE =
  'set the tenancy Host in the EC2 launch template of the source server, or its launch fails';

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

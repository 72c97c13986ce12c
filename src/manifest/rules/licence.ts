import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import { settingConcern } from '../concern.ts';
import type { Vm, World } from '../model.ts';
import { licenceRule } from '../os/licence.ts';
import { quote } from '../shorten.ts';
import type { Rule } from './rule.ts';

/** AWS gives no Linux licences: such a job fails hours after it starts (founding document: Licensing for Linux). */
export const linuxAws: Rule = {
  id: 'licence.linux-aws',
  check: (world) =>
    raise(
      'licence.linux-aws',
      world,
      (vm) => vm.guest?.family === 'linux' && isRefused(vm),
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
    raise(
      'licence.windows-client-aws',
      world,
      (vm) => vm.guest?.family === 'windows' && isRefused(vm),
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
    raise('licence.windows-byol', world, isServerWithByol, (vm) => ({
      message: `${quote(vm.os)} with licenseType BYOL runs on dedicated hosts only`,
      remedy: `write licenseType: AWS, or ${world.providerOf(vm.wave) === 'mgn' ? HOST_IN_TEMPLATE : HOSTS_READY}`,
    })),
};

const HOSTS_READY = 'make sure that dedicated hosts are ready';
/** Domain, rules of MGN: the launch fails else. */
const HOST_IN_TEMPLATE =
  'set the tenancy Host in the EC2 launch template of the source server, or its launch fails';

function isServerWithByol({ guest, settings }: Vm): boolean {
  return guest?.distribution === 'windows-server' && settings['licenseType'] === 'BYOL';
}

/** Whether the table of licences does not allow what the VM asks for. */
function isRefused({ guest, settings }: Vm): boolean {
  const rule = guest === undefined ? undefined : licenceRule(guest);
  return rule !== undefined && settings['licenseType'] === 'AWS' && !rule.allowed.includes('AWS');
}

function raise(
  id: ConcernId,
  { vms }: World,
  applies: (vm: Vm) => boolean,
  words: (vm: Vm) => { message: string; remedy: string },
): Concern[] {
  return vms.filter(applies).map((vm) => settingConcern(id, vm, 'licenseType', words(vm)));
}

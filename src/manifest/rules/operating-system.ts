import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { Guest } from '../../core/service.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { SERVICES } from '../../providers/registry.ts';
import type { RuleInput, Vm } from '../model.ts';
import { refusesAwsLicence, unknownGuestMessage, unsupportedGuestMessage } from '../os/parse.ts';
import { quote } from '../../core/text.ts';
import { suggest } from '../../core/suggest.ts';
import { type ConcernText, type Rule, settingConcern, vmConcern } from './rule.ts';

/** Finds operating systems that the service of their target cannot migrate. */
export const guestUnsupported: Rule = {
  id: 'guest.unsupported',
  check({ vms, serviceOf }) {
    // A data centre runs a few systems on thousands of VMs: each is checked once.
    const texts = new Map<ServiceDefinition, Map<string, ConcernText | undefined>>();
    return vms.flatMap((vm) => {
      const { guest, os } = vm;
      const service = serviceOf(vm.wave);
      if (guest === undefined || os === undefined || service === undefined) return [];
      const known = texts.get(service) ?? new Map<string, ConcernText | undefined>();
      texts.set(service, known);
      if (!known.has(os)) known.set(os, unsupportedText(service, os, guest));
      const text = known.get(os);
      return text === undefined ? [] : [vmConcern('guest.unsupported', vm, 'os', text)];
    });
  },
};

function unsupportedText(service: ServiceDefinition, os: string, guest: Guest): ConcernText | undefined {
  const message = unsupportedGuestMessage(service, os, guest);
  if (message === undefined) return undefined;
  const meant = service.guests?.shortIds().find((id) => isSameId(id, os));
  return { message, remedy: meant === undefined ? UPGRADE : `did you mean ${meant}?` };
}

const UPGRADE = 'upgrade the guest first, leave the VM out, or correct os if it is another system';

/** Whether a text is a short id with other separators: `rhel73` is read as version 73, and meant as rhel-7.3. */
function isSameId(id: string, text: string): boolean {
  return withoutSeparators(id) === withoutSeparators(text) && id !== text.toLowerCase();
}

function withoutSeparators(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Suggests the short id that is nearest to a text, whatever separators the text has. */
function suggestId(text: string): string {
  const ids = new Map(
    SERVICES.flatMap(({ guests }) => guests?.shortIds() ?? []).map((id) => [withoutSeparators(id), id]),
  );
  const nearest = suggest(withoutSeparators(text), [...ids.keys()]);
  const id = nearest === undefined ? undefined : ids.get(nearest);
  return id === undefined
    ? 'write a short id such as rhel-7.3 or windows-server-2016'
    : `did you mean ${id}?`;
}

/** Finds operating systems whose support or licence cannot be checked. */
export const guestUnknown: Rule = {
  id: 'guest.unknown',
  check({ vms, serviceOf }) {
    const remedies = new Map<string, string>();
    return vms.flatMap((vm) => {
      const { os, guest } = vm;
      const message = os === undefined ? undefined : unknownGuestMessage(serviceOf(vm.wave), os, guest);
      if (os === undefined || message === undefined) return [];
      const remedy = remedies.get(os) ?? suggestId(os);
      remedies.set(os, remedy);
      return [vmConcern('guest.unknown', vm, 'os', { message, remedy })];
    });
  },
};

/** AWS gives no Linux licences: such a job fails hours after it starts (founding document: Licensing for Linux). */
export const linuxAws: Rule = {
  id: 'licence.linux-aws',
  check: (input) =>
    licenceConcerns(
      'licence.linux-aws',
      input,
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
  check: (input) =>
    licenceConcerns(
      'licence.windows-client-aws',
      input,
      (vm) => vm.guest?.family === 'windows' && isAwsLicenceRefused(vm),
      (vm) => ({
        message: `licenseType AWS does not fit ${quote(vm.os)}: Windows clients can be migrated with BYOL only`,
        remedy: 'write licenseType: BYOL, or Auto',
      }),
    ),
};

/** BYOL is allowed for Windows Server, and costs more than most people expect (domain: licence types). */
export const windowsByol: Rule = {
  id: 'licence.windows-byol',
  check: (input) =>
    licenceConcerns('licence.windows-byol', input, isServerWithByol, (vm) => ({
      message: `${quote(vm.os)} with licenseType BYOL runs on dedicated hosts only`,
      remedy: `write licenseType: AWS, or ${(input.serviceOf(vm.wave) ?? SERVICES[0]).windowsByolRemedy}`,
    })),
};

function isServerWithByol({ guest, settings }: Vm): boolean {
  return guest?.distribution === 'windows-server' && settings['licenseType'] === 'BYOL';
}

function isAwsLicenceRefused({ guest, settings }: Vm): boolean {
  return guest !== undefined && settings['licenseType'] === 'AWS' && refusesAwsLicence(guest);
}

function licenceConcerns(
  id: ConcernId,
  { vms }: RuleInput,
  applies: (vm: Vm) => boolean,
  words: (vm: Vm) => { message: string; remedy: string },
): Concern[] {
  return vms.filter(applies).map((vm) => settingConcern(id, vm, 'licenseType', words(vm)));
}

import { vmConcern } from '../concern.ts';
import { shortIds } from '../os/short-ids.ts';
import { whyUnsupported } from '../os/support.ts';
import { quote } from '../shorten.ts';
import { didYouMean } from '../suggest.ts';
import type { Rule } from './rule.ts';

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

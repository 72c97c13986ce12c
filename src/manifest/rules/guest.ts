import { vmConcern } from '../concern.ts';
import { shortIds } from '../os/short-ids.ts';
import { whyUnsupported } from '../os/support.ts';
import { quote } from '../shorten.ts';
import { didYouMean } from '../suggest.ts';
import type { Rule } from './rule.ts';

/** The service cannot migrate every guest (founding document: OS Supported). */
export const guestUnsupported: Rule = {
  id: 'guest.unsupported',
  check: ({ vms }) => {
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

/** Of a guest that landfall does not know, it can check neither support nor licence. */
export const guestUnknown: Rule = {
  id: 'guest.unknown',
  check: ({ vms }) =>
    vms.flatMap((vm) => {
      if (vm.os === undefined || (vm.guest !== undefined && vm.guest.distribution !== 'linux')) return [];
      const message =
        vm.guest === undefined
          ? `the operating system ${quote(vm.os)} is not one landfall knows: its support and licence are not checked`
          : `${quote(vm.os)} does not say which Linux this is: its support is not checked`;
      const remedy = didYouMean(
        vm.os,
        shortIds(),
        'write a short id such as rhel-7.3 or windows-server-2016',
      );
      return [vmConcern('guest.unknown', vm, 'os', { message, remedy })];
    }),
};

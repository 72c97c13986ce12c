import type { ConcernId } from '../core/concern-ids.ts';
import type { Settings } from '../core/desired.ts';
import { MAX_OS_LENGTH } from '../core/limits.ts';
import type { ServiceDefinition } from '../core/service.ts';
import {
  licenceRule,
  parseGuest,
  unknownGuestMessage,
  unsupportedGuestMessage,
} from '../manifest/os/parse.ts';
import { quote } from '../core/text.ts';

/** What the operating system of a VM means for its entry in a manifest. */
export interface GuestCheck {
  /** The text for `os`; absent: a manifest does not allow it. */
  readonly os?: string;
  /** Why the VM can be written only as a comment. */
  readonly refused?: string;
  /** The licence to write at the VM, if that of the defaults is not allowed. */
  readonly licenseType?: 'AWS' | 'BYOL';
  readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
}

/** Returns a function that checks operating systems by the rules of `validate`, with the effective settings of a VM. */
export function guestChecker(
  service: ServiceDefinition,
): (os: string | undefined, settings: Settings) => GuestCheck {
  const checked = new Map<string, GuestCheck>();
  return (os, { licenseType = 'Auto' }) => {
    if (os === undefined || os === '') return { concerns: [] };
    const key = `${String(licenseType)} ${os}`;
    let check = checked.get(key);
    if (check === undefined) {
      check = checkGuest(os, licenseType === 'AWS', service);
      checked.set(key, check);
    }
    return check;
  };
}

function checkGuest(os: string, wantsAws: boolean, service: ServiceDefinition): GuestCheck {
  if (os.length > MAX_OS_LENGTH || /\p{Cs}/u.test(os)) {
    const unchecked = service.guests === undefined ? 'licence' : 'support';
    const message = `${quote(os)} is too long for a manifest: its ${unchecked} is not checked`;
    return { concerns: [{ id: 'guest.unknown', message }] };
  }
  const guest = parseGuest(os);
  const refused = guest && unsupportedGuestMessage(service, os, guest);
  if (refused !== undefined)
    return { os, refused, concerns: [{ id: 'guest.unsupported', message: refused }] };
  const unknown = unknownGuestMessage(service, os, guest);
  const concerns = unknown === undefined ? [] : [{ id: 'guest.unknown' as const, message: unknown }];
  const rule = guest && licenceRule(guest);
  if (!wantsAws || rule === undefined || rule.allowed.includes('AWS')) return { os, concerns };
  const id = guest?.family === 'linux' ? 'licence.linux-aws' : 'licence.windows-client-aws';
  const message = `licenseType AWS does not fit ${quote(os)}: written with licenseType ${rule.auto}`;
  return { os, licenseType: rule.auto, concerns: [...concerns, { id, message }] };
}

/**
 * Chooses among the names that sources give an operating system: the first that names an exact system; else the first
 * that landfall knows, such as "Other 3.x or later Linux"; else the first one.
 */
export function bestOsName(names: readonly string[]): string | undefined {
  const said = names.filter((name) => name !== '').map((name) => ({ name, guest: parseGuest(name) }));
  const exact = said.find(({ guest }) => guest !== undefined && guest.distribution !== 'linux');
  const known = exact ?? said.find(({ guest }) => guest !== undefined) ?? said[0];
  return known?.name;
}

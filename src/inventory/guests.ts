import type { ConcernId } from '../core/concern-ids.ts';
import type { Settings } from '../core/desired.ts';
import type { ServiceDefinition } from '../core/service.ts';
import { licenceRule } from '../manifest/os/licence.ts';
import { parseGuest } from '../manifest/os/parse.ts';
import { quote } from '../core/text.ts';

/** Longest `os` of a manifest (schemas/wave.schema.json). */
const MAX_OS_LENGTH = 128;

/** What a guest's operating system means for its entry in a manifest. */
export interface GuestCheck {
  /** Absent: the manifest cannot say it. */
  readonly os?: string;
  /** Why the VM can only stand in the file as a comment. */
  readonly refused?: string;
  /** The licence to write at the VM, where that of the defaults is not allowed. */
  readonly licenseType?: 'AWS' | 'BYOL';
  readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
}

/** Returns a check of operating systems by the rules of `validate`, which takes the settings that hold for the VM. */
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

function checkGuest(os: string, wantsAws: boolean, { title, guests }: ServiceDefinition): GuestCheck {
  if (os.length > MAX_OS_LENGTH || /\p{Cs}/u.test(os)) {
    const unchecked = guests === undefined ? 'licence' : 'support';
    return {
      concerns: [unknownGuest(`${quote(os)} is too long for a manifest: its ${unchecked} is not checked`)],
    };
  }
  const guest = parseGuest(os);
  if (guest === undefined) {
    const unchecked = guests === undefined ? 'licence is' : 'support and licence are';
    const message = `the operating system ${quote(os)} is unknown to landfall: its ${unchecked} not checked`;
    return { os, concerns: [unknownGuest(message)] };
  }
  const why = guests?.whyUnsupported(guest);
  if (why !== undefined) {
    const message = `${title} cannot migrate ${quote(os)}: ${why}`;
    return { os, refused: message, concerns: [{ id: 'guest.unsupported', message }] };
  }
  const concerns =
    guest.distribution === 'linux' && guests !== undefined
      ? [unknownGuest(`${quote(os)} does not tell which Linux this is: its support is not checked`)]
      : [];
  const rule = licenceRule(guest);
  if (!wantsAws || rule === undefined || rule.allowed.includes('AWS')) return { os, concerns };
  const id = guest.family === 'linux' ? 'licence.linux-aws' : 'licence.windows-client-aws';
  const message = `licenseType AWS does not fit ${quote(os)}: written with licenseType ${rule.auto}`;
  return { os, licenseType: rule.auto, concerns: [...concerns, { id, message }] };
}

function unknownGuest(message: string): { readonly id: ConcernId; readonly message: string } {
  return { id: 'guest.unknown', message };
}

/**
 * Of the names that sources give an operating system, the first that says which system it is; else the first that
 * landfall understands, such as "Other 3.x or later Linux"; else the first at all.
 */
export function bestOsName(names: readonly string[]): string | undefined {
  const said = names.filter((name) => name !== '').map((name) => ({ name, guest: parseGuest(name) }));
  const exact = said.find(({ guest }) => guest !== undefined && guest.distribution !== 'linux');
  const known = exact ?? said.find(({ guest }) => guest !== undefined) ?? said[0];
  return known?.name;
}

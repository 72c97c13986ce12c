import type { ConcernId } from '../core/concern-ids.ts';
import type { Settings, Target } from '../core/desired.ts';
import { licenceRule } from '../manifest/os/licence.ts';
import { parseGuest } from '../manifest/os/parse.ts';
import { whyUnsupported } from '../manifest/os/supported.ts';
import { quote } from '../manifest/wording.ts';

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

/**
 * Judges operating systems as `validate` does (manifest/os), each name once. `defaults` are the settings that hold
 * where the VM says nothing.
 */
export function guestChecker(
  provider: Target['provider'] = 'sms',
): (os: string | undefined, settings: Settings) => GuestCheck {
  const verdicts = new Map<string, GuestCheck>();
  return (os, { licenseType = 'Auto' }) => {
    if (os === undefined || os === '') return { concerns: [] };
    const key = `${String(licenseType)} ${os}`;
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = checkGuest(os, licenseType === 'AWS', provider === 'mgn');
      verdicts.set(key, verdict);
    }
    return verdict;
  };
}

function checkGuest(os: string, wantsAws: boolean, onMgn: boolean): GuestCheck {
  if (os.length > MAX_OS_LENGTH || /\p{Cs}/u.test(os)) {
    const unchecked = onMgn ? 'licence' : 'support';
    return {
      concerns: [unknownGuest(`${quote(os)} is too long for a manifest: its ${unchecked} is not checked`)],
    };
  }
  const guest = parseGuest(os);
  if (guest === undefined) {
    const unchecked = onMgn ? 'licence is' : 'support and licence are';
    const message = `the operating system ${quote(os)} is not one landfall knows: its ${unchecked} not checked`;
    return { os, concerns: [unknownGuest(message)] };
  }
  const why = onMgn ? undefined : whyUnsupported(guest);
  if (why !== undefined) {
    const message = `SMS cannot migrate ${quote(os)}: ${why}`;
    return { os, refused: message, concerns: [{ id: 'guest.unsupported', message }] };
  }
  const concerns =
    guest.distribution === 'linux' && !onMgn
      ? [unknownGuest(`${quote(os)} does not say which Linux this is: its support is not checked`)]
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

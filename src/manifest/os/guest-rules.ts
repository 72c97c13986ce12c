import type { Guest } from '../../core/service.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { quote } from '../../core/text.ts';

type Licence = 'AWS' | 'BYOL';

/** What the wire can say of a guest's licence, and what the service makes of `Auto`. */
export interface LicenceRule {
  readonly allowed: readonly Licence[];
  readonly auto: Licence;
}

/** Source: founding document, "Licensing Information"; domain: licence types. */
const LICENCE_RULES: Readonly<Record<'windows-server' | 'windows-client' | 'linux', LicenceRule>> = {
  'windows-server': { allowed: ['AWS', 'BYOL'], auto: 'AWS' },
  'windows-client': { allowed: ['BYOL'], auto: 'BYOL' },
  linux: { allowed: ['BYOL'], auto: 'BYOL' },
};

/** The licences of a guest; undefined for systems no source speaks of. */
export function licenceRule({ family, distribution }: Guest): LicenceRule | undefined {
  if (family === 'other') return undefined;
  if (family === 'linux') return LICENCE_RULES.linux;
  return distribution === 'windows-server'
    ? LICENCE_RULES['windows-server']
    : LICENCE_RULES['windows-client'];
}

/**
 * Says that a service cannot migrate an operating system, and why. Returns nothing for a service that has no list of
 * supported systems (SMS has one: founding document, OS Supported), or if the system is supported or not known.
 */
export function unsupportedGuestMessage(
  { title, guests }: Pick<ServiceDefinition, 'title' | 'guests'>,
  os: string,
  guest: Guest,
): string | undefined {
  const reason = guests?.whyUnsupported(guest);
  return reason === undefined ? undefined : `${title} cannot migrate ${quote(os)}: ${reason}`;
}

/**
 * Says what cannot be checked of an operating system that landfall does not know, or not exactly. On a service without a
 * list of supported systems, that is only the licence.
 * @param service the service; absent: not known
 * @param guest the system that `os` names; absent: not known
 */
export function unknownGuestMessage(
  service: Pick<ServiceDefinition, 'guests'> | undefined,
  os: string,
  guest: Guest | undefined,
): string | undefined {
  const supportsAll = service !== undefined && service.guests === undefined;
  if (guest === undefined) {
    const unchecked = supportsAll ? 'licence is' : 'support and licence are';
    return `the operating system ${quote(os)} is unknown to landfall: its ${unchecked} not checked`;
  }
  if (supportsAll || guest.distribution !== 'linux') return undefined;
  return `${quote(os)} does not tell which Linux this is: its support is not checked`;
}

/** Whether the table of licences does not allow `licenseType: AWS` for a system. */
export function refusesAwsLicence(guest: Guest): boolean {
  return licenceRule(guest)?.allowed.includes('AWS') === false;
}

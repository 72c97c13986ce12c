import type { LicenceType } from './records.ts';

export type GuestFamily = 'windows-server' | 'windows-client' | 'linux' | 'unsupported' | 'unknown';

/**
 * What the service can migrate, read from the names that VMware gives guests
 * (the founding document's list and its later editions). First match decides.
 */
const FAMILIES: readonly (readonly [RegExp, GuestFamily])[] = [
  [/^\s*$/, 'unknown'],
  [/windows server.*\b20(22|25)\b/i, 'unsupported'],
  [/windows (server )?.*(2008 r2|2012|2016|2019).*32-bit/i, 'unsupported'],
  [/windows server|windows.*\b(2003|2008|2012|2016|2019)\b/i, 'windows-server'],
  [/windows (7|8|8\.1|10)\b/i, 'windows-client'],
  [/windows/i, 'unsupported'],
  [/(linux|ubuntu|centos|suse|debian|fedora|rhel).*32-bit/i, 'unsupported'],
  [/red hat enterprise linux ([5-7])\b|rhel[ -]?[5-7]\b/i, 'linux'],
  [/suse linux enterprise.*\b1[12]\b|sles[ -]?1[12]\b/i, 'linux'],
  [/centos.*\b(4\/5|[5-7])\b|centos \d[\d/ ]*or later/i, 'linux'],
  [/oracle linux.*\b([5-7])\b/i, 'linux'],
  [/debian.*\b[6-8]\b/i, 'linux'],
  [/ubuntu|fedora|other.*linux/i, 'linux'],
];

export function familyOf(os: string): GuestFamily {
  return FAMILIES.find(([pattern]) => pattern.test(os))?.[1] ?? 'unsupported';
}

/** What the service makes of a licence type that is left out: AWS for a server Windows, else BYOL. */
export function autoLicence(os: string): LicenceType {
  return familyOf(os) === 'windows-server' ? 'AWS' : 'BYOL';
}

/** Only Windows Server runs under a licence of AWS. */
export function licenceFits(licence: LicenceType, os: string): boolean {
  const family = familyOf(os);
  return licence === 'BYOL' || family === 'windows-server' || family === 'unknown';
}

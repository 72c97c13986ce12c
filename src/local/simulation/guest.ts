import { supportsLinux } from './linux-versions.ts';
import type { LicenceType } from './records.ts';

export type GuestFamily = 'windows-server' | 'windows-client' | 'linux' | 'unsupported' | 'unknown';

/**
 * What the service can migrate, read from the names that VMware gives guests
 * (the founding document's list and its later editions). First match decides; no match: see the Linux versions.
 */
const FAMILIES: readonly (readonly [RegExp, GuestFamily])[] = [
  [/^\s*$/, 'unknown'],
  [/windows.*\bnano\b/i, 'unsupported'],
  [/windows server.*\b(20(00|22|25)|19\d\d|20h2|2004)\b/i, 'unsupported'],
  [/windows (server )?.*(2008 r2|2012|2016|2019|1709|1803).*32-bit/i, 'unsupported'],
  [/windows server|windows.*\b(2003|2008|2012|2016|2019)\b/i, 'windows-server'],
  [/windows (7|8|8\.1|10)\b/i, 'windows-client'],
  [/windows/i, 'unsupported'],
  [/(linux|ubuntu|centos|suse|debian|fedora|rhel|sles).*32-bit/i, 'unsupported'],
  [/other.*linux/i, 'linux'],
];

export function familyOf(os: string): GuestFamily {
  const family = FAMILIES.find(([pattern]) => pattern.test(os))?.[1];
  return family ?? (supportsLinux(os) === true ? 'linux' : 'unsupported');
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

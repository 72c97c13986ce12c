import type { LicenceType } from '../records.ts';

type GuestFamily = 'windows-server' | 'windows-client' | 'linux' | 'unsupported' | 'unknown';

/**
 * Which systems the service supports, by the names that VMware gives them (the founding document's list and its later
 * editions). The first match decides; without a match, the table of Linux versions does.
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

export function guestFamilyOf(os: string): GuestFamily {
  const family = FAMILIES.find(([pattern]) => pattern.test(os))?.[1];
  return family ?? (isSupportedLinux(os) === true ? 'linux' : 'unsupported');
}

/** Returns the default licence of a system: AWS for Windows Server, else BYOL. */
export function defaultLicence(os: string): LicenceType {
  return guestFamilyOf(os) === 'windows-server' ? 'AWS' : 'BYOL';
}

/** Whether AWS has licences for a system: only for Windows Server. */
export function licenceFits(licence: LicenceType, os: string): boolean {
  const family = guestFamilyOf(os);
  return licence === 'BYOL' || family === 'windows-server' || family === 'unknown';
}

/** Distributions and the versions of each that the service supports (the founding document's list and its later editions). */
const SUPPORTED_LINUX: readonly (readonly [RegExp, string])[] = [
  [/red hat enterprise linux|\brhel/i, '5.1-5.11 6.1-6.9 7.0-7.6'],
  [/suse linux enterprise|\bsles/i, '11.1-11.4 12.0-12.3'],
  [/centos/i, '5.1-5.11 6.1-6.6 7.0-7.6'],
  [/ubuntu/i, '12.04-18.04'],
  [/debian/i, '6.0.0-6.0.8 7.0.0-7.8.0 8.0.0-8.0.0'],
  [/oracle (enterprise )?linux/i, '5.10-5.11 6.1-6.10 7.0-7.6'],
  [/fedora/i, '19-21'],
];

type Version = readonly number[];

/**
 * Whether the service supports a Linux; undefined for a distribution that it does not know.
 * A name that leaves the version out, or part of it, or names several, counts as supported.
 */
function isSupportedLinux(os: string): boolean | undefined {
  for (const [name, ranges] of SUPPORTED_LINUX) {
    const match = name.exec(os);
    if (match !== null) return isInRanges(versionsIn(os.slice(match.index + match[0].length)), ranges);
  }
  return undefined;
}

function isInRanges(versions: readonly Version[], ranges: string): boolean {
  if (versions.length === 0) return true;
  return ranges.split(' ').some((range) => {
    const [from = [], to = []] = range.split('-').map(versionOf);
    return versions.some(
      (version) => compareVersions(version, from) >= 0 && compareVersions(version, to) <= 0,
    );
  });
}

/** Finds the versions in a text. A service pack is the second part of a version. Numbers in brackets are the word size. */
function versionsIn(text: string): Version[] {
  const plain = text.replace(/\(.*?\)/g, ' ').replace(/\b(32|64)-bit|x86_64|i[3-6]86/gi, ' ');
  return (plain.replace(/(\d)\s*sp\s*(?=\d)/gi, '$1.').match(/\d+(\.\d+)*/g) ?? []).map(versionOf);
}

const versionOf = (text: string): Version => text.split('.').map(Number);

/** Compares versions by their common parts: 7 is neither before nor after 7.6. */
function compareVersions(a: Version, b: Version): number {
  for (let part = 0; part < Math.min(a.length, b.length); part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

import type { Guest, GuestRules } from '../../core/service.ts';

/**
 * Returns why SMS cannot migrate a guest, as a sentence; undefined if it can, or if the name is not specific enough: "Red
 * Hat Enterprise Linux 7" passes, because some 7.x is supported.
 */
function whyUnsupported(guest: Guest): string | undefined {
  const windows = SUPPORTED_WINDOWS[guest.distribution];
  if (windows !== undefined) return whyUnsupportedWindows(guest, windows);
  if (guest.distribution === 'linux') return whyUnsupportedBits(guest, [64]);
  const ranges = SUPPORTED_LINUX[guest.distribution];
  if (ranges === undefined) return `${guest.title} is not among the systems it can migrate`;
  return whyUnsupportedBits(guest, [64]) ?? whyUnsupportedLinux(guest, ranges);
}

function whyUnsupportedLinux(guest: Guest, ranges: readonly VersionRange[]): string | undefined {
  const pack = guest.servicePack === undefined ? '' : `.${guest.servicePack}`;
  const versions = guest.versions.map((version) => version + pack);
  const supported = versions.some((version) =>
    ranges.some(
      ([low, high]) =>
        compareVersions(version, high) <= 0 && (guest.orLater || compareVersions(version, low) >= 0),
    ),
  );
  if (supported || versions.length === 0) return undefined;
  const list = ranges.map(([low, high]) => (low === high ? low : `${low} to ${high}`)).join(', ');
  return `of ${guest.title} it can migrate ${list}`;
}

/** Compares the parts that both versions have: 7 equals every 7.x. */
function compareVersions(version: string, bound: string): number {
  const bounds = bound.split('.').map(Number);
  for (const [index, part] of version.split('.').map(Number).entries()) {
    const difference = part - (bounds[index] ?? part);
    if (difference !== 0) return difference;
  }
  return 0;
}

function whyUnsupportedWindows(guest: Guest, table: readonly WindowsVersion[]): string | undefined {
  if (guest.edition === 'nano') return 'it cannot migrate Nano Server';
  if (guest.versions.length === 0) return undefined;
  const known = table.find(({ version }) => guest.versions.includes(version));
  if (known === undefined)
    return `of ${guest.title} it can migrate ${table.map(({ version }) => displayVersion(version)).join(', ')}`;
  const name = `${guest.title} ${displayVersion(guest.versions.join('/'))}`;
  if (
    known.editions !== undefined &&
    guest.edition !== undefined &&
    !known.editions.includes(guest.edition)
  ) {
    return `of ${name} it can migrate the editions ${known.editions.join(', ')}`;
  }
  if (guest.servicePack !== undefined && guest.servicePack < (known.lowestServicePack ?? 0)) {
    return `${name} needs service pack ${known.lowestServicePack ?? 0} or later`;
  }
  return whyUnsupportedBits(guest, known.bits);
}

function whyUnsupportedBits(guest: Guest, bits: readonly number[]): string | undefined {
  if (guest.bits === undefined || bits.includes(guest.bits)) return undefined;
  const name = [guest.title, displayVersion(guest.versions.join('/'))].join(' ').trim();
  return `it can migrate ${name} as ${bits.join('- or ')}-bit only`;
}

function displayVersion(version: string): string {
  return version.replace('-r2', ' R2');
}

/** A range of versions that SMS can migrate, both ends included. A shorter version includes all versions that begin with it. */
type VersionRange = readonly [lowest: string, highest: string];

/** Linux: 64-bit only. Source: founding document, "OS Supported"; domain: supported guests, later editions. */
const SUPPORTED_LINUX: Readonly<Record<string, readonly VersionRange[]>> = {
  rhel: [
    ['5.1', '5.11'],
    ['6.1', '6.9'],
    ['7.0', '7.6'],
  ],
  // A service pack counts as the second part of the version, as SUSE counts it: 12.1 is 12 SP1.
  sles: [
    ['11.1', '11.4'],
    ['12.0', '12.3'],
  ],
  centos: [
    ['5.1', '5.11'],
    ['6.1', '6.6'],
    ['7.0', '7.6'],
  ],
  ubuntu: [['12.04', '18.04']],
  debian: [
    ['6.0.0', '6.0.8'],
    ['7.0.0', '7.8.0'],
    ['8.0.0', '8.0.0'],
  ],
  oracle: [
    ['5.10', '5.11'],
    ['6.1', '6.10'],
    ['7.0', '7.6'],
  ],
  fedora: [['19', '21']],
};

interface WindowsVersion {
  readonly version: string;
  readonly bits: readonly (32 | 64)[];
  /** Editions that can be migrated; absent: no source limits them. Nano Server is never supported. */
  readonly editions?: readonly string[];
  readonly lowestServicePack?: number;
}

const EDITIONS_TO_2008 = ['standard', 'datacenter', 'enterprise'];
const EDITIONS_FROM_2012 = ['standard', 'datacenter'];

/** Windows by version. Source: founding document, "OS Supported"; domain: supported guests, later editions. */
const SUPPORTED_WINDOWS: Readonly<Record<string, readonly WindowsVersion[]>> = {
  'windows-server': [
    { version: '2003', bits: [32, 64], editions: EDITIONS_TO_2008, lowestServicePack: 1 },
    { version: '2003-r2', bits: [32, 64], editions: EDITIONS_TO_2008 },
    { version: '2008', bits: [32, 64], editions: EDITIONS_TO_2008 },
    { version: '2008-r2', bits: [64], editions: EDITIONS_TO_2008 },
    { version: '2012', bits: [64], editions: EDITIONS_FROM_2012 },
    { version: '2012-r2', bits: [64], editions: EDITIONS_FROM_2012 },
    { version: '2016', bits: [64], editions: EDITIONS_FROM_2012 },
    { version: '1709', bits: [64], editions: EDITIONS_FROM_2012 },
    { version: '1803', bits: [64], editions: EDITIONS_FROM_2012 },
    { version: '2019', bits: [64], editions: EDITIONS_FROM_2012 },
  ],
  windows: [
    { version: '7', bits: [32, 64] },
    { version: '8', bits: [32, 64] },
    { version: '8.1', bits: [32, 64] },
    { version: '10', bits: [32, 64] },
  ],
};

/** Lists the short ids of all supported versions, for "did you mean". */
function shortIds(): string[] {
  const linux = Object.entries(SUPPORTED_LINUX).flatMap(([distribution, ranges]) =>
    ranges.flatMap(([low, high]) =>
      versionsBetween(low, high).map((version) => shortId(distribution, version)),
    ),
  );
  const windows = Object.entries(SUPPORTED_WINDOWS).flatMap(([distribution, versions]) =>
    versions.map(({ version }) => `${distribution}-${version}`),
  );
  return [...linux, ...windows];
}

function shortId(distribution: string, version: string): string {
  if (distribution !== 'sles') return `${distribution}-${version}`;
  const [major = '', pack = '0'] = version.split('.');
  return pack === '0' ? `sles-${major}` : `sles-${major}-sp${pack}`;
}

/** Lists the versions from the lowest to the highest if only their last part differs; otherwise only these two. */
function versionsBetween(low: string, high: string): string[] {
  const [from, to] = [low.split('.'), high.split('.')];
  const stem = from.slice(0, -1).join('.');
  if (stem !== to.slice(0, -1).join('.')) return [low, high];
  const [first, last] = [Number(from.at(-1)), Number(to.at(-1))];
  return Array.from({ length: last - first + 1 }, (_, index) =>
    [stem, first + index].filter(String).join('.'),
  );
}

/** The operating systems that SMS can migrate. */
export const smsGuests: GuestRules = { whyUnsupported, shortIds };

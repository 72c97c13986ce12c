import type { Guest } from './guest.ts';
import { LINUX, WINDOWS, type VersionRange, type WindowsVersion } from './supported.ts';

/**
 * Why the service cannot migrate a guest, as a sentence; undefined if it can, or if the name tells too little to
 * say no: "Red Hat Enterprise Linux 7" passes, because some 7.x is supported.
 */
export function whyUnsupported(guest: Guest): string | undefined {
  const windows = WINDOWS[guest.distribution];
  if (windows !== undefined) return whyNotWindows(guest, windows);
  if (guest.distribution === 'linux') return whyNotBits(guest, [64]);
  const ranges = LINUX[guest.distribution];
  if (ranges === undefined) return `${guest.title} is not among the systems it can migrate`;
  return whyNotBits(guest, [64]) ?? whyNotLinux(guest, ranges);
}

function whyNotLinux(guest: Guest, ranges: readonly VersionRange[]): string | undefined {
  const pack = guest.servicePack === undefined ? '' : `.${guest.servicePack}`;
  const versions = guest.versions.map((version) => version + pack);
  const supported = versions.some((version) =>
    ranges.some(
      ([low, high]) => compare(version, high) <= 0 && (guest.orLater || compare(version, low) >= 0),
    ),
  );
  if (supported || versions.length === 0) return undefined;
  const list = ranges.map(([low, high]) => (low === high ? low : `${low} to ${high}`)).join(', ');
  return `of ${guest.title} it can migrate ${list}`;
}

/** Compares as far as both versions go: 7 is the same as any 7.x. */
function compare(version: string, bound: string): number {
  const bounds = bound.split('.').map(Number);
  for (const [index, part] of version.split('.').map(Number).entries()) {
    const difference = part - (bounds[index] ?? part);
    if (difference !== 0) return difference;
  }
  return 0;
}

function whyNotWindows(guest: Guest, table: readonly WindowsVersion[]): string | undefined {
  if (guest.edition === 'nano') return 'it cannot migrate Nano Server';
  if (guest.versions.length === 0) return undefined;
  const known = table.find(({ version }) => guest.versions.includes(version));
  if (known === undefined)
    return `of ${guest.title} it can migrate ${table.map(({ version }) => readable(version)).join(', ')}`;
  const name = `${guest.title} ${readable(guest.versions.join('/'))}`;
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
  return whyNotBits(guest, known.bits);
}

function whyNotBits(guest: Guest, bits: readonly number[]): string | undefined {
  if (guest.bits === undefined || bits.includes(guest.bits)) return undefined;
  const name = [guest.title, readable(guest.versions.join('/'))].join(' ').trim();
  return `it can migrate ${name} as ${bits.join('- or ')}-bit only`;
}

function readable(version: string): string {
  return version.replace('-r2', ' R2');
}

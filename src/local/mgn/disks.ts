import type { Machine } from '../simulation/records.ts';
import { isWindows } from './guest.ts';

const GIB = 2 ** 30;

/** The disks of a VM, the one it boots from first. */
export function diskNames({ os, disks = 1 }: Machine): string[] {
  const count = Math.min(60, Math.max(1, disks));
  return Array.from({ length: count }, (_, index) =>
    isWindows(os) ? `c:${index}` : `/dev/sd${letters(index)}`,
  );
}

/** `a` to `z`, `aa`, … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Their sizes in bytes: an export knows the sum of them only. */
export function diskSizes(machine: Machine): number[] {
  const names = diskNames(machine);
  const each = Math.max(1, Math.floor(machine.gigabytes / names.length));
  return names.map(
    (_, index) => (index === 0 ? Math.max(1, machine.gigabytes - each * (names.length - 1)) : each) * GIB,
  );
}

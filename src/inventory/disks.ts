import { addToGroup } from '../core/lists.ts';
import { Header, type Row, type Table } from './csv.ts';
import type { Workbook } from './workbook.ts';

/** Largest size of a VM in a manifest (schemas/wave.schema.json). */
const MAX_SIZE_GIB = 1_000_000;

/** Finds the vDisk tab of a workbook, with a row for each disk. */
export function disksOf(workbook: Workbook): Pick<Table, 'disks'> {
  const tab = workbook.sheets.find((name) => /^(?:tab)?vdisk$/i.test(name));
  return tab === undefined ? {} : { disks: workbook.read(tab) };
}

/** By which cells a row of one tab is about the VM of a row of another one. */
type VmKey = (row: Row) => string;

/** Finds the columns that name a VM; both tabs have them. */
function vmKeys(header: Header): { readonly byId: VmKey; readonly byPlace: VmKey; readonly hasId: VmKey } {
  const [id, uuid, server] = ['VM ID', 'VI SDK UUID', 'VI SDK Server'].map((title) => header.extra(title));
  const place = ['Datacenter', 'Folder', 'VM'].map((title) => header.extra(title));
  const vCenter: VmKey = (row) => (uuid?.(row) || server?.(row) || '').toLowerCase();
  return {
    byId: (row) => JSON.stringify([vCenter(row), id?.(row)]),
    byPlace: (row) => JSON.stringify([vCenter(row), ...place.map((cell) => cell(row))]),
    hasId: (row) => id?.(row) ?? '',
  };
}

/**
 * Returns a function that sums the disks of the VM of a row up, in whole GiB; undefined: the vDisk tab does not have all of
 * their sizes.
 * @param header of the vInfo tab
 * @param disks the rows of the vDisk tab, its header first; absent: there is none
 */
export function diskSizes(
  header: Header,
  disks: readonly Row[] | undefined,
  file: string,
): (row: Row) => number | undefined {
  const [first, ...rows] = disks ?? [];
  if (first === undefined) return () => undefined;
  const ofDisks = new Header(first, file, 'the vDisk tab of RVTools');
  const capacity = ofDisks.find(['Capacity MiB', 'Capacity MB']);
  if (capacity === undefined) return () => undefined;
  const [own, other] = [vmKeys(header), vmKeys(ofDisks)];
  const hasIds = rows.every((row) => other.hasId(row) !== '');
  const [keyOf, ownKey] = hasIds ? [other.byId, own.byId] : [other.byPlace, own.byPlace];
  const sizes = new Map<string, number[]>();
  for (const row of rows) addToGroup(sizes, keyOf(row), toMebibytes(capacity(row)) ?? NaN);
  return (row) => toGiB((sizes.get(ownKey(row)) ?? []).reduce((sum, size) => sum + size, 0));
}

/** Reads mebibytes, with or without separators of thousands; undefined: there are none. */
export function toMebibytes(cell: string): number | undefined {
  const digits = cell.replace(/[\s.,'’](?=\d{3}(?!\d))/g, '').replace(',', '.');
  const mebibytes = digits === '' ? NaN : Number(digits);
  return mebibytes > 0 ? mebibytes : undefined;
}

/** Rounds mebibytes up to whole GiB; undefined: there are none. */
export function toGiB(mebibytes: number | undefined): number | undefined {
  return mebibytes !== undefined && mebibytes > 0
    ? Math.min(MAX_SIZE_GIB, Math.ceil(mebibytes / 1024))
    : undefined;
}

import type { VmReference } from '../core/desired.ts';
import type { LeftOut } from '../core/import.ts';
import { type Found, type FoundVm, tally } from './found.ts';
import { type Known, pointers } from './known.ts';

/** Lengths that a manifest allows (schemas/wave.schema.json). */
const LONGEST = {
  name: 255,
  path: 1024,
  serverId: 128,
  vmManagerId: 128,
  vmId: 128,
  vmWareUuid: 128,
} as const;

export interface PointedVm extends FoundVm {
  /** What the manifest is to say: no more than it takes to tell the VM from all others. */
  readonly reference: VmReference;
}

/**
 * Decides how the manifest points at each VM: with its VMware UUID where the source tells it, for a service that knows
 * it; else by its name where no other VM has it, else with its path, else with its ids. VMs that stand twice, that a wave has already, or that nothing tells from another, are left out.
 */
export function pointAt(
  { vms, names }: Pick<Found, 'vms' | 'names'>,
  known: Known,
): { readonly vms: readonly PointedVm[]; readonly leftOut: readonly LeftOut[] } {
  const paths = new Map<string, number>();
  const leftOut: LeftOut[] = [];
  const counts = new Map(names);
  const distinct = withoutRepeats(vms, leftOut, counts);
  for (const { reference } of distinct) tally(paths, reference.path);

  const pointed: PointedVm[] = [];
  for (const vm of distinct) {
    const { reference: all, origin } = vm;
    const name = all.name ?? all.path ?? all.serverId ?? '';
    const wave = known.waveOf(all);
    const point = vm.exact === true ? exactly : referenceTo;
    const reference = wave === undefined ? point(all, counts, paths, known) : undefined;
    if (reference !== undefined) {
      const dropped = all.name !== undefined && reference.name === undefined;
      const comments = dropped ? [...vm.comments, `name: ${name}`] : vm.comments;
      pointed.push({ ...vm, reference, comments });
    } else {
      const reason = wave === undefined ? whyNot(all) : `is in wave ${wave} already`;
      leftOut.push({ name, origin, reason });
    }
  }
  return { vms: pointed, leftOut };
}

/** The VMs less those that stand twice, which are taken off the count of their name. */
function withoutRepeats(
  vms: readonly FoundVm[],
  leftOut: LeftOut[],
  counts: Map<string, number>,
): readonly FoundVm[] {
  const seen = new Map<string, string>();
  return vms.filter(({ reference, origin, exact }) => {
    const all = pointers(reference);
    // A path is no identity where ids are known, unless it is to be written: two vCenters may have the same folders.
    const keys = exact === true ? all : all.slice(0, 1);
    const first = keys.map((key) => seen.get(key)).find((other) => other !== undefined);
    if (first === undefined) {
      for (const key of keys) seen.set(key, origin);
      return true;
    }
    const name = reference.name ?? '';
    counts.set(name, (counts.get(name) ?? 1) - 1);
    leftOut.push({ name, origin, reason: `is the same VM as ${first}` });
    return false;
  });
}

function exactly(all: VmReference): VmReference | undefined {
  const fields = Object.keys(LONGEST) as (keyof typeof LONGEST)[];
  const written = fields.filter((field) => all[field] !== undefined);
  return written.length > 0 && written.every((field) => fits(field, all[field])) ? all : undefined;
}

function referenceTo(
  all: VmReference,
  names: ReadonlyMap<string, number>,
  paths: ReadonlyMap<string, number>,
  known: Known,
): VmReference | undefined {
  const { path, vmManagerId, vmId, vmWareUuid, serverId } = all;
  const name = fits('name', all.name) ? all.name : undefined;
  const called = name === undefined ? {} : { name };
  if (vmWareUuid !== undefined && fits('vmWareUuid', vmWareUuid)) return { ...called, vmWareUuid };
  if (name !== undefined && (names.get(name) ?? 0) < 2 && !known.isNamed(name)) return called;
  // A path is only written beside its name: without one, its end would be taken for the name.
  if (name !== undefined && path !== undefined && fits('path', path) && paths.get(path) === 1) {
    return { ...called, path };
  }
  if (vmManagerId !== undefined && vmId !== undefined) {
    if (fits('vmManagerId', vmManagerId) && fits('vmId', vmId)) return { ...called, vmManagerId, vmId };
  }
  return serverId !== undefined && fits('serverId', serverId) ? { ...called, serverId } : undefined;
}

function fits(field: keyof typeof LONGEST, value: string | undefined): boolean {
  return value !== undefined && value !== '' && value.length <= LONGEST[field] && !/\p{Cs}/u.test(value);
}

function whyNot({ name }: VmReference): string {
  if (name === undefined || name === '') return 'has no name and no id';
  if (!fits('name', name)) return `has a name that no manifest can hold (${name.length} characters)`;
  return 'nothing tells it from another VM of its name';
}

import { displayName, identifierKeys } from '../manifest/identity.ts';
import { incrementCount } from '../core/lists.ts';
import type { DesiredVm, VmReference } from '../core/desired.ts';
import type { SkippedEntry } from '../core/inventory.ts';
import type { Inventory, InventoryVm } from './inventory.ts';

/** Lengths that a manifest allows (schemas/wave.schema.json). */
const MAX_LENGTHS = {
  name: 255,
  path: 1024,
  serverId: 128,
  vmManagerId: 128,
  vmId: 128,
  vmWareUuid: 128,
} as const;

export interface ReferencedVm extends InventoryVm {
  /** What the manifest is to say: no more than it takes to tell the VM from all others. */
  readonly reference: VmReference;
}

/**
 * Decides how the manifest points at each VM: with its VMware UUID where the source tells it, for a service that knows
 * it; else by its name where no other VM has it, else with its path, else with its ids. VMs that stand twice, that a wave has already, or that nothing tells from another, are left out.
 */
export function chooseReferences(
  { vms, names }: Pick<Inventory, 'vms' | 'names'>,
  known: KnownVms,
): { readonly vms: readonly ReferencedVm[]; readonly leftOut: readonly SkippedEntry[] } {
  const paths = new Map<string, number>();
  const leftOut: SkippedEntry[] = [];
  const counts = new Map(names);
  const distinct = withoutRepeats(vms, leftOut, counts);
  for (const { reference } of distinct) incrementCount(paths, reference.path);

  const pointed: ReferencedVm[] = [];
  for (const vm of distinct) {
    const { reference: all, origin } = vm;
    const name = all.name ?? all.path ?? all.serverId ?? '';
    const wave = known.waveOf(all);
    const point = vm.keepsFullReference === true ? fullReference : shortReference;
    const reference = wave === undefined ? point(all, counts, paths, known) : undefined;
    if (reference !== undefined) {
      const dropped = all.name !== undefined && reference.name === undefined;
      const comments = dropped ? [...vm.comments, `name: ${name}`] : vm.comments;
      pointed.push({ ...vm, reference, comments });
    } else {
      const reason = wave === undefined ? whyUnreferenced(all) : `is in wave ${wave} already`;
      leftOut.push({ name, origin, reason });
    }
  }
  return { vms: pointed, leftOut };
}

/** The VMs less those that stand twice, which are taken off the count of their name. */
function withoutRepeats(
  vms: readonly InventoryVm[],
  leftOut: SkippedEntry[],
  counts: Map<string, number>,
): readonly InventoryVm[] {
  const seen = new Map<string, string>();
  return vms.filter(({ reference, origin, keepsFullReference: exact }) => {
    const all = identifierKeys(reference);
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

function fullReference(all: VmReference): VmReference | undefined {
  const fields = Object.keys(MAX_LENGTHS) as (keyof typeof MAX_LENGTHS)[];
  const written = fields.filter((field) => all[field] !== undefined);
  return written.length > 0 && written.every((field) => isAllowedValue(field, all[field])) ? all : undefined;
}

function shortReference(
  all: VmReference,
  names: ReadonlyMap<string, number>,
  paths: ReadonlyMap<string, number>,
  known: KnownVms,
): VmReference | undefined {
  const { path, vmManagerId, vmId, vmWareUuid, serverId } = all;
  const name = isAllowedValue('name', all.name) ? all.name : undefined;
  const called = name === undefined ? {} : { name };
  if (vmWareUuid !== undefined && isAllowedValue('vmWareUuid', vmWareUuid)) return { ...called, vmWareUuid };
  if (name !== undefined && (names.get(name) ?? 0) < 2 && !known.isNamed(name)) return called;
  // A path is only written beside its name: without one, its end would be taken for the name.
  if (name !== undefined && path !== undefined && isAllowedValue('path', path) && paths.get(path) === 1) {
    return { ...called, path };
  }
  if (vmManagerId !== undefined && vmId !== undefined) {
    if (isAllowedValue('vmManagerId', vmManagerId) && isAllowedValue('vmId', vmId))
      return { ...called, vmManagerId, vmId };
  }
  return serverId !== undefined && isAllowedValue('serverId', serverId) ? { ...called, serverId } : undefined;
}

function isAllowedValue(field: keyof typeof MAX_LENGTHS, value: string | undefined): boolean {
  return value !== undefined && value !== '' && value.length <= MAX_LENGTHS[field] && !/\p{Cs}/u.test(value);
}

function whyUnreferenced({ name }: VmReference): string {
  if (name === undefined || name === '') return 'has no name and no id';
  if (!isAllowedValue('name', name))
    return `has a name that no manifest can hold (${name.length} characters)`;
  return 'nothing tells it from another VM of its name';
}

/** The VMs that manifests have already, by all that points at them. */
interface KnownVms {
  /** The wave that has the VM; undefined for one that no wave has. */
  waveOf(reference: VmReference): string | undefined;
  /** Whether a VM of another path or id is called so: the name alone would not do. */
  isNamed(name: string): boolean;
}

/** Indexes the VMs of a target's waves, as the rule about VMs that stand twice sees them (manifest/rules/duplicates). */
export function indexKnownVms(vms: readonly DesiredVm[]): KnownVms {
  const byPointer = new Map<string, string>();
  const byNameAlone = new Map<string, string>();
  const named = new Set<string>();
  for (const { reference, wave } of vms) {
    const keys = identifierKeys(reference);
    const { name } = reference;
    for (const key of keys) byPointer.set(key, wave);
    if (keys.length === 0 && name !== undefined) byNameAlone.set(name, wave);
    const shown = displayName(reference);
    if (keys.length > 0 && shown !== undefined) named.add(shown);
  }
  return {
    waveOf(reference) {
      const exact = identifierKeys(reference).map((key) => byPointer.get(key));
      const found = exact.find((wave) => wave !== undefined);
      return found ?? (reference.name === undefined ? undefined : byNameAlone.get(reference.name));
    },
    isNamed: (name) => named.has(name),
  };
}

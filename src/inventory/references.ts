import { displayName, identifierKeys } from '../manifest/model.ts';
import { MAX_IDENTIFIER_LENGTHS } from '../core/limits.ts';
import { incrementCount } from '../core/lists.ts';
import { HIDDEN_CHARACTER } from '../core/names.ts';
import type { DesiredVm, VmReference } from '../core/desired.ts';
import type { SkippedEntry } from '../core/inventory.ts';
import type { Inventory, InventoryVm } from './inventory.ts';

export interface ReferencedVm extends InventoryVm {
  /** The shortest reference that identifies the VM among all others. */
  readonly reference: VmReference;
}

/**
 * Chooses how the manifest identifies each VM: by its VMware UUID if the source has it and the service supports it; else
 * by its name if no other VM has that name; else by its path or its ids. Leaves out VMs that are listed twice, are in a
 * wave already, or cannot be told apart from another VM.
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

/** Removes VMs that are listed twice, and subtracts them from the count of their name. */
function withoutRepeats(
  vms: readonly InventoryVm[],
  leftOut: SkippedEntry[],
  counts: Map<string, number>,
): readonly InventoryVm[] {
  const seen = new Map<string, string>();
  return vms.filter(({ reference, origin, keepsFullReference: exact }) => {
    const all = identifierKeys(reference);
    // Two vCenters may have the same folders: a path identifies a VM only without ids, or if the manifest will have it.
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
  const fields = Object.keys(MAX_IDENTIFIER_LENGTHS) as (keyof typeof MAX_IDENTIFIER_LENGTHS)[];
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
  // A path is written only together with the name: without a name, its last part would count as the name.
  if (name !== undefined && path !== undefined && isAllowedValue('path', path) && paths.get(path) === 1) {
    return { ...called, path };
  }
  if (vmManagerId !== undefined && vmId !== undefined) {
    if (isAllowedValue('vmManagerId', vmManagerId) && isAllowedValue('vmId', vmId))
      return { ...called, vmManagerId, vmId };
  }
  return serverId !== undefined && isAllowedValue('serverId', serverId) ? { ...called, serverId } : undefined;
}

function isAllowedValue(field: keyof typeof MAX_IDENTIFIER_LENGTHS, value: string | undefined): boolean {
  if (value === undefined || value === '' || value.length > MAX_IDENTIFIER_LENGTHS[field]) return false;
  return !HIDDEN_CHARACTER.test(value);
}

function whyUnreferenced({ name }: VmReference): string {
  if (name === undefined || name === '') return 'has no name and no id';
  if (HIDDEN_CHARACTER.test(name)) return 'has a name with a character that cannot be seen';
  if (!isAllowedValue('name', name))
    return `has a name that is not allowed in a manifest (${name.length} characters)`;
  return 'cannot be told apart from another VM of the same name';
}

/** The VMs of the existing manifests, indexed by their identifiers. */
interface KnownVms {
  /** Returns the wave that has the VM, if any. */
  waveOf(reference: VmReference): string | undefined;
  /** Whether a VM with a path or id has this name, so that the name alone does not identify a VM. */
  isNamed(name: string): boolean;
}

/** Indexes the VMs of a target's waves, in the same way as the rule on duplicates (manifest/rules/waves.ts). */
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

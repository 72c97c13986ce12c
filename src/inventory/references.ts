import { displayName, identifierKeys } from '../manifest/model.ts';
import { MAX_IDENTIFIER_LENGTHS } from '../core/limits.ts';
import { addToGroup, incrementCount } from '../core/lists.ts';
import { HIDDEN_CHARACTER } from '../core/names.ts';
import { joinFirst } from '../core/text.ts';
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
 * @param service the title of the service of the waves, for the reasons
 */
export function chooseReferences(
  { vms, names, leftOut: unread }: Pick<Inventory, 'vms' | 'names' | 'leftOut'>,
  known: KnownVms,
  service: string,
): { readonly vms: readonly ReferencedVm[]; readonly leftOut: readonly SkippedEntry[] } {
  const leftOut: SkippedEntry[] = [];
  const distinct = withoutRepeats(vms, leftOut);
  const paths = new Map<string, number>();
  const fullKeys = new Map<string, number>();
  for (const { reference, keepsFullReference } of distinct) {
    incrementCount(paths, reference.path);
    // Two entries of a manifest cannot have an identifier in common.
    if (keepsFullReference === true)
      for (const key of identifierKeys(reference)) incrementCount(fullKeys, key);
  }
  const context: ReferenceContext = { names, paths, fullKeys, known };

  const pointed: ReferencedVm[] = [];
  const indistinct: InventoryVm[] = [];
  for (const vm of distinct) {
    const { reference: all, origin } = vm;
    const name = all.name ?? all.path ?? all.serverId ?? '';
    const inWave = whyInWave(all, context);
    const point = vm.keepsFullReference === true ? fullReference : shortReference;
    const reference = inWave === undefined ? point(all, context) : undefined;
    if (reference !== undefined) {
      const dropped = all.name !== undefined && reference.name === undefined;
      const comments = dropped ? [...vm.comments, `name: ${name}`] : vm.comments;
      pointed.push({ ...vm, reference, comments });
      continue;
    }
    const reason = inWave ?? whyUnreferenced(all);
    if (reason === undefined) indistinct.push(vm);
    else leftOut.push({ name, origin, reason });
  }
  return { vms: pointed, leftOut: [...leftOut, ...indistinctEntries(indistinct, distinct, unread, service)] };
}

/** Removes VMs that are listed twice. */
function withoutRepeats(vms: readonly InventoryVm[], leftOut: SkippedEntry[]): readonly InventoryVm[] {
  const seen = new Map<string, string>();
  return vms.filter(({ identity: { key, isWholeRow }, reference: { name = '' }, origin }) => {
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, origin);
      return true;
    }
    const reason = isWholeRow === true ? `repeats ${first} in every cell` : `is the same VM as ${first}`;
    leftOut.push({ name, origin, reason });
    return false;
  });
}

/** Origins that a reason names. */
const MAX_NAMED_ORIGINS = 3;

/** Says of VMs that cannot be told apart which entries have the same name. */
function indistinctEntries(
  indistinct: readonly InventoryVm[],
  distinct: readonly InventoryVm[],
  unread: readonly SkippedEntry[],
  service: string,
): readonly SkippedEntry[] {
  if (indistinct.length === 0) return [];
  const origins = new Map<string, string[]>();
  for (const { reference, origin } of distinct) addToGroup(origins, reference.name ?? '', origin);
  for (const { name, origin } of unread) addToGroup(origins, name, origin);
  return indistinct.map(({ reference: { name = '' }, origin }) => {
    const same = (origins.get(name) ?? []).filter((other) => other !== origin);
    const others = same.length === 0 ? 'another VM' : joinFirst(same, MAX_NAMED_ORIGINS);
    const reason = `cannot be told apart from ${others}: the same name, and no path or id of its own that ${service} supports`;
    return { name, origin, reason };
  });
}

interface ReferenceContext {
  /** How many VMs have each name, and each path. */
  readonly names: ReadonlyMap<string, number>;
  readonly paths: ReadonlyMap<string, number>;
  /** How many VMs have each identifier, of those that keep all of theirs. */
  readonly fullKeys: ReadonlyMap<string, number>;
  readonly known: KnownVms;
}

/** Says which wave has a VM already, or may have it. */
function whyInWave(all: VmReference, { names, paths, known }: ReferenceContext): string | undefined {
  const found = known.find(all);
  if (found === undefined) return undefined;
  const { wave, by } = found;
  const sharing = by === 'id' ? 1 : by === 'path' ? paths.get(all.path ?? '') : names.get(all.name ?? '');
  if ((sharing ?? 1) < 2) return `is in wave ${wave} already`;
  return `is in wave ${wave} already, or another VM of the same ${by} is: the wave has only the ${by}`;
}

function fullReference(all: VmReference, { fullKeys, known }: ReferenceContext): VmReference | undefined {
  const fields = Object.keys(MAX_IDENTIFIER_LENGTHS) as (keyof typeof MAX_IDENTIFIER_LENGTHS)[];
  const written = fields.filter((field) => all[field] !== undefined);
  if (written.length === 0 || !written.every((field) => isAllowedValue(field, all[field]))) return undefined;
  const isShared = identifierKeys(all).some((key) => (fullKeys.get(key) ?? 0) > 1);
  return isShared || known.hasPath(all.path) ? undefined : all;
}

function shortReference(
  all: VmReference,
  { names, paths, known }: ReferenceContext,
): VmReference | undefined {
  const { path, vmManagerId, vmId, vmWareUuid, serverId } = all;
  const name = isAllowedValue('name', all.name) ? all.name : undefined;
  const called = name === undefined ? {} : { name };
  if (vmWareUuid !== undefined && isAllowedValue('vmWareUuid', vmWareUuid)) return { ...called, vmWareUuid };
  if (name !== undefined && (names.get(name) ?? 0) < 2 && !known.isNamed(name)) return called;
  // A path is written only together with the name: without a name, its last part would count as the name.
  if (name !== undefined && path !== undefined && isAllowedValue('path', path)) {
    if (paths.get(path) === 1 && !known.hasPath(path)) return { ...called, path };
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

/** Says why a manifest cannot have a VM by itself; undefined: another VM is in its way. */
function whyUnreferenced({ name }: VmReference): string | undefined {
  if (name === undefined || name === '') return 'has no name and no id';
  if (HIDDEN_CHARACTER.test(name)) return 'has a name with a character that cannot be seen';
  if (!isAllowedValue('name', name))
    return `has a name that is not allowed in a manifest (${name.length} characters)`;
  return undefined;
}

/** The VMs of the existing manifests, indexed by their identifiers. */
interface KnownVms {
  /** Returns the wave that has the VM, if any, and what it has in common with the entry there. */
  find(reference: VmReference): { readonly wave: string; readonly by: 'id' | 'path' | 'name' } | undefined;
  /** Whether a VM with a path or id has this name, so that the name alone does not identify a VM. */
  isNamed(name: string): boolean;
  hasPath(path: string | undefined): boolean;
}

/** Indexes the VMs of a target's waves, in the same way as the rule on duplicates (manifest/rules/waves.ts). */
export function indexKnownVms(vms: readonly DesiredVm[]): KnownVms {
  const byId = new Map<string, string>();
  const byPath = new Map<string, DesiredVm>();
  const byNameAlone = new Map<string, string>();
  const named = new Set<string>();
  for (const vm of vms) {
    const { reference, wave } = vm;
    const { name, path } = reference;
    const keys = identifierKeys(reference);
    for (const key of idKeys(reference)) byId.set(key, wave);
    if (path !== undefined) byPath.set(path, vm);
    if (keys.length === 0 && name !== undefined) byNameAlone.set(name, wave);
    const shown = displayName(reference);
    if (keys.length > 0 && shown !== undefined) named.add(shown);
  }
  return {
    find(reference) {
      const wave = idKeys(reference)
        .map((key) => byId.get(key))
        .find((each) => each !== undefined);
      if (wave !== undefined) return { wave, by: 'id' };
      const { path, name } = reference;
      const samePath = path === undefined ? undefined : byPath.get(path);
      // Two vCenters may have the same folders.
      if (samePath !== undefined && !haveDifferentIds(samePath.reference, reference))
        return { wave: samePath.wave, by: 'path' };
      const sameName = name === undefined ? undefined : byNameAlone.get(name);
      return sameName === undefined ? undefined : { wave: sameName, by: 'name' };
    },
    isNamed: (name) => named.has(name),
    hasPath: (path) => path !== undefined && byPath.has(path),
  };
}

function idKeys({ serverId, vmManagerId, vmId, vmWareUuid }: VmReference): readonly string[] {
  return identifierKeys({
    ...(serverId !== undefined && { serverId }),
    ...(vmManagerId !== undefined && vmId !== undefined && { vmManagerId, vmId }),
    ...(vmWareUuid !== undefined && { vmWareUuid }),
  });
}

/** Whether two references have an id of the same kind with different values. */
function haveDifferentIds(a: VmReference, b: VmReference): boolean {
  const kindOf = (key: string): string => key.slice(0, key.indexOf(' '));
  const ids = new Map(idKeys(a).map((key) => [kindOf(key), key]));
  return idKeys(b).some((key) => (ids.get(kindOf(key)) ?? key) !== key);
}

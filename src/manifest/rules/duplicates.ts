import type { VmReference } from '../../core/desired.ts';
import { formatPlace, type Place } from '../../core/error.ts';
import { byKeys } from '../../core/lists.ts';
import { type RuleInput, supportedReference, UNKNOWN_NAME, type Vm, type Wave } from '../model.ts';
import { quote, shorten } from '../wording.ts';
import { concernAt, type Rule, vmConcern } from './rule.ts';

/** Wave names mark the owner of a job: two waves of one name would fight over it. */
export const waveDuplicate: Rule = {
  id: 'wave.duplicate',
  check: ({ waves }) =>
    findDuplicates(waves, ({ name }) => (name === UNKNOWN_NAME ? NO_KEYS : sameKeys([name]))).map(
      ({ item, first }) =>
        concernAt('wave.duplicate', item.origin, ['metadata', 'name'], {
          message: `the wave ${item.name} stands at ${formatPlace(first.place)} already`,
          remedy: 'give one of the two another name, or put their VMs into one wave',
        }),
    ),
};

/** A VM has one job: no two entries of a target may point at the same VM, in one wave or in two. */
export const vmDuplicate: Rule = {
  id: 'vm.duplicate',
  check: ({ vms: all, project, serviceOf }) => {
    const vms = all.map((vm) => ({
      ...vm,
      reference: referenceOnService(serviceOf(vm.wave), vm.reference),
    }));
    const target = ({ wave }: { wave: Wave }) => wave.target ?? project?.defaultTarget ?? '';
    return findDuplicates(vms, (vm) => matchKeysOf(vm.reference, target(vm))).map(({ item, first }) => {
      const wave = first.wave === item.wave ? 'this wave' : `wave ${first.wave.name}`;
      return vmConcern('vm.duplicate', item, undefined, {
        message: `the VM ${shorten(labelOf(item.reference))} stands in ${wave} already, at ${formatPlace(first.place)}`,
        remedy: hasNameOnly(item) || hasNameOnly(first) ? `${KEEP_ONE}; ${ADD_PATHS}` : KEEP_ONE,
      });
    });
  },
};

/** What of a reference its service goes by; all of it where the service is not known. */
function referenceOnService(
  service: ReturnType<RuleInput['serviceOf']>,
  reference: VmReference,
): VmReference {
  return service === undefined ? reference : supportedReference(service, reference);
}

const KEEP_ONE = 'keep one of the two';
const ADD_PATHS = 'if they are different VMs of one name, give each its path';

/** Whether the name alone says which VM it is. */
function hasNameOnly({ reference: { serverId, vmId, vmWareUuid, path } }: Vm): boolean {
  return [serverId, vmId, vmWareUuid, path].every((pointer) => pointer === undefined);
}

/**
 * What points at one VM and no other: its ids, its path; its name where nothing says more. Such a name may be that
 * of any VM called so, by its own name or else by the end of its path: it is the same VM, or the name is ambiguous.
 */
function matchKeysOf(reference: VmReference, target: string): MatchKeys {
  const { serverId, vmManagerId, vmId, vmWareUuid, path, name } = reference;
  const key = (...parts: readonly string[]) => JSON.stringify([target, ...parts]);
  const exact: string[] = [];
  if (serverId !== undefined) exact.push(key('serverId', serverId));
  // The plan does not tell vCenters apart by letter case either.
  if (vmManagerId !== undefined && vmId !== undefined)
    exact.push(key('vmId', vmManagerId.toLowerCase(), vmId));
  if (vmWareUuid !== undefined) exact.push(key('vmWareUuid', vmWareUuid.toLowerCase()));
  if (path !== undefined) exact.push(key('path', path));
  if (exact.length === 0) {
    if (name === undefined) return NO_KEYS;
    return { registered: [key('name', name)], lookedUp: [key('name', name), key('called', name)] };
  }
  const called = name ?? path?.slice(path.lastIndexOf('/') + 1);
  if (called === undefined) return sameKeys(exact);
  return { registered: [...exact, key('called', called)], lookedUp: [...exact, key('name', called)] };
}

function labelOf({ name, path, serverId, vmId, vmWareUuid }: VmReference): string {
  return name ?? path ?? serverId ?? vmId ?? vmWareUuid ?? '';
}

/** The keys that an item leaves for those behind it, and those that it seeks among what others have left. */
interface MatchKeys {
  readonly registered: readonly string[];
  readonly lookedUp: readonly string[];
}

const NO_KEYS: MatchKeys = { registered: [], lookedUp: [] };

function sameKeys(keys: readonly string[]): MatchKeys {
  return { registered: keys, lookedUp: keys };
}

/** Items that seek a key which one before them has left, each once, with the first such one. */
function findDuplicates<T extends { readonly place: Place }>(
  items: readonly T[],
  pointersOf: (item: T) => MatchKeys,
): { item: T; first: T }[] {
  const seen = new Map<string, T>();
  return [...items].sort(byPlaceInFile).flatMap((item) => {
    const { registered: left, lookedUp: sought } = pointersOf(item);
    const first = sought.map((key) => seen.get(key)).find((other) => other !== undefined);
    for (const key of left) if (!seen.has(key)) seen.set(key, item);
    return first === undefined ? [] : [{ item, first }];
  });
}

const byPlaceInFile = byKeys<{ readonly place: Place }>(
  ({ place }) => place.file,
  ({ place }) => String(place.line).padStart(9, '0'),
  ({ place }) => String(place.column).padStart(9, '0'),
);

/** What is said of a disk must be said in one place: the second would quietly take the place of the first. */
export const diskDuplicate: Rule = {
  id: 'disk.duplicate',
  check: ({ waves }) =>
    waves.flatMap(({ origin, repeatedItems }) =>
      repeatedItems.map(({ item, path }) =>
        concernAt('disk.duplicate', origin, path, {
          message: `the disk ${quote(item)} stands in this list already`,
          remedy: 'keep one of the two',
        }),
      ),
    ),
};

import type { VmReference } from '../../core/desired.ts';
import { byKeys } from '../../core/order.ts';
import { formatPlace, type Place } from '../../core/place.ts';
import { concern, vmConcern } from '../concern.ts';
import { knownTo } from '../known-to.ts';
import { NAMELESS, type Vm, type Wave, type World } from '../model.ts';
import { shorten } from '../shorten.ts';
import type { Rule } from './rule.ts';

/** Wave names mark the owner of a job: two waves of one name would fight over it. */
export const wavesDuplicate: Rule = {
  id: 'wave.duplicate',
  check: ({ waves }) =>
    repeated(waves, ({ name }) => (name === NAMELESS ? NOTHING : both([name]))).map(({ item, first }) =>
      concern('wave.duplicate', item.origin, ['metadata', 'name'], {
        message: `the wave ${item.name} stands at ${formatPlace(first.place)} already`,
        remedy: 'give one of the two another name, or put their VMs into one wave',
      }),
    ),
};

/** A VM has one job: no two entries of a target may point at the same VM, in one wave or in two. */
export const vmsDuplicate: Rule = {
  id: 'vm.duplicate',
  check: ({ vms: all, project, providerOf }) => {
    const vms = all.map((vm) => ({ ...vm, reference: seenBy(providerOf(vm.wave), vm.reference) }));
    const target = ({ wave }: { wave: Wave }) => wave.target ?? project?.defaultTarget ?? '';
    return repeated(vms, (vm) => pointersOf(vm.reference, target(vm))).map(({ item, first }) => {
      const wave = first.wave === item.wave ? 'this wave' : `wave ${first.wave.name}`;
      return vmConcern('vm.duplicate', item, undefined, {
        message: `the VM ${shorten(labelOf(item.reference))} stands in ${wave} already, at ${formatPlace(first.place)}`,
        remedy: isByName(item) || isByName(first) ? `${KEEP_ONE}; ${GIVE_PATHS}` : KEEP_ONE,
      });
    });
  },
};

/** What of a reference its service goes by; all of it where the service is not known. */
function seenBy(provider: ReturnType<World['providerOf']>, reference: VmReference): VmReference {
  return provider === undefined ? reference : knownTo(provider, reference);
}

const KEEP_ONE = 'keep one of the two';
const GIVE_PATHS = 'if they are different VMs of one name, give each its path';

/** Whether the name alone says which VM it is. */
function isByName({ reference: { serverId, vmId, vmWareUuid, path } }: Vm): boolean {
  return [serverId, vmId, vmWareUuid, path].every((pointer) => pointer === undefined);
}

/**
 * What points at one VM and no other: its ids, its path; its name where nothing says more. Such a name may be that
 * of any VM called so, by its own name or else by the end of its path: it is the same VM, or the name is ambiguous.
 */
function pointersOf(reference: VmReference, target: string): Pointers {
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
    if (name === undefined) return NOTHING;
    return { left: [key('name', name)], sought: [key('name', name), key('called', name)] };
  }
  const called = name ?? path?.slice(path.lastIndexOf('/') + 1);
  if (called === undefined) return both(exact);
  return { left: [...exact, key('called', called)], sought: [...exact, key('name', called)] };
}

function labelOf({ name, path, serverId, vmId, vmWareUuid }: VmReference): string {
  return name ?? path ?? serverId ?? vmId ?? vmWareUuid ?? '';
}

/** The keys that an item leaves for those behind it, and those that it seeks among what others have left. */
interface Pointers {
  readonly left: readonly string[];
  readonly sought: readonly string[];
}

const NOTHING: Pointers = { left: [], sought: [] };

function both(keys: readonly string[]): Pointers {
  return { left: keys, sought: keys };
}

/** Items that seek a key which one before them has left, each once, with the first such one. */
function repeated<T extends { readonly place: Place }>(
  items: readonly T[],
  pointersOf: (item: T) => Pointers,
): { item: T; first: T }[] {
  const seen = new Map<string, T>();
  return [...items].sort(inReadingOrder).flatMap((item) => {
    const { left, sought } = pointersOf(item);
    const first = sought.map((key) => seen.get(key)).find((other) => other !== undefined);
    for (const key of left) if (!seen.has(key)) seen.set(key, item);
    return first === undefined ? [] : [{ item, first }];
  });
}

const inReadingOrder = byKeys<{ readonly place: Place }>(
  ({ place }) => place.file,
  ({ place }) => String(place.line).padStart(9, '0'),
  ({ place }) => String(place.column).padStart(9, '0'),
);

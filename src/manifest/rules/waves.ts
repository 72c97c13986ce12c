import type { Concern } from '../../core/concern.ts';
import { isLoopback, type VmReference } from '../../core/desired.ts';
import { formatPlace, type Place } from '../../core/error.ts';
import { addToGroup, byText } from '../../core/lists.ts';
import { didYouMean } from '../../core/suggest.ts';
import { quote, shorten } from '../../core/text.ts';
import { displayName, idKeys, supportedReference, UNKNOWN_NAME, type Vm, type Wave } from '../model.ts';
import { concernAt, type Rule, vmConcern } from './rule.ts';

/** Wave names mark the owner of a job: two waves of one name would fight over it. */
export const waveDuplicate: Rule = {
  id: 'wave.duplicate',
  check: ({ waves }) =>
    findCopies(waves).map(({ item: { name, origin }, first }) =>
      concernAt('wave.duplicate', origin, ['metadata', 'name'], {
        message: `there is a wave ${name} already, at ${formatPlace(first.place)}`,
        remedy: 'give one of the two another name, or remove one of the two',
      }),
    ),
};

/** Finds the waves that have the name of a wave before them, in order of place, each with the first such wave. */
function findCopies(waves: readonly Wave[]): { item: Wave; first: Wave }[] {
  const seen = new Map<string, Wave>();
  return waves
    .filter(({ name }) => name !== UNKNOWN_NAME)
    .toSorted(byPlaceInFile)
    .flatMap((item) => {
      const first = seen.get(item.name);
      if (first === undefined) seen.set(item.name, item);
      return first === undefined ? [] : [{ item, first }];
    });
}

/**
 * A VM has one job: no two entries of a target may point at the same VM, in one wave or in two. A wave with the name of
 * another, or of which all VMs are in another, is most likely a copy: one message says so.
 */
export const vmDuplicate: Rule = {
  id: 'vm.duplicate',
  check: ({ vms, waves, project, serviceOf }) => {
    const copies = new Set(findCopies(waves).map(({ item }) => item));
    const byTarget = new Map<string, SeenVms>();
    const byWave = new Map<Wave, Repeated[]>();
    for (const vm of vms.filter(({ wave }) => !copies.has(wave)).toSorted(byPlaceInFile)) {
      const service = serviceOf(vm.wave);
      const reference = service === undefined ? vm.reference : supportedReference(service, vm.reference);
      const target = vm.wave.target ?? project?.defaultTarget ?? '';
      const seen = byTarget.get(target) ?? new SeenVms();
      byTarget.set(target, seen);
      const item = { vm, reference };
      const first = seen.findOrAdd(item);
      if (first !== undefined) addToGroup(byWave, vm.wave, { item, first });
    }
    return [...byWave].flatMap(([wave, found]) => copiedVms(wave, found) ?? found.map(repeatedVm));
  },
};

interface VmItem {
  readonly vm: Vm;
  readonly reference: VmReference;
}

interface Repeated {
  readonly item: VmItem;
  readonly first: VmItem;
}

/** Returns one concern where all VMs of a wave, and more than one, are in one other wave. */
function copiedVms(wave: Wave, found: readonly Repeated[]): Concern | undefined {
  const [one, ...others] = new Set(found.map(({ first }) => first.vm.wave));
  if (one === undefined || one === wave || others.length > 0) return undefined;
  if (found.length < 2 || found.length < wave.vms.length) return undefined;
  return concernAt('vm.duplicate', wave.origin, ['spec', 'vms'], {
    message: `all ${found.length} VMs of the wave ${wave.name} are in wave ${one.name} already, at ${formatPlace(one.place)}`,
    remedy: 'remove one of the two waves, or list other VMs in it',
  });
}

function repeatedVm({ item: { vm, reference }, first }: Repeated): Concern {
  const wave = first.vm.wave === vm.wave ? 'this wave' : `wave ${first.vm.wave.name}`;
  const { name, path, serverId, vmId, vmWareUuid } = reference;
  const label = name ?? path ?? serverId ?? vmId ?? vmWareUuid ?? '';
  const isByName = [reference, first.reference].some(
    (each) => each.path === undefined && idKeys(each).length === 0,
  );
  return vmConcern('vm.duplicate', vm, undefined, {
    message: `the VM ${shorten(label)} is in ${wave} already, at ${formatPlace(first.vm.place)}`,
    remedy: isByName ? `${KEEP_ONE}; ${ADD_PATHS}` : KEEP_ONE,
  });
}

const KEEP_ONE = 'keep one of the two';
const ADD_PATHS = 'if they are different VMs of one name, give each its path';

/** The VMs of a target by what identifies them: their ids and paths; their names where they have neither. */
class SeenVms {
  readonly #byId = new Map<string, VmItem>();
  readonly #byPath = new Map<string, VmItem>();
  /** By name: those that have nothing else, and the others. */
  readonly #alone = new Map<string, VmItem>();
  readonly #beside = new Map<string, VmItem>();

  /**
   * Finds the same VM among those before; adds it. A name without an id or a path may be that of any VM with that name, or
   * with that name at the end of its path: it is the same VM, or the name is ambiguous.
   */
  findOrAdd(item: VmItem): VmItem | undefined {
    const { path } = item.reference;
    const ids = idKeys(item.reference);
    const name = displayName(item.reference);
    const isAlone = path === undefined && ids.length === 0;
    let byId: VmItem | undefined;
    for (const id of ids) {
      const known = addFirst(this.#byId, id, item);
      byId ??= known;
    }
    const byPath = path === undefined ? undefined : addFirst(this.#byPath, path, item);
    if (name === undefined) return byId ?? byPath;
    if (isAlone) return addFirst(this.#alone, name, item) ?? this.#beside.get(name);
    addFirst(this.#beside, name, item);
    return byId ?? byPath ?? this.#alone.get(name);
  }
}

/** Adds an item unless there is one under its key; returns that one. */
function addFirst<T>(items: Map<string, T>, key: string, item: T): T | undefined {
  const known = items.get(key);
  if (known === undefined) items.set(key, item);
  return known;
}

interface Placed {
  readonly place: Place;
}

function byPlaceInFile({ place: a }: Placed, { place: b }: Placed): number {
  return byText(a.file, b.file) || a.line - b.line || a.column - b.column;
}

/** Settings of a disk must be in one place: the second item would replace the first without notice. */
export const diskDuplicate: Rule = {
  id: 'disk.duplicate',
  check: ({ waves }) =>
    waves.flatMap(({ origin, repeatedItems }) =>
      repeatedItems.map(({ item, path }) =>
        concernAt('disk.duplicate', origin, path, {
          message: `the disk ${quote(item)} is in this list already`,
          remedy: 'keep one of the two',
        }),
      ),
    ),
};

/** A white space that is not an ordinary one, or an ordinary one at an end. */
const ODD_SPACE = /^ | $|(?! )\p{Zs}/u;

/** Spaces that people do not see: the VM is not found if vCenter shows the name without them. */
export const nameSpaces: Rule = {
  id: 'name.spaces',
  check: ({ vms }) =>
    vms.flatMap((vm) =>
      (['name', 'path'] as const).flatMap((key) => {
        const text = vm.reference[key];
        if (text === undefined || !ODD_SPACE.test(text)) return [];
        const message = `${key} ${quote(text)} ${describeSpace(text)}`;
        const remedy = `remove it, unless the ${key} in vCenter has it`;
        return [vmConcern('name.spaces', vm, key, { message, remedy })];
      }),
    ),
};

function describeSpace(text: string): string {
  if (text.startsWith(' ')) return 'begins with a space';
  if (text.endsWith(' ')) return 'ends with a space';
  const [space = ''] = /(?! )\p{Zs}/u.exec(text) ?? [];
  const code = (space.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has the character U+${code}, which looks like a space`;
}

/** A list in which every VM is commented out is easily overlooked, and deletes the jobs of the wave. */
export const waveEmpty: Rule = {
  id: 'wave.empty',
  check: ({ waves }) =>
    waves
      .filter(({ isEmpty }) => isEmpty)
      .map(({ name, origin }) =>
        concernAt('wave.empty', origin, ['spec', 'vms'], {
          message: `the wave ${name} lists no VMs`,
          remedy: 'add its VMs, or remove the wave',
        }),
      ),
};

/** Every wave, and the default, must name a target of the project. */
export const targetUnknown: Rule = {
  id: 'target.unknown',
  check: ({ waves, project }) => {
    // Without any target there is an error about that already.
    if (project === undefined || project.targetNames.length === 0) return [];
    const { targetNames, defaultTarget, origin } = project;
    const known = `the project has ${targetNames.join(', ')}`;
    const words = (target: string) => ({
      message: `there is no target ${quote(target)}`,
      remedy: didYouMean(target, targetNames, known),
    });
    const isUnknown = (target: string | undefined) => target !== undefined && !targetNames.includes(target);

    const ofDefault = isUnknown(defaultTarget)
      ? [concernAt('target.unknown', origin, ['defaultTarget'], words(defaultTarget ?? ''))]
      : [];
    const ofWaves = waves.flatMap(({ target, origin: wave, name }) => {
      if (isUnknown(target))
        return [concernAt('target.unknown', wave, ['spec', 'target'], words(target ?? ''))];
      if (target !== undefined || defaultTarget !== undefined) return [];
      const message = `the wave ${name} names no target, and the project has no defaultTarget`;
      return [concernAt('target.unknown', wave, ['spec'], { message, remedy: `add target: ${known}` })];
    });
    return [...ofDefault, ...ofWaves];
  },
};

/** A local target cannot reach AWS (design, rule 7): so its lock must be on this machine; it has one by default. */
export const targetLockNotLocal: Rule = {
  id: 'target.lock-not-local',
  check: ({ project }) =>
    (project?.targets ?? []).flatMap(({ name, endpoint, lock }) => {
      if (project === undefined || endpoint !== 'local' || lock === undefined) return [];
      if (isLoopback(lock.endpoint)) return [];
      const where = lock.endpoint === undefined ? 'AWS' : quote(lock.endpoint);
      const path = ['targets', name, 'lock', ...(lock.endpoint === undefined ? [] : ['s3', 'endpoint'])];
      return [
        concernAt('target.lock-not-local', project.origin, path, {
          message: `the target ${name} is local, and its lock is at ${where}`,
          remedy:
            'remove lock: with endpoint: local, a file is locked without it; or give the lock an endpoint on this machine, such as http://127.0.0.1:9000',
        }),
      ];
    }),
};

import type { Concern } from '../core/concern.ts';
import type {
  AdvanceRules,
  DesiredWave,
  Limits,
  MaintenanceWindow,
  Phase,
  ReplicationKind,
  Settings,
  Target,
  VmReference,
} from '../core/desired.ts';
import type { Place } from '../core/error.ts';
import { byText, incrementCount } from '../core/lists.ts';
import type { Address } from '../core/names.ts';
import type { Policy } from '../core/results/policy.ts';
import type { Guest, ServiceDefinition } from '../core/service.ts';
import type { Instant } from '../core/time.ts';
import { BLOCK_KEYS, JOB_SETTINGS } from './settings.ts';
import type { Source } from './source.ts';
import { treeOf } from './yaml/documents.ts';
import { type Node, type Path, rangeOf } from './yaml/node.ts';

export { UNKNOWN_NAME } from '../core/service.ts';

/** What the manifests say, for rules to check: everything that the schema accepts. */
export interface RuleInput {
  /** Absent: there is none, or nothing of it can be used. */
  readonly project: Project | undefined;
  readonly waves: readonly Wave[];
  /** Those of all waves. */
  readonly vms: readonly Vm[];
  readonly now: Instant;
  /** The service of a wave's target; undefined where it cannot be read. */
  readonly serviceOf: (wave: Wave) => ServiceDefinition | undefined;
}

export interface Project {
  readonly origin: Origin;
  readonly name: string;
  readonly globs: readonly WaveGlob[];
  /** How large all of its manifests together may be. */
  readonly size: { readonly maxVms: number; readonly maxBytes: number };
  readonly defaultTarget: string | undefined;
  readonly targets: readonly Target[];
  /** Names of all targets that are written, also of those the schema refused. */
  readonly targetNames: readonly string[];
  /** Keys of targets that their service does not support, by the path below the target, and what it lacks. */
  readonly unsupportedKeys: readonly UnsupportedKey[];
  readonly windows: readonly WindowText[];
  readonly policies: readonly PolicyText[];
}

export interface UnsupportedKey {
  readonly target: string;
  readonly service: ServiceDefinition;
  readonly path: readonly string[];
  readonly lacks: string;
}

/** One of the globs of wave files. */
export interface WaveGlob {
  readonly pattern: string;
  /** Position in the project's list; absent: it is the default. */
  readonly index?: number;
}

export interface Wave {
  readonly origin: Origin;
  readonly place: Place;
  readonly name: string;
  /** As written; absent: the project's default. */
  readonly target: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** Whether no mistake can hide what the wave says of its limits. */
  readonly areLimitsCertain: boolean;
  readonly adopt: boolean;
  readonly protect: boolean;
  /** Absent: it does not say. */
  readonly replication?: ReplicationKind;
  /** As written. */
  readonly phase: Phase | undefined;
  /** The settings of the wave itself: `mgn.waveName`. */
  readonly ofWave: Settings;
  /** How it goes on to the next phases; absent: it says nothing about that. */
  readonly advance?: AdvanceRules;
  /** When, and after which waves; absent: it says nothing about that. */
  readonly timing?: WaveTiming;
  readonly defaults: Settings;
  /** Of which settings it is uncertain what the defaults say. */
  readonly isDefaultUncertain: UncertaintyCheck;
  /** The keys that some service does not support (`unsupportedSpecs`): those of the wave's spec, and those of VMs by their position. */
  readonly specKeys: readonly { readonly key: string; readonly vm?: number }[];
  /** Whether it lists no VMs at all; one whose VMs are wrong does. */
  readonly isEmpty: boolean;
  /** Items (disks) that one list names twice, with the path of the second. */
  readonly repeatedItems: readonly { readonly item: string; readonly path: Path }[];
  readonly vms: readonly Vm[];
}

/** What a wave says of its time, as written. Durations in milliseconds. */
export interface WaveTiming extends Pick<DesiredWave, 'priority' | 'suspend' | 'stagger' | 'owner'> {
  readonly dependsOn?: readonly { readonly wave: string; readonly phase?: Phase }[];
  readonly cutover?: {
    readonly at?: string;
    readonly duration?: number;
    readonly timeZone?: string;
    readonly finalizeAfter?: number;
  };
}

/** A window of the project, as written: its waves are globs. */
export type WindowText = Omit<MaintenanceWindow, 'place'>;

/** A policy of the project, as written. */
export type PolicyText = Omit<Policy, 'place'>;

export interface Vm {
  readonly wave: Wave;
  /** Position in the wave's list. */
  readonly index: number;
  readonly place: Place;
  readonly address: Address;
  readonly reference: VmReference;
  readonly os: string | undefined;
  readonly guest: Guest | undefined;
  readonly adopt: boolean;
  readonly protect: boolean;
  /** Its own, or that of its wave. */
  readonly replication?: ReplicationKind;
  /** Used size of its disks in GiB; absent: not given. */
  readonly sizeGiB?: number;
  /** Names of VMs of its wave that go first; absent: none. */
  readonly after?: readonly string[];
  /** As written at the VM. */
  readonly own: Settings;
  /** Laid over the wave's defaults. */
  readonly settings: Settings;
  /** Of which settings it is uncertain what the VM itself says. */
  readonly isUncertain: UncertaintyCheck;
}

/** Something that is being made: its optional parts are added one by one. */
export type Writable<T> = { -readonly [key in keyof T]: T[key] };

/** Which document of which file something comes from. */
export interface Origin {
  readonly source: Source;
  /** Position among the documents of the file. */
  readonly index: number;
}

/** Returns place and excerpt of the value at `path`, or of the nearest value above it. */
export function locate(origin: Origin, path: Path): Pick<Concern, 'place' | 'excerpt'> {
  return origin.source.placeAndExcerpt(rangeOf(rootOf(origin), path));
}

/** Returns the tree of a document. It takes a parse of the file: ask for it only where something is wrong. */
export function rootOf({ source, index }: Origin): Node {
  return treeOf(source.text, index);
}

/** Whether the value of a setting in a mapping is uncertain, because the schema found an error there. */
export type UncertaintyCheck = (setting: string) => boolean;

/** Keys of VMs and defaults that cannot be a setting with a typing mistake. */
const OTHER_KEYS = [
  'name',
  'path',
  'serverId',
  'vmManagerId',
  'vmId',
  'vmWareUuid',
  'os',
  'adopt',
  'protect',
  'replication',
  'sizeGiB',
  'after',
] as const;
const KNOWN_KEYS: ReadonlySet<string> = new Set([...JOB_SETTINGS, ...BLOCK_KEYS, ...OTHER_KEYS]);

/**
 * Makes the check of which settings are uncertain in the mapping at `path`: a setting whose value is wrong; any setting at all where a key is
 * unknown, as that may be the setting misspelt, or where the whole mapping is wrong.
 */
export function uncertaintyCheck(wrong: readonly Path[], path: Path): UncertaintyCheck {
  if (wrong.length === 0) return nothingUncertain;
  const within = wrong.filter((each) =>
    each.every((step, index) => index >= path.length || isSameStep(step, path[index])),
  );
  const keys = new Set(within.map((each) => each[path.length]));
  const all = [...keys].some((key) => !KNOWN_KEYS.has(String(key)));
  return (setting) => all || keys.has(setting);
}

export const nothingUncertain: UncertaintyCheck = () => false;

function isSameStep(step: string | number, other: string | number | undefined): boolean {
  return String(step) === String(other);
}

/** Returns of a reference what its service finds VMs by. */
export function supportedReference({ identifiers }: ServiceDefinition, reference: VmReference): VmReference {
  const isSupported = (key: string): boolean => identifiers.supported.some((each) => each === key);
  let areAll = true;
  for (const key in reference) areAll &&= isSupported(key);
  if (areAll) return reference;
  return Object.fromEntries(Object.entries(reference).filter(([key]) => isSupported(key)));
}

/** Returns one text for each identifier of a reference that identifies a single VM: its ids and its path. */
export function identifierKeys(reference: VmReference): string[] {
  const ids = idKeys(reference);
  return reference.path === undefined ? ids : [...ids, `path ${reference.path}`];
}

/** Returns one text for each id of a reference that identifies a single VM. */
export function idKeys({ serverId, vmManagerId, vmId, vmWareUuid }: VmReference): string[] {
  const keys: string[] = [];
  if (serverId !== undefined) keys.push(`serverId ${serverId}`);
  // The plan does not tell vCenters apart by letter case either.
  if (vmManagerId !== undefined && vmId !== undefined) {
    keys.push(`vmId ${JSON.stringify([vmManagerId.toLowerCase(), vmId])}`);
  }
  if (vmWareUuid !== undefined) keys.push(`vmWareUuid ${vmWareUuid.toLowerCase()}`);
  return keys;
}

/** Returns the name of a VM, or the last part of its path. */
export function displayName({ name, path }: VmReference): string | undefined {
  return name ?? path?.slice(path.lastIndexOf('/') + 1);
}

/**
 * Returns what tells a VM from others: its name if no other VM has it, else its path or an id.
 * @param names how many VMs have each name
 */
export function distinctLabel(
  { name, path, serverId, vmId, vmWareUuid }: VmReference,
  names: ReadonlyMap<string, number>,
): string | undefined {
  if (name !== undefined && names.get(name) === 1) return name;
  return path ?? serverId ?? vmId ?? vmWareUuid;
}

/**
 * Returns a text for each VM of a wave that no other VM of the wave has, in the order given: its name; its path
 * where others have the name; an id where it has neither. The texts do not depend on the order.
 */
export function addressesOf(wave: string, vms: readonly VmReference[]): string[] {
  const names = new Map<string, number>();
  for (const { name } of vms) incrementCount(names, name);
  // In most waves each VM has a name of its own.
  if (names.size === vms.length) return vms.map(({ name = '' }) => `${wave}/${name}`);
  const sorted = vms.map((vm, index) => ({
    index,
    key: sortKey(vm),
    text: distinctLabel(vm, names) ?? vm.name ?? '?',
  }));
  sorted.sort((a, b) => byText(a.key, b.key) || a.index - b.index);
  const taken = new Set<string>();
  const copies = new Map<string, number>();
  const addresses: string[] = [];
  for (const { index, text } of sorted) {
    let copy = (copies.get(text) ?? 0) + 1;
    let free = copy === 1 ? text : `${text}~${copy}`;
    while (taken.has(free)) free = `${text}~${++copy}`;
    copies.set(text, copy);
    taken.add(free);
    addresses[index] = `${wave}/${free}`;
  }
  return addresses;
}

function sortKey({ name, path, serverId, vmManagerId, vmId, vmWareUuid }: VmReference): string {
  return JSON.stringify([name, path, serverId, vmManagerId, vmId, vmWareUuid]);
}

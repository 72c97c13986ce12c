import type { Concern } from '../core/concern.ts';
import type { Limits, Phase, Settings, Target, VmReference } from '../core/desired.ts';
import type { Place } from '../core/error.ts';
import type { Address } from '../core/names.ts';
import type { ServiceDefinition } from '../core/service.ts';
import type { Instant } from '../core/time.ts';
import type { Guest } from '../core/service.ts';
import { BLOCK_KEYS, JOB_SETTINGS } from './settings.ts';
import type { Source } from './source.ts';
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
  readonly defaultTarget: string | undefined;
  readonly targets: readonly Target[];
  /** Names of all targets that are written, also of those the schema refused. */
  readonly targetNames: readonly string[];
  /** Keys of targets that their service does not support, by the path below the target, and what it lacks. */
  readonly unsupportedKeys: readonly UnsupportedKey[];
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
  readonly adopt: boolean;
  readonly protect: boolean;
  /** As written. */
  readonly phase: Phase | undefined;
  readonly defaults: Settings;
  /** Of which settings it is uncertain what the defaults say. */
  readonly isDefaultUncertain: UncertaintyCheck;
  /** Whether it lists no VMs at all; one whose VMs are wrong does. */
  readonly isEmpty: boolean;
  /** Items (disks) that one list names twice, with the path of the second. */
  readonly repeatedItems: readonly { readonly item: string; readonly path: Path }[];
  readonly vms: readonly Vm[];
}

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
  /** As written at the VM. */
  readonly own: Settings;
  /** Laid over the wave's defaults. */
  readonly settings: Settings;
  /** Of which settings it is uncertain what the VM itself says. */
  readonly isUncertain: UncertaintyCheck;
}

/** Which document of which file something comes from. */
export interface Origin {
  readonly source: Source;
  /** The document. */
  readonly root: Node;
}

/** Returns place and excerpt of the value at `path`, or of the nearest value above it. */
export function locate({ source, root }: Origin, path: Path): Pick<Concern, 'place' | 'excerpt'> {
  return source.placeAndExcerpt(rangeOf(root, path));
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
] as const;
const KNOWN_KEYS: ReadonlySet<string> = new Set([...JOB_SETTINGS, ...BLOCK_KEYS, ...OTHER_KEYS]);

/**
 * Makes the check of which settings are uncertain in the mapping at `path`: a setting whose value is wrong; any setting at all where a key is
 * unknown, as that may be the setting misspelt, or where the whole mapping is wrong.
 */
export function uncertaintyCheck(wrong: readonly Path[], path: Path): UncertaintyCheck {
  if (wrong.length === 0) return () => false;
  const within = wrong.filter((each) =>
    each.every((step, index) => index >= path.length || isSameStep(step, path[index])),
  );
  const keys = new Set(within.map((each) => each[path.length]));
  const all = [...keys].some((key) => !KNOWN_KEYS.has(String(key)));
  return (setting) => all || keys.has(setting);
}

function isSameStep(step: string | number, other: string | number | undefined): boolean {
  return String(step) === String(other);
}

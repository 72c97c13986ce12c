import type { Limits, Settings, Target, VmReference } from '../core/desired.ts';
import type { Instant } from '../core/instant.ts';
import type { Phase } from '../core/phase.ts';
import type { Place } from '../core/place.ts';
import type { Doubt } from './doubt.ts';
import type { Origin } from './origin.ts';
import type { Guest } from './os/guest.ts';
import type { Path } from './yaml/node.ts';

/** Stands for a name that is missing or unusable. */
export const NAMELESS = '?';

/** What the manifests say, for rules to judge: all of it that the schema let through. */
export interface World {
  /** Absent: there is none, or nothing of it can be used. */
  readonly project: Project | undefined;
  readonly waves: readonly Wave[];
  /** Those of all waves. */
  readonly vms: readonly Vm[];
  readonly now: Instant;
  /** The service that a wave moves to; undefined where nothing readable says so. */
  readonly providerOf: (wave: Wave) => Target['provider'] | undefined;
}

export interface Project {
  readonly origin: Origin;
  readonly name: string;
  readonly globs: readonly WaveGlob[];
  readonly defaultTarget: string | undefined;
  readonly targets: readonly Target[];
  /** Names of all targets that are written, also of those the schema refused. */
  readonly targetNames: readonly string[];
  /** What is written at targets whose service has no such thing, by the path below the target. */
  readonly misplaced: readonly { readonly target: string; readonly path: Path }[];
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
  readonly defaultsDoubt: Doubt;
  /** Whether it lists no VMs at all; one whose VMs are wrong does. */
  readonly isEmpty: boolean;
  /** Disks that stand twice in one list, with the path of the second. */
  readonly repeatedDisks: readonly { readonly deviceName: string; readonly path: Path }[];
  readonly vms: readonly Vm[];
}

export interface Vm {
  readonly wave: Wave;
  /** Position in the wave's list. */
  readonly index: number;
  readonly place: Place;
  readonly address: string;
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
  readonly doubt: Doubt;
}

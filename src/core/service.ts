import type { ConcernId } from './concern-ids.ts';
import type { AdvanceRules } from './desired.ts';
import type { Phase, ServiceTypes, Settings, SettingValue, Target, VmReference } from './desired.ts';
import type { Environment } from './environment.ts';
import type { Place } from './error.ts';
import type { ObservedJob } from './observed.ts';
import type { Instances, Operations, SetUpStep } from './operations.ts';
import type { FieldRule, Provider, ProviderTraits } from './provider.ts';
import type { Clock, Instant } from './time.ts';

/**
 * Everything that landfall knows of a migration service, apart from how to call it: data and pure functions. It loads
 * no SDK; `open` does. A service is one folder under providers/, one row of providers/registry.ts, and its schema.
 */
export interface ServiceDefinition {
  readonly name: string;
  /** How sentences about manifests call it: `SMS`. */
  readonly title: string;

  // Manifests
  /** Every setting that a wave or a VM may give on this service. */
  readonly settings: readonly SettingRule[];
  /**
   * The key under which the service has settings of its own: those of VMs in parts, `mgn: { launch: {…} }`, and those of
   * a wave itself, `spec.mgn: { waveName: … }`.
   */
  readonly block?: {
    readonly key: string;
    readonly parts: readonly string[];
    readonly ofWave: readonly string[];
  };
  /** Settings of other services that this one does not have: what it does instead, and what to do. */
  readonly unsupportedSettings: UnsupportedSettings;
  /** What the desired settings of a VM are, from those in its manifest; absent: the same. */
  desiredSettings?(settings: Settings, context: DesiredSettingsContext): Settings;
  readonly target: TargetRules;
  /** How the service finds a VM. */
  readonly identifiers: {
    readonly supported: readonly (keyof VmReference)[];
    /** What to add to a VM that has none of them. */
    readonly remedy: string;
  };
  /** Every step of the service, by the API's own word. A saved plan with any other step is refused. */
  readonly steps: readonly string[];
  /** Phases that the service does not have, each with what to do instead. */
  readonly unsupportedPhases: Readonly<Partial<Record<Phase, string>>>;
  /** Keys of a wave's spec about its steps, `test` or `cutover.maxLag`, that the service does not have, each with why; absent: it has all. */
  readonly unsupportedSpecs?: Readonly<Record<string, string>>;
  /** The operating systems that it can migrate; absent: no source limits them. */
  readonly guests?: GuestRules;
  /** What to do about a Windows Server with its own licence, which needs a dedicated host, beside `licenseType: AWS`. */
  readonly windowsByolRemedy: string;
  /** Rules on manifests that hold on this service alone. */
  readonly rules: readonly ServiceRule[];

  // Commands
  /** The files of a new project. */
  readonly template: { project(name: string): string; readonly wave: string };
  /**
   * The defaults of waves that an import writes.
   * @throws LandfallError USAGE for a flag that the service does not support
   */
  importDefaults(flags: ImportDefaultFlags): Settings;
  /** What a manifest must say of a job that exists, so that a plan only adopts it. */
  describeJob(job: ObservedJob, context: { readonly project: string; readonly now: Instant }): JobDescription;
  /** The ways in which `import live` splits an account into waves; the first one is the default. */
  readonly importGroupings: readonly ImportGrouping[];
  /**
   * The group of the account that a job is in, and what a wave of such jobs must say so that a plan leaves the groups of
   * the account as they are. Absent: an account of the service has no groups.
   */
  groupOfJob?(job: ObservedJob, by: ImportGrouping): JobGroup;
  /** Whether a text has the form of a job id that `runs` takes; absent: jobs have no runs. */
  isJobId?(text: string): boolean;
  /** How waves of another service are rewritten for this one; absent: they are not. */
  readonly conversion?: ConversionRules;
  /** Commands that the service does not support: why, and what to do instead. */
  readonly unsupportedCommands: Readonly<Partial<Record<ServiceCommand, UnsupportedCommand>>>;

  /** Loads the adapter and its SDK, and opens it. Calls nothing yet. */
  open(options: AdapterOptions): Promise<Adapter>;
}

/** One row of a service's table of settings. */
export interface SettingRule extends FieldRule {
  /** `list`: of texts, kept as one text, sorted and joined by `, `. */
  readonly type: 'boolean' | 'number' | 'text' | 'time' | 'list';
  /** A family that the manifest writes as a list of mappings: the key that names each. Absent: it writes a mapping. */
  readonly itemKey?: string;
  /** Splits the rest of the name of a setting in such a list: the item, and the keys in it. Absent: one key follows. */
  readonly itemPath?: (key: string) => readonly [item: string, ...keys: string[]];
  /** The setting that this one excludes: a VM that gives either overrides both of the wave's defaults. */
  readonly excludes?: string;
}

/** The settings that the rows of a table describe, each with a value of its row's type. */
export type SettingsOf<Row extends SettingRule> = {
  readonly [Each in Row as Each['name']]?: SettingValues[Each['type']];
};

interface SettingValues {
  readonly boolean: boolean;
  readonly number: number;
  readonly text: string;
  readonly time: string;
  readonly list: string;
}

interface UnsupportedSettings {
  readonly id: ConcernId;
  /** By the setting's name, or the key of another service's block: `it ${instead}`. */
  readonly settings: Readonly<Record<string, { readonly instead: string; readonly todo: string }>>;
}

export interface DesiredSettingsContext {
  readonly wave: string;
  /** The settings of the wave itself: `mgn.waveName`. */
  readonly ofWave: Settings;
  /** What licenseType `Auto` means for the VM's operating system; absent: not known. */
  readonly autoLicenseType: 'AWS' | 'BYOL' | undefined;
  readonly family: Guest['family'] | undefined;
}

interface TargetRules {
  /** Defaults of limits that are the service's own quotas; a limit that is not here does not exist on it. */
  readonly limits: Omit<Target['limits'], 'apiRequests'>;
  /** What becomes of a VM that is taken out of the manifests, unless the target says otherwise; absent: no choice. */
  readonly prune?: NonNullable<Target['prune']>;
  /** The account is set up from the block of the target; beside its parts, these keys of the block are settings. */
  readonly setup?: readonly string[];
  /** Keys of a target which the service does not have, by path: what it lacks. */
  readonly unsupported: Readonly<Record<string, string>>;
}

/** A guest operating system, as far as its name in a manifest tells. */
export interface Guest {
  readonly family: 'windows' | 'linux' | 'other';
  /** `rhel`, `windows-server`, …; `linux` for a Linux of which no more is known. */
  readonly distribution: string;
  /** How the distribution is called in sentences. */
  readonly title: string;
  /** Versions it may be: `7.3`, `2012-r2`; several for "CentOS 4/5/6/7"; none where the name says none. */
  readonly versions: readonly string[];
  /** Whether versions above these are meant too ("2016 or later"). */
  readonly orLater: boolean;
  readonly servicePack?: number;
  readonly bits?: 32 | 64;
  readonly edition?: string;
}

export interface GuestRules {
  /** Why the service cannot migrate a system, as a sentence; undefined: it can, or the name says too little. */
  readonly whyUnsupported: (guest: Guest) => string | undefined;
  /** A short id for every supported version: for "did you mean". */
  readonly shortIds: () => readonly string[];
}

/** A pure rule on manifests that are valid by the schema. */
export interface ServiceRule {
  /** Of every concern that the rule raises. */
  readonly id: ConcernId;
  /** Takes the waves whose target is of the service. */
  readonly check: (waves: readonly RuleWave[], context: RuleContext) => readonly RuleFinding[];
}

interface RuleContext {
  /** Name of the project; empty where there is none. */
  readonly project: string;
  readonly defaultTarget: string | undefined;
  readonly targets: readonly Target[];
  readonly now: Instant;
}

/** Stands for a name in a manifest that is missing or unusable. */
export const UNKNOWN_NAME = '?';

/** As much of a wave in a manifest as a service's rules look at; its name is UNKNOWN_NAME where it is missing. */
export interface RuleWave {
  readonly name: string;
  /** As written; absent: the project's default. */
  readonly target: string | undefined;
  readonly place: Place;
  readonly ofWave: Settings;
  readonly advance?: AdvanceRules;
  readonly defaults: Settings;
  /** Whether something is wrong where the defaults may give a setting: what they say of it is not known. */
  readonly isDefaultUncertain: (setting: string) => boolean;
  readonly vms: readonly RuleVm[];
}

export interface RuleVm {
  readonly wave: RuleWave;
  readonly address: string;
  /** As written at the VM; and with the wave's defaults for all other settings. */
  readonly own: Settings;
  readonly settings: Settings;
  readonly isUncertain: (setting: string) => boolean;
  readonly guest?: Guest | undefined;
}

export type RuleFinding = { readonly message: string; readonly remedy: string } & (
  | {
      readonly wave: RuleWave;
      /** In the wave's document. */
      readonly path: readonly string[];
      /** The target that the finding is about. */
      readonly target?: string;
    }
  /** A key of a VM, or the VM itself. */
  | { readonly vm: RuleVm; readonly key?: string }
  /** Where a VM's setting is written: at the VM, or in the wave's defaults. */
  | { readonly vm: RuleVm; readonly setting: string }
);

/** Where a wave writes settings: those of the wave itself, its defaults once, whatever VMs take them over, and each VM. */
export function settingBlocks(
  wave: RuleWave,
): readonly { readonly settings: Settings; readonly at: (key: string) => SettingPlace }[] {
  return [
    { settings: wave.ofWave, at: (key) => ({ wave, path: ['spec', key] }) },
    { settings: wave.defaults, at: (key) => ({ wave, path: ['spec', 'defaults', key] }) },
    ...wave.vms.map((vm) => ({ settings: vm.own, at: (key: string) => ({ vm, key }) })),
  ];
}

type SettingPlace =
  | { readonly wave: RuleWave; readonly path: readonly string[] }
  | { readonly vm: RuleVm; readonly key: string };

interface ImportDefaultFlags {
  readonly frequency?: number;
  readonly licenseType: 'Auto' | 'AWS' | 'BYOL';
}

/** What a wave that `import live` writes is made of. */
export type ImportGrouping = 'wave' | 'application' | 'folder' | 'datacenter' | 'vcenter';

interface JobGroup {
  /** The name of its wave or application, if it is grouped by that; absent: it is in none. */
  readonly name?: string;
  /** The settings of the wave itself. */
  readonly ofWave: Settings;
}

/** What a manifest says of a job; or why none can. */
export type JobDescription =
  | {
      readonly settings: Settings;
      /** What has no place in a manifest, as comments. */
      readonly comments: readonly string[];
      readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
    }
  | { readonly reason: string };

/** Which parts of a wave of another service have no meaning on this one. */
interface ConversionRules {
  /** The service that the waves are of. */
  readonly from: string;
  /** Returns why a setting is removed, as a clause; undefined: it is kept. */
  removal(name: string, value: SettingValue | null): string | undefined;
  /** Whether a server id is of the form that this service gives. */
  isServerId(id: string): boolean;
}

export type ServiceCommand =
  'mgn init' | 'rollback' | 'run' | 'runs' | 'catalog import' | 'catalog delete' | 'connectors disassociate';

interface UnsupportedCommand {
  readonly why: string;
  readonly remedy: string;
}

/** What an adapter is opened with. */
export interface AdapterOptions {
  readonly target: Target;
  /** Where calls go, a URL; absent: AWS itself. */
  readonly endpoint?: string;
  /** Calls are marked with it where a role is assumed. */
  readonly project: string;
  readonly clock: Clock;
  /** Where credentials and proxies are looked for, for targets that are not local; absent: nothing is set in it. */
  readonly machine?: Pick<Environment, 'env' | 'ask'>;
}

/** An adapter that is open: the port, and what its service has beside it. */
export interface Adapter<Of extends ServiceTypes = ServiceTypes> {
  readonly provider: Provider<Of>;
  readonly traits: ProviderTraits<Of>;
  /** Returns the account that calls go to; undefined: it cannot be found out. Throws LandfallErrors. */
  readonly account: () => Promise<string | undefined>;
  /** Absent: the service has no catalogue, no connectors and no runs of its own; `instances`: it launches none. */
  readonly operations?: Operations;
  readonly instances?: Instances;
  /**
   * Gives the account what the service needs before the first replication, and changes what differs; a second call
   * changes nothing. Absent: it needs nothing.
   * @param setup the target's `setup`: flat settings by manifest path
   */
  readonly setUp?: (setup: Settings, owner: { readonly project: string }) => Promise<readonly SetUpStep[]>;
}

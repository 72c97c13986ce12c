import type { DesiredVm, ProviderName, ReplicationKind, Settings } from '../core/desired.ts';
import type { ImportConcern, SkippedEntry } from '../core/inventory.ts';
import { canonicalJson } from '../core/text.ts';
import { mergeSettings } from '../manifest/settings.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../providers/registry.ts';
import { guestChecker } from './guests.ts';
import type { Inventory, WaveGroup } from './inventory.ts';
import { MgnGroups } from './mgn/groups.ts';
import { compareKeys, waveNameFor, WaveNames } from './names.ts';
import { chooseReferences, indexKnownVms, type ReferencedVm } from './references.ts';
import { removeRefusedSettings } from './refused-settings.ts';
import { listOf, type VmContent, writeWave } from './write-wave.ts';

export interface AssembleOptions {
  /** The path of the JSON Schema, relative to the files. */
  readonly schema: string;
  /** The source, for the first line of each file. */
  readonly origin: string;
  /** The target of the waves; absent: the project's default. */
  readonly target?: string;
  /** The service of the target; absent: the first of the registry. */
  readonly provider?: ProviderName;
  readonly defaults: Settings;
  /** Most VMs of a wave; 1 to MAX_IMPORTED_WAVE_SIZE. */
  readonly maxSize: number;
  /** Names of waves that exist already. */
  readonly taken: Iterable<string>;
  /** The VMs of the existing waves of the target. */
  readonly vms: readonly DesiredVm[];
}

/** A file to write. It is named after its wave, whose name contains only letters, digits and hyphens. */
interface WaveFile {
  readonly wave: string;
  readonly text: string;
  readonly vms: number;
  readonly commentedOut: number;
  readonly adopt: boolean;
}

export interface Assembly {
  /** Sorted by wave. */
  readonly files: readonly WaveFile[];
  readonly leftOut: readonly SkippedEntry[];
  readonly concerns: readonly ImportConcern[];
  /** Notes about the waves as a whole. */
  readonly notes: readonly string[];
}

interface VmGroup {
  readonly group: WaveGroup;
  readonly vms: readonly ReferencedVm[];
}

/** Creates wave files from an inventory. The order of its VMs does not change the result. */
export function assemble(found: Inventory, options: AssembleOptions): Assembly {
  const service = serviceOf(options.provider ?? DEFAULT_PROVIDER);
  const { vms, leftOut } = chooseReferences(found, indexKnownVms(options.vms), service.title);
  const taken = new Set(options.taken);
  const checkGuest = guestChecker(service);
  const { limits } = serviceOf(options.provider ?? DEFAULT_PROVIDER).target;
  const groups = new MgnGroups(options.vms, limits.serversPerApplication);
  const refused: SkippedEntry[] = [];
  const bundles = checkSettings(groupVms(vms), options).filter((each) => {
    const name = waveNameFor(each.group.title);
    if (!taken.has(name) || !each.vms.every((vm) => isRefused(vm, checkGuest))) return true;
    // The wave exists already, and has these as comments from its creation.
    refused.push(
      ...each.vms.map((vm) => ({
        name: vm.reference.name ?? '',
        origin: vm.origin,
        reason: cannotMigrateReason(name),
      })),
    );
    return false;
  });
  const names = new WaveNames([
    ...taken,
    ...bundles.flatMap(({ group }) => (group.wave === undefined ? [] : [group.wave])),
  ]);
  const concerns: ImportConcern[] = [];

  function textOf(vm: ReferencedVm, ofWave?: ReplicationKind): VmContent {
    const { reference, replication, settings, os, sizeGiB } = vm;
    const guest = checkGuest(os, mergeSettings(options.defaults, settings));
    const { name, path, serverId, vmId, vmWareUuid } = reference;
    const all = [...vm.concerns, ...guest.concerns];
    for (const { id, message } of all) {
      concerns.push({ id, vm: name ?? path ?? serverId ?? vmId ?? vmWareUuid ?? '', message });
    }
    return {
      reference,
      ...(replication !== undefined && replication !== ofWave && { replication }),
      ...(guest.os !== undefined && { os: guest.os }),
      ...(sizeGiB !== undefined && { sizeGiB }),
      settings: { ...settings, ...(guest.licenseType && { licenseType: guest.licenseType }) },
      comments: [...all.map(({ id, message }) => `${id}: ${message}`), ...vm.comments],
      refused: guest.refused !== undefined,
    };
  }

  const named = bundles.map(({ group, vms: members }) => {
    // A wave that is named in markers cannot be split: its jobs would change their owner.
    const size = group.wave === undefined ? options.maxSize : members.length;
    const parts = splitIntoChunks(members, size);
    const waves = group.wave === undefined ? names.allocate(group.title, parts.length) : [group.wave];
    return { group, parts, waves, vms: members };
  });
  const reserved = groups.reserve(named);
  const files = named.flatMap(({ group, parts, waves }, position) => {
    const { ofWave = {}, comments = [] } = reserved[position] ?? {};
    return parts.map((part, index): WaveFile => {
      const wave = waves[index] ?? group.title;
      const replication = commonReplication(part);
      const texts = part.map((vm) => textOf(groups.assign(vm, wave, ofWave), replication));
      const { common, own } = splitCommonSettings(texts, options.defaults);
      const commentedOut = own.filter(({ refused }) => refused).length;
      const text = writeWave({
        schema: options.schema,
        heading: [`${options.origin}: ${group.title}`, ...(group.comments ?? []), ...comments],
        name: wave,
        labels: group.labels ?? new Map(),
        ...(options.target !== undefined && { target: options.target }),
        adopt: group.adopt ?? false,
        ...(replication !== undefined && { replication }),
        ofWave,
        defaults: common,
        vms: own,
      });
      return { wave, text, vms: own.length - commentedOut, commentedOut, adopt: group.adopt ?? false };
    });
  });
  return {
    files: files.toSorted((a, b) => compareKeys([a.wave], [b.wave])),
    leftOut: [...found.leftOut, ...leftOut, ...refused],
    concerns,
    notes: groups.notes,
  };
}

/** Leaves the settings that a manifest cannot have to comments. */
function checkSettings(
  groups: readonly VmGroup[],
  { provider = DEFAULT_PROVIDER, defaults, vms: known }: AssembleOptions,
): readonly VmGroup[] {
  const all = groups.flatMap(({ vms }) => vms);
  const checked = removeRefusedSettings(all, { service: serviceOf(provider), defaults, known });
  let start = 0;
  return groups.map(({ group, vms }) => {
    const own = checked.slice(start, start + vms.length);
    start += vms.length;
    return { group, vms: own };
  });
}

function isRefused({ os, settings }: ReferencedVm, checkGuest: ReturnType<typeof guestChecker>): boolean {
  return checkGuest(os, settings).refused !== undefined;
}

const cannotMigrateReason = (wave: string): string =>
  `has a system that the service cannot migrate, and wave ${wave} is there already`;

function groupVms(vms: readonly ReferencedVm[]): readonly VmGroup[] {
  const bundles = new Map<string, { group: WaveGroup; readonly vms: ReferencedVm[] }>();
  for (const vm of vms) {
    const key = JSON.stringify([vm.group.wave ?? null, ...vm.group.key]);
    const found = bundles.get(key);
    if (found === undefined) bundles.set(key, { group: vm.group, vms: [vm] });
    else {
      found.vms.push(vm);
      // The spelling of a title does not depend on the order of the rows.
      if (vm.group.title < found.group.title) found.group = vm.group;
    }
  }
  for (const each of bundles.values()) each.vms.sort((a, b) => compareKeys(sortKey(a), sortKey(b)));
  return [...bundles.values()].toSorted((a, b) => compareKeys(a.group.key, b.group.key));
}

function sortKey({
  reference: { name = '', path = '', vmManagerId = '', vmId = '', vmWareUuid = '', serverId },
}: ReferencedVm) {
  return [name, path, vmManagerId, vmId, vmWareUuid, serverId ?? ''];
}

function splitIntoChunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Returns how all VMs of a wave replicate, if each of them says it, and the same. */
function commonReplication(vms: readonly ReferencedVm[]): ReplicationKind | undefined {
  const kind = vms[0]?.replication;
  return vms.every(({ replication }) => replication === kind) ? kind : undefined;
}

/**
 * Moves the settings that all VMs of a wave share to its defaults, lists of mappings as a whole: that of a VM replaces the
 * list of the defaults. Returns the defaults and the VMs with their other settings.
 */
function splitCommonSettings(
  vms: readonly VmContent[],
  defaults: Settings,
): { readonly common: Settings; readonly own: readonly VmContent[] } {
  const [first] = vms;
  const entries = Object.entries(first?.settings ?? {});
  const textOf = ({ settings }: VmContent, list: string): string =>
    canonicalJson(Object.entries(settings).filter(([name]) => listOf(name)?.name === list));
  const lists = new Set(entries.flatMap(([name]) => listOf(name)?.name ?? []));
  const commonLists = new Set(
    [...lists].filter((list) => new Set(vms.map((vm) => textOf(vm, list))).size === 1),
  );
  const common = entries.filter(([name, value]) => {
    const list = listOf(name)?.name;
    if (list !== undefined) return commonLists.has(list);
    return defaults[name] === undefined && vms.every(({ settings }) => settings[name] === value);
  });
  const names = new Set(common.map(([name]) => name));
  // A description belongs to its VM, even if that is the only VM.
  names.delete('description');
  return {
    common: { ...defaults, ...Object.fromEntries(common.filter(([name]) => names.has(name))) },
    own: vms.map((vm) => ({
      ...vm,
      settings: Object.fromEntries(Object.entries(vm.settings).filter(([name]) => !names.has(name))),
    })),
  };
}

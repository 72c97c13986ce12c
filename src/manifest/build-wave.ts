import {
  type AdvanceRules,
  type Check,
  type Phase,
  PHASES,
  type ReplicationKind,
  type VmReference,
} from '../core/desired.ts';
import { toAddress, toServerId } from '../core/names.ts';
import type { Guest } from '../core/service.ts';
import { parseDuration } from '../core/time.ts';
import {
  addressesOf,
  nothingUncertain,
  uncertaintyCheck,
  UNKNOWN_NAME,
  type Vm,
  type Wave,
  type WaveTiming,
  type Writable,
} from './model.ts';
import { parseGuest } from './os/parse.ts';
import { SERVICES } from '../providers/registry.ts';
import type { CheckedDocument } from './schema/check.ts';
import { toPointer } from './schema/homes.ts';
import type { Source } from './source.ts';
import type { YamlDocument } from './yaml/documents.ts';
import { hasBlock, mergeSettings, readSettings, readWaveSettings, repeatedItems } from './settings.ts';
import { isMap, mapAt, type Path, textAt, textsAt, type Value, type ValueMap } from './yaml/node.ts';

/** Builds a wave from the parts of its document that the schema accepts. */
export function buildWave(
  { value, wrong }: CheckedDocument,
  source: Source,
  { start, vmStarts, index }: YamlDocument,
): Wave {
  const metadata = mapAt(value, 'metadata');
  const spec = mapAt(value, 'spec');
  const limit = mapAt(spec, 'limits')['activeReplications'];
  const defaults = readSettings(mapAt(spec, 'defaults'));
  const name = textAt(metadata, 'name') ?? UNKNOWN_NAME;
  const vms: Vm[] = [];
  const advance = readAdvanceRules(spec);
  const timing = readTiming(spec);
  const replication = replicationOf(spec);
  const wave: Wave = {
    origin: { source, index },
    place: source.place(start),
    name,
    target: textAt(spec, 'target'),
    labels: Object.fromEntries(
      Object.entries(mapAt(metadata, 'labels')).filter(
        (label): label is [string, string] => typeof label[1] === 'string',
      ),
    ),
    limits: typeof limit === 'number' ? { activeReplications: limit } : {},
    areLimitsCertain: !wrong.some(mayHideLimits),
    adopt: spec['adopt'] === true,
    protect: spec['protect'] === true,
    ...(replication !== undefined && { replication }),
    phase: phaseOf(textAt(spec, 'phase')),
    ofWave: readWaveSettings(spec),
    ...(Object.keys(advance).length > 0 && { advance }),
    ...(Object.keys(timing).length > 0 && { timing }),
    defaults,
    isDefaultUncertain: uncertaintyCheck(wrong, ['spec', 'defaults']),
    repeatedItems: findRepeatedItems(spec),
    specKeys: findSpecKeys(spec, wrong),
    isEmpty: spec['vms'] === null || (Array.isArray(spec['vms']) && spec['vms'].length === 0),
    vms,
  };
  fillVms(wave, vms, spec['vms'], wrongByVm(wrong), vmStarts);
  return wave;
}

/** Whether the limits of a wave may have been meant by something wrong at a path: anything outside of VMs and defaults. */
function mayHideLimits(path: Path): boolean {
  const isSetting = path[0] === 'spec' && (path[1] === 'vms' || path[1] === 'defaults') && path.length > 2;
  return !isSetting || path.some((step) => /limit|replications/i.test(String(step)));
}

function phaseOf(text: string | undefined): Phase | undefined {
  return PHASES.find((phase) => phase === text);
}

function fillVms(
  wave: Wave,
  vms: Vm[],
  list: Value,
  wrong: ReadonlyMap<number, readonly Path[]>,
  starts: readonly number[],
): void {
  const items = Array.isArray(list) ? list : [];
  const maps = items.map((item) => (isMap(item) ? item : {}));
  const references = maps.map(readReference);
  const addresses = addressesOf(wave.name, references);
  const guestOf = guestParser();
  const inherited = mergeSettings(wave.defaults, {});
  maps.forEach((map, index) => {
    if (!isMap(items[index])) return;
    const own = readSettings(map);
    const os = textAt(map, 'os');
    const wrongInVm = wrong.get(index);
    // There can be a hundred thousand of them: one layout for all takes less memory and time than spread parts.
    const vm: Writable<Vm> = {
      wave,
      index,
      place: wave.origin.source.place(starts[index] ?? 0),
      address: toAddress(addresses[index] ?? ''),
      reference: references[index] ?? {},
      os,
      guest: os === undefined ? undefined : guestOf(os),
      adopt: booleanOr(map['adopt'], wave.adopt),
      protect: booleanOr(map['protect'], wave.protect),
      own,
      settings: Object.keys(own).length === 0 ? inherited : mergeSettings(wave.defaults, own),
      isUncertain:
        wrongInVm === undefined ? nothingUncertain : uncertaintyCheck(wrongInVm, ['spec', 'vms', index]),
    };
    const replication = replicationOf(map) ?? wave.replication;
    const { sizeGiB } = map;
    const after = textsAt(map, 'after');
    if (replication !== undefined) vm.replication = replication;
    if (typeof sizeGiB === 'number') vm.sizeGiB = sizeGiB;
    if (after !== undefined && after.length > 0) vm.after = after;
    vms.push(vm);
  });
}

/** Groups wrong paths by the position of their VM: there can be thousands of VMs with errors. */
function wrongByVm(wrong: readonly Path[]): Map<number, Path[]> {
  const byVm = new Map<number, Path[]>();
  for (const path of wrong) {
    if (path[1] !== 'vms') continue;
    const index = Number(path[2]);
    const others = byVm.get(index);
    if (others === undefined) byVm.set(index, [path]);
    else others.push(path);
  }
  return byVm;
}

function booleanOr(value: Value, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}

function replicationOf(map: ValueMap): ReplicationKind | undefined {
  const kind = map['replication'];
  return kind === 'agent' || kind === 'agentless' ? kind : undefined;
}

const IDENTIFIERS = ['serverId', 'vmManagerId', 'vmId', 'vmWareUuid', 'path', 'name'] as const;

function readReference(map: ValueMap): VmReference {
  const reference: Writable<VmReference> = {};
  for (const key of IDENTIFIERS) {
    const value = textAt(map, key);
    if (value === undefined) continue;
    if (key === 'serverId') reference.serverId = toServerId(value);
    else reference[key] = value;
  }
  return reference;
}

/** Parses each name once: a data centre runs a few systems on thousands of VMs. */
function guestParser(): (os: string) => Guest | undefined {
  const guests = new Map<string, Guest | undefined>();
  return (os) => {
    if (!guests.has(os)) guests.set(os, parseGuest(os));
    return guests.get(os);
  };
}

/** Finds items that a list of the defaults or of a VM names twice, each with the path of its second name. */
function findRepeatedItems(spec: ValueMap): Wave['repeatedItems'] {
  const vms = Array.isArray(spec['vms']) ? spec['vms'] : [];
  return [
    { map: mapAt(spec, 'defaults'), path: ['spec', 'defaults'] },
    ...vms.flatMap((vm, index) =>
      isMap(vm) && hasBlock(vm) ? [{ map: vm, path: ['spec', 'vms', index] }] : [],
    ),
  ].flatMap(({ map, path }) =>
    repeatedItems(map).map((repeated) => ({ ...repeated, path: [...path, ...repeated.path] })),
  );
}

/** The keys of specs that one service or another does not support, as paths. */
const SPEC_KEYS = [...new Set(SERVICES.flatMap((each) => Object.keys(each.unsupportedSpecs ?? {})))].map(
  (key) => ({
    ...{ key, path: key.split('.') },
  }),
);
const SPEC_ROOTS = [...new Set(SPEC_KEYS.map(({ path }) => path[0] ?? ''))];

/** Finds the keys of `SPEC_KEYS` that a spec and its VMs have, also with a wrong value, which was removed. */
function findSpecKeys(spec: ValueMap, wrong: readonly Path[]): Wave['specKeys'] {
  const removed = new Set(wrong.map(toPointer));
  const mayHave = (map: ValueMap): boolean =>
    removed.size > 0 || SPEC_ROOTS.some((key) => map[key] !== undefined);
  const keysOf = (map: ValueMap, at: Path): readonly string[] =>
    SPEC_KEYS.filter(({ path }) => {
      if (path.slice(0, -1).reduce(mapAt, map)[path.at(-1) ?? ''] !== undefined) return true;
      return removed.size > 0 && removed.has(toPointer([...at, ...path]));
    }).map(({ key }) => key);
  const vms = Array.isArray(spec['vms']) ? spec['vms'] : [];
  return [
    ...keysOf(spec, ['spec']).map((key) => ({ key })),
    ...vms.flatMap((vm, index) =>
      isMap(vm) && mayHave(vm) ? keysOf(vm, ['spec', 'vms', index]).map((key) => ({ key, vm: index })) : [],
    ),
  ];
}

/** Which VMs start their cut-over together, by the words of manifests. */
const TOGETHER: ReadonlyMap<string | undefined, NonNullable<AdvanceRules['together']>> = new Map([
  ['application', 'application'],
  ['together', 'wave'],
  ['each', 'each'],
]);

/** Reads what a wave says about its steps; what it does not say has the default of the service. */
function readAdvanceRules(spec: ValueMap): AdvanceRules {
  const cutover = mapAt(spec, 'cutover');
  const requires = mapAt(cutover, 'requires');
  const maxLag = durationAt(cutover, 'maxLag');
  const attempts = spec['maxLaunchAttempts'];
  const oneOf = <Word extends string>(key: string, ...words: readonly Word[]): Word | undefined => {
    const text = textAt(requires, key);
    return words.find((word) => word === text);
  };
  const checks = readChecks(cutover['checks']);
  const firstBoot = oneOf('firstBoot', 'succeeded', 'any');
  const postLaunchActions = oneOf('postLaunchActions', 'succeeded', 'required', 'any');
  const together = TOGETHER.get(textAt(spec, 'advance'));
  return {
    ...(together !== undefined && { together }),
    ...(textAt(spec, 'test') === 'skip' && { skipTest: true }),
    ...(maxLag !== undefined && { maxLag }),
    ...(firstBoot !== undefined && { firstBoot }),
    ...(postLaunchActions !== undefined && { postLaunchActions }),
    ...(checks.length > 0 && { checks }),
    ...(typeof attempts === 'number' && { maxLaunchAttempts: attempts }),
  };
}

/** Reads what a wave says of its time; what the schema refuses is left out. */
function readTiming(spec: ValueMap): WaveTiming {
  const { dependsOn: list, priority } = spec;
  const dependsOn = (Array.isArray(list) ? list : []).flatMap((item) => {
    const wave = isMap(item) ? textAt(item, 'wave') : typeof item === 'string' ? item : undefined;
    const phase = isMap(item) ? phaseOf(textAt(item, 'phase')) : undefined;
    return wave === undefined ? [] : [{ wave, ...(phase !== undefined && { phase }) }];
  });
  const cutover = mapAt(spec, 'cutover');
  const [at, timeZone, owner] = [textAt(cutover, 'at'), textAt(cutover, 'timeZone'), textAt(spec, 'owner')];
  const [duration, finalizeAfter] = [durationAt(cutover, 'duration'), durationAt(cutover, 'finalizeAfter')];
  const times = {
    ...(at !== undefined && { at }),
    ...(duration !== undefined && { duration }),
    ...(timeZone !== undefined && { timeZone }),
    ...(finalizeAfter !== undefined && { finalizeAfter }),
  };
  const stagger = mapAt(spec, 'stagger');
  const [every, { batch }] = [durationAt(stagger, 'every'), stagger];
  return {
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(typeof priority === 'number' && priority !== 0 && { priority }),
    ...(spec['suspend'] === true && { suspend: true }),
    ...(Object.keys(times).length > 0 && { cutover: times }),
    ...(every !== undefined && typeof batch === 'number' && { stagger: { every, batch } }),
    ...(owner !== undefined && { owner }),
  };
}

function durationAt(map: ValueMap, key: string): number | undefined {
  const text = textAt(map, key);
  return text === undefined ? undefined : parseDuration(text);
}

/** Reads the checks of a launched instance; those that the schema refuses are left out. */
function readChecks(list: Value | undefined): readonly Check[] {
  const items = Array.isArray(list) ? list.filter(isMap) : [];
  return items.flatMap((item): readonly Check[] => {
    const timeout = durationAt(item, 'timeout');
    const limit = timeout === undefined ? {} : { timeout };
    const { tcp } = item;
    const host = textAt(item, 'host');
    if (typeof tcp === 'number')
      return [{ kind: 'tcp', port: tcp, ...(host !== undefined && { host }), ...limit }];
    const http = mapAt(item, 'http');
    const url = textAt(http, 'url');
    const { status } = http;
    if (url === undefined) return [];
    return [{ kind: 'http', url, status: typeof status === 'number' ? status : 200, ...limit }];
  });
}

import { type LimitName, type Phase, PHASES, type Settings, type Target } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import type { S3Lock } from '../core/lock.ts';
import type { ServiceDefinition } from '../core/service.ts';
import { parseDuration } from '../core/time.ts';
import { SERVICES } from '../providers/registry.ts';
import {
  type Origin,
  type PolicyText,
  type Project,
  rootOf,
  UNKNOWN_NAME,
  type UnsupportedKey,
  type WaveGlob,
  type WindowText,
} from './model.ts';
import type { Source } from './source.ts';
import type { CheckedDocument } from './schema/check.ts';
import { removeHidden } from './schema/homes.ts';
import { readBlocks } from './settings.ts';
import {
  isMap,
  mapAt,
  type Node,
  nodeAt,
  rangeOf,
  textAt,
  textsAt,
  type Value,
  type ValueMap,
} from './yaml/node.ts';

const DEFAULT_GLOBS: readonly WaveGlob[] = [{ pattern: 'waves/**/*.yaml' }];
/** Default size of a project; schemas/project.schema.json documents it. */
const SIZE_DEFAULTS = { vms: 200_000, manifestMiB: 64 };
const MIB = 1024 * 1024;
/** Default limits of a target; schemas/project.schema.json documents them. */
const TARGET_DEFAULTS = { apiRequests: 8, share: 0.3, destroys: 0.5 };

/** Builds a project from the parts of its document that the schema accepts. */
export function buildProject({ value }: CheckedDocument, origin: Origin): Project {
  const root = rootOf(origin);
  const maps = Object.entries(mapAt(value, 'targets')).flatMap(([name, target]) =>
    isMap(target) ? [{ name, target }] : [],
  );
  const targets = maps.flatMap(({ name, target }) => buildTarget(name, target, origin.source, root) ?? []);
  targets.sort((a, b) => byText(a.name, b.name));
  const globs = value['waves'];
  const limits = mapAt(value, 'limits');
  const only = maps.length === 1 ? maps[0]?.name : undefined;
  return {
    origin,
    name: textAt(mapAt(value, 'metadata'), 'name') ?? UNKNOWN_NAME,
    globs: Array.isArray(globs) ? readGlobs(globs) : DEFAULT_GLOBS,
    size: {
      maxVms: numberOr(limits['vms'], SIZE_DEFAULTS.vms),
      maxBytes: numberOr(limits['manifestMiB'], SIZE_DEFAULTS.manifestMiB) * MIB,
    },
    defaultTarget: textAt(value, 'defaultTarget') ?? only,
    targets,
    targetNames: targetNames(root),
    unsupportedKeys: maps.flatMap(({ name, target }) => unsupportedKeysOf(name, target)),
    windows: Array.isArray(value['windows']) ? value['windows'].map(readWindow) : [],
    policies: Array.isArray(value['policies']) ? value['policies'].map(readPolicy) : [],
  };
}

/** Phases that a window is about by default. */
const GATED_PHASES: readonly Phase[] = PHASES.filter((phase) => phase !== 'replicate');

/** Reads a window; what the schema refuses is empty, and never used. */
function readWindow(item: Value): WindowText {
  const map = isMap(item) ? item : {};
  const reason = textAt(map, 'reason');
  return {
    name: textAt(map, 'name') ?? UNKNOWN_NAME,
    kind: textAt(map, 'kind') === 'deny' ? 'deny' : 'allow',
    schedule: textAt(map, 'schedule') ?? '',
    duration: parseDuration(textAt(map, 'duration') ?? '') ?? 0,
    timeZone: textAt(map, 'timeZone') ?? 'UTC',
    phases: PHASES.filter((phase) => (textsAt(map, 'phases') ?? GATED_PHASES).includes(phase)),
    waves: textsAt(map, 'waves') ?? ['*'],
    strict: map['strict'] === true,
    ...(reason !== undefined && { reason }),
  };
}

/** Reads a policy; what the schema refuses is empty, and never used. */
function readPolicy(item: Value): PolicyText {
  const map = isMap(item) ? item : {};
  const [messageExpression, remedy] = [textAt(map, 'messageExpression'), textAt(map, 'remedy')];
  return {
    name: textAt(map, 'name') ?? UNKNOWN_NAME,
    scope: textAt(map, 'scope') === 'plan' ? 'plan' : 'change',
    expression: textAt(map, 'expression') ?? 'true',
    message: textAt(map, 'message') ?? '',
    severity: textAt(map, 'severity') === 'warning' ? 'warning' : 'critical',
    ...(messageExpression !== undefined && { messageExpression }),
    ...(remedy !== undefined && { remedy }),
  };
}

function readGlobs(globs: readonly Value[]): WaveGlob[] {
  return globs.flatMap((pattern, index) => (typeof pattern === 'string' ? [{ pattern, index }] : []));
}

/** Lists the names of all targets as they were meant: an error about a name must not lead to one about its waves. */
function targetNames(root: Node): string[] {
  const targets = nodeAt(root, ['targets']);
  return targets?.kind === 'map' ? targets.entries.map(({ key }) => removeHidden(key)) : [];
}

/** Finds the keys of a target that its service does not support. */
function unsupportedKeysOf(name: string, target: ValueMap): readonly UnsupportedKey[] {
  const service = findService(target);
  if (service === undefined) return [];
  return Object.entries(service.target.unsupported).flatMap(([key, lacks]) => {
    const path = key.split('.');
    const above = path.slice(0, -1).reduce<ValueMap>(mapAt, target);
    return above[path.at(-1) ?? ''] === undefined ? [] : [{ target: name, service, path, lacks }];
  });
}

/** Returns the service that a target names; undefined where there is no such service. */
function findService(target: ValueMap): ServiceDefinition | undefined {
  const provider = textAt(target, 'provider');
  return SERVICES.find(({ name }) => name === provider);
}

/** Builds a target; returns undefined where its service does not exist. */
function buildTarget(name: string, map: ValueMap, source: Source, root: Node): Target | undefined {
  const service = findService(map);
  if (service === undefined) return undefined;
  const { prune, setup } = service.target;
  const guards = mapAt(map, 'guards');
  const endpoint = textAt(map, 'endpoint');
  const role = mapAt(map, 'assumeRole');
  const assumeRole = textAt(map, 'assumeRole') ?? textAt(role, 'roleArn');
  const externalId = textAt(role, 'externalId');
  const account = textAt(map, 'account');
  return {
    name,
    provider: service.name,
    region: textAt(map, 'region') ?? UNKNOWN_NAME,
    ...(endpoint !== undefined && { endpoint }),
    ...(assumeRole !== undefined && { assumeRole }),
    ...(externalId !== undefined && { externalId }),
    ...(account !== undefined && { account }),
    ...buildLimits(mapAt(map, 'limits'), service),
    ...(prune !== undefined && { prune: pruneOf(textAt(map, 'prune')) ?? prune }),
    ...(setup !== undefined && { setup: readSetup(map, service.block?.key ?? '', setup) }),
    guards: {
      maxDeletes: parseShare(guards['maxDeletes']),
      maxUpdates: parseShare(guards['maxUpdates']),
      maxDestroys: parseShare(guards['maxDestroys'], TARGET_DEFAULTS.destroys),
    },
    ...readLock(map),
    place: source.place(rangeOf(root, ['targets', name]).start),
  };
}

function pruneOf(text: string | undefined): Target['prune'] {
  return text === 'disconnect' || text === 'release' ? text : undefined;
}

function buildLimits(
  limits: ValueMap,
  { target }: ServiceDefinition,
): Pick<Target, 'limits' | 'defaultLimits'> {
  const { activeReplications, ...quotas } = target.limits;
  const { bandwidthMbps } = limits;
  const defaultLimits = (Object.keys(quotas) as LimitName[]).filter((quota) => limits[quota] == null);
  return {
    limits: {
      activeReplications: numberOr(limits['activeReplications'], activeReplications),
      apiRequests: numberOr(limits['apiRequests'], TARGET_DEFAULTS.apiRequests),
      ...(typeof bandwidthMbps === 'number' && { bandwidthMbps }),
      ...Object.fromEntries(
        Object.entries(quotas).map(([quota, otherwise]) => [quota, numberOr(limits[quota], otherwise)]),
      ),
    },
    ...(defaultLimits.length > 0 && { defaultLimits }),
  };
}

/** Reads the settings for the set-up of the account: the block of its service, and some other keys. */
function readSetup(map: ValueMap, block: string, keys: readonly string[]): Settings {
  const flat = keys.flatMap((key) => {
    const value = textAt(mapAt(map, block), key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(flat), ...readBlocks(map) };
}

/** Reads the lock of a target: `s3://bucket/key`, or a mapping with more settings. */
function readLock(map: ValueMap): { readonly lock?: S3Lock } {
  const [, ofText, path] = /^s3:\/\/([^/]+)\/(.+)$/.exec(textAt(map, 'lock') ?? '') ?? [];
  const s3 = mapAt(mapAt(map, 'lock'), 's3');
  const [bucket, key] = [ofText ?? textAt(s3, 'bucket'), path ?? textAt(s3, 'key')];
  if (bucket === undefined || key === undefined) return {};
  const [region, endpoint, forcePathStyle] = [
    textAt(s3, 'region'),
    textAt(s3, 'endpoint'),
    s3['forcePathStyle'],
  ];
  return {
    lock: {
      bucket,
      key,
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      ...(typeof forcePathStyle === 'boolean' && { forcePathStyle }),
    },
  };
}

/** Parses a share: `30%` and 0.3 are the same. */
function parseShare(value: Value, otherwise = TARGET_DEFAULTS.share): number {
  return typeof value === 'string' ? Number.parseFloat(value) / 100 : numberOr(value, otherwise);
}

function numberOr(value: Value, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

import type { Settings, Target } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import type { S3Lock } from '../core/lock.ts';
import { type Origin, type Project, UNKNOWN_NAME, type WaveGlob } from './model.ts';
import type { CheckedDocument } from './schema/check.ts';
import { readMgnSettings } from './settings.ts';
import {
  isMap,
  mapAt,
  type Node,
  nodeAt,
  type Path,
  rangeOf,
  textAt,
  type Value,
  type ValueMap,
} from './yaml/node.ts';

const DEFAULT_GLOBS: readonly WaveGlob[] = [{ pattern: 'waves/**/*.yaml' }];
/** Defaults of a target's numbers, as schemas/project.schema.json tells them. */
const TARGET_DEFAULTS = { apiRequests: 8, share: 0.3 };
/** Those that are another on each service: its own quotas (domain: rules of SMS, rules of MGN). */
const SERVICE_QUOTAS = {
  sms: { activeReplications: 50 },
  mgn: { activeReplications: 150, activeJobs: 20, serversInJobs: 200 },
};

/** A project from what the schema left of its document. */
export function buildProject({ value }: CheckedDocument, root: Node, origin: Origin): Project {
  const maps = Object.entries(mapAt(value, 'targets')).flatMap(([name, target]) =>
    isMap(target) ? [{ name, target }] : [],
  );
  const targets = maps.flatMap(({ name, target }) => buildTarget(name, target, root, origin) ?? []);
  targets.sort((a, b) => byText(a.name, b.name));
  const globs = value['waves'];
  const only = maps.length === 1 ? maps[0]?.name : undefined;
  return {
    origin,
    name: textAt(mapAt(value, 'metadata'), 'name') ?? UNKNOWN_NAME,
    globs: Array.isArray(globs) ? readGlobs(globs) : DEFAULT_GLOBS,
    defaultTarget: textAt(value, 'defaultTarget') ?? only,
    targets,
    targetNames: targetNames(root),
    unsupportedKeys: maps.flatMap(({ name, target }) =>
      unsupportedKeysOf(target).map((path) => ({ target: name, path })),
    ),
  };
}

function readGlobs(globs: readonly Value[]): WaveGlob[] {
  return globs.flatMap((pattern, index) => (typeof pattern === 'string' ? [{ pattern, index }] : []));
}

function targetNames(root: Node): string[] {
  const targets = nodeAt(root, ['targets']);
  return targets?.kind === 'map' ? targets.entries.map(({ key }) => key) : [];
}

const MGN_ONLY: readonly Path[] = [['limits', 'activeJobs'], ['limits', 'serversInJobs'], ['prune'], ['mgn']];

/** What a target of SMS says that only MGN has. */
function unsupportedKeysOf(target: ValueMap): readonly Path[] {
  if (target['provider'] !== 'sms') return [];
  return MGN_ONLY.filter((path) => {
    const above = path.length === 1 ? target : mapAt(target, String(path[0]));
    return above[String(path.at(-1))] !== undefined;
  });
}

/** Nothing, where it is not known of which service the target is. */
function buildTarget(name: string, map: ValueMap, root: Node, { source }: Origin): Target | undefined {
  const provider = textAt(map, 'provider');
  if (provider !== 'sms' && provider !== 'mgn') return undefined;
  const guards = mapAt(map, 'guards');
  const endpoint = textAt(map, 'endpoint');
  const role = mapAt(map, 'assumeRole');
  const assumeRole = textAt(map, 'assumeRole') ?? textAt(role, 'roleArn');
  const externalId = textAt(role, 'externalId');
  const account = textAt(map, 'account');
  return {
    name,
    provider,
    region: textAt(map, 'region') ?? UNKNOWN_NAME,
    ...(endpoint !== undefined && { endpoint }),
    ...(assumeRole !== undefined && { assumeRole }),
    ...(externalId !== undefined && { externalId }),
    ...(account !== undefined && { account }),
    limits: buildLimits(mapAt(map, 'limits'), provider),
    ...(provider === 'mgn' && {
      prune: textAt(map, 'prune') === 'disconnect' ? ('disconnect' as const) : ('release' as const),
      setup: readSetup(map),
    }),
    guards: { maxDeletes: parseShare(guards['maxDeletes']), maxUpdates: parseShare(guards['maxUpdates']) },
    ...readLock(map),
    place: source.place(rangeOf(root, ['targets', name]).start),
  };
}

function buildLimits(limits: ValueMap, provider: Target['provider']): Target['limits'] {
  const { activeReplications, ...ofJobs } = SERVICE_QUOTAS[provider];
  return {
    activeReplications: numberOr(limits['activeReplications'], activeReplications),
    apiRequests: numberOr(limits['apiRequests'], TARGET_DEFAULTS.apiRequests),
    ...Object.fromEntries(
      Object.entries(ofJobs).map(([quota, otherwise]) => [quota, numberOr(limits[quota], otherwise)]),
    ),
  };
}

/** What the account is set up with: MGN settings, and the key of its templates. */
function readSetup(map: ValueMap): Settings {
  const kmsKeyId = textAt(mapAt(map, 'mgn'), 'kmsKeyId');
  return { ...(kmsKeyId !== undefined && { kmsKeyId }), ...readMgnSettings(map) };
}

/** `s3://bucket/key`, or the same with more to say of it. */
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

/** `30%` and 0.3 are the same. */
function parseShare(value: Value): number {
  return typeof value === 'string' ? Number.parseFloat(value) / 100 : numberOr(value, TARGET_DEFAULTS.share);
}

function numberOr(value: Value, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

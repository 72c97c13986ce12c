import type { Target } from '../core/desired.ts';
import type { S3Lock } from '../core/lock.ts';
import { byText } from '../core/order.ts';
import { nodeAt, rangeOf } from './locate.ts';
import { NAMELESS, type Project, type WaveGlob } from './model.ts';
import type { Origin } from './origin.ts';
import type { Checked } from './schema/check.ts';
import { isMap, mapAt, textAt, type Value, type ValueMap } from './schema/value.ts';
import type { Node } from './yaml/node.ts';

const DEFAULT_GLOBS: readonly WaveGlob[] = [{ pattern: 'waves/**/*.yaml' }];
/** Defaults of a target's numbers, as schemas/project.schema.json tells them. */
const DEFAULTS = { activeReplications: 50, apiRequests: 8, share: 0.3 };

/** A project from what the schema left of its document. */
export function buildProject({ value }: Checked, root: Node, origin: Origin): Project {
  const targets = Object.entries(mapAt(value, 'targets')).flatMap(([name, target]) =>
    isMap(target) ? [buildTarget(name, target, root, origin)] : [],
  );
  targets.sort((a, b) => byText(a.name, b.name));
  const globs = value['waves'];
  const only = targets.length === 1 ? targets[0]?.name : undefined;
  return {
    origin,
    name: textAt(mapAt(value, 'metadata'), 'name') ?? NAMELESS,
    globs: Array.isArray(globs) ? readGlobs(globs) : DEFAULT_GLOBS,
    defaultTarget: textAt(value, 'defaultTarget') ?? only,
    targets,
    targetNames: targetNames(root),
  };
}

function readGlobs(globs: readonly Value[]): WaveGlob[] {
  return globs.flatMap((pattern, index) => (typeof pattern === 'string' ? [{ pattern, index }] : []));
}

function targetNames(root: Node): string[] {
  const targets = nodeAt(root, ['targets']);
  return targets?.kind === 'map' ? targets.entries.map(({ key }) => key) : [];
}

function buildTarget(name: string, map: ValueMap, root: Node, { source }: Origin): Target {
  const limits = mapAt(map, 'limits');
  const guards = mapAt(map, 'guards');
  const endpoint = textAt(map, 'endpoint');
  const role = mapAt(map, 'assumeRole');
  const assumeRole = textAt(map, 'assumeRole') ?? textAt(role, 'roleArn');
  const externalId = textAt(role, 'externalId');
  const account = textAt(map, 'account');
  return {
    name,
    provider: 'sms',
    region: textAt(map, 'region') ?? NAMELESS,
    ...(endpoint !== undefined && { endpoint }),
    ...(assumeRole !== undefined && { assumeRole }),
    ...(externalId !== undefined && { externalId }),
    ...(account !== undefined && { account }),
    limits: {
      activeReplications: numberOr(limits['activeReplications'], DEFAULTS.activeReplications),
      apiRequests: numberOr(limits['apiRequests'], DEFAULTS.apiRequests),
    },
    guards: { maxDeletes: share(guards['maxDeletes']), maxUpdates: share(guards['maxUpdates']) },
    ...readLock(map),
    place: source.place(rangeOf(root, ['targets', name]).start),
  };
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
function share(value: Value): number {
  return typeof value === 'string' ? Number.parseFloat(value) / 100 : numberOr(value, DEFAULTS.share);
}

function numberOr(value: Value, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

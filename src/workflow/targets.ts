import type { Workspace } from '../core/environment.ts';
import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import type { Operations } from '../core/operations.ts';
import type { Adapter, ServiceCommand } from '../core/service.ts';
import { didYouMean, oneOf } from '../core/suggest.ts';
import { serviceOf } from '../providers/registry.ts';
import { openAccounts, type TargetScope } from './accounts.ts';
import type { Locks } from './locking/locks.ts';
import type { Manifests } from './manifests.ts';

/** A target that is open for calls until `await using` closes it. */
export interface OpenTarget extends AsyncDisposable {
  readonly target: Target;
  readonly project: string;
  /** Absent: the service has none of them. */
  readonly operations: Operations | undefined;
  /** Gives the account what its service needs; absent: it needs nothing. */
  readonly setUp: Adapter['setUp'];
  readonly observe: () => Promise<Observed>;
}

/**
 * Opens one target, with `locks` under its lock.
 * @param name the target; absent: the project's default one
 * @throws LandfallError TARGET_UNKNOWN, or LOCK_HELD
 */
export async function openTarget(
  workspace: Workspace,
  { desired, projectFile, stateFolder }: Manifests,
  name: string = desired.defaultTarget,
  locks?: Locks,
): Promise<OpenTarget> {
  const target = findTarget(desired.targets, name);
  const { project } = desired;
  const scope: TargetScope = {
    project,
    projectFile,
    targets: [target],
    ...(stateFolder !== undefined && { stateFolder }),
  };
  const accounts = await openAccounts(workspace, (await locks?.take(scope)) ?? scope);
  return {
    target,
    project,
    operations: accounts.operations.get(name),
    setUp: accounts.setUps.get(name),
    observe: async () => getOfTarget((await accounts.observe({ phases: new Map() })).observed, name),
    [Symbol.asyncDispose]: () => accounts[Symbol.asyncDispose](),
  };
}

/**
 * @param name empty: the default target of a project that has none
 * @throws LandfallError TARGET_UNKNOWN
 */
export function findTarget(targets: readonly Target[], name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  const names = targets.map((candidate) => candidate.name);
  if (name === '') {
    throw new LandfallError('TARGET_UNKNOWN', 'the project has several targets and no defaultTarget', {
      remedy: `give --target with ${oneOf('target', names)}`,
    });
  }
  throw new LandfallError('TARGET_UNKNOWN', `no target is named ${JSON.stringify(name)}`, {
    remedy: didYouMean(name, names, `give ${oneOf('target', names)}`),
  });
}

/** What a map by target names has for one that is open. */
export function getOfTarget<T>(map: ReadonlyMap<string, T>, target: string): T {
  const value = map.get(target);
  if (value !== undefined) return value;
  throw new LandfallError('INTERNAL', `target ${target} is not open`, { source: 'landfall' });
}

/**
 * Returns what a command needs of a target's service.
 * @throws LandfallError NOT_SUPPORTED where the service does not have it
 */
export function requireFeature<Feature>(
  feature: Feature | undefined,
  target: Target,
  command: ServiceCommand,
): Feature {
  if (feature !== undefined) return feature;
  const { title, unsupportedCommands } = serviceOf(target.provider);
  const { why = `AWS ${title} does not support it`, remedy } = unsupportedCommands[command] ?? {};
  throw new LandfallError(
    'NOT_SUPPORTED',
    `\`landfall ${command}\` is not supported on target ${target.name}: ${why}`,
    { place: target.place, ...(remedy !== undefined && { remedy }) },
  );
}

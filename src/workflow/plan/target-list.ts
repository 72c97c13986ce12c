import { dirname } from 'node:path';
import type { Concern } from '../../core/concern.ts';
import type { Target } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { byText, incrementCount } from '../../core/lists.ts';
import type { TargetList } from '../../core/results/targets.ts';
import { accountOf } from '../../journey/account.ts';
import { stagesOfTargets } from '../../schedule/target-stages.ts';
import { changedWaves } from '../git/changed-waves.ts';
import { currentCommit } from '../git/current-commit.ts';
import { type InvalidManifests, type Manifests, readManifests } from '../manifests.ts';
import { concernOfUnobservedTarget, scopeOfRun, type Selection } from '../selection.ts';

/** What narrows a list of targets. */
export interface TargetListOptions extends Pick<Selection, 'target'> {
  /** Only targets of waves whose files have changed since HEAD and this git revision parted. */
  readonly changedSince?: string;
}

/** The targets of a project, or the problems of its manifests. */
type TargetListResult =
  | InvalidManifests
  | {
      readonly kind: 'listed';
      readonly list: TargetList;
      /** About each target that no runner looks at. */
      readonly unobserved: ReadonlyMap<string, Concern>;
    };

/**
 * Lists the targets that a plan with the same flags includes, for a runner each. Asks no account.
 * @throws LandfallError TARGET_UNKNOWN, GIT_FAILED or REVISION_UNKNOWN
 */
export async function listTargets(
  workspace: Workspace,
  options: TargetListOptions = {},
): Promise<TargetListResult> {
  const manifests = await readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const commit = await currentCommit(workspace, dirname(manifests.projectFile));
  const { list, unobserved } = await targetsOf(workspace, manifests, options);
  return { kind: 'listed', list: { ...list, ...(commit !== undefined && { commit }) }, unobserved };
}

/** Lists the targets of manifests that have been read. */
async function targetsOf(
  workspace: Workspace,
  manifests: Manifests,
  options: TargetListOptions,
): Promise<{ readonly list: TargetList; readonly unobserved: ReadonlyMap<string, Concern> }> {
  const { desired } = manifests;
  const { changedSince } = options;
  const narrowing = changedSince === undefined ? {} : await changedWaves(workspace, manifests, changedSince);
  const { waves: changed, targets: ofRemoved = new Set<string>() } = narrowing;
  const selected = scopeOfRun(manifests, options, ofRemoved).targets;

  const isPlanned = ({ name }: { readonly name: string }): boolean => changed?.has(name) !== false;
  const waves = desired.waves.filter(isPlanned);
  const planned = new Set([...waves.map(({ target }) => target), ...ofRemoved]);
  const targets = changed === undefined ? selected : selected.filter(({ name }) => planned.has(name));
  const names = targets.map(({ name }) => name);
  const stages = stagesOfTargets(desired.waves, names);
  const vms = new Map<string, number>();
  for (const { wave } of desired.vms) incrementCount(vms, wave);
  const unused = options.target === undefined ? desired.targets.filter((one) => !selected.includes(one)) : [];
  const list: TargetList = {
    project: desired.project,
    ...(changedSince !== undefined && { changedSince }),
    selected: selected.map(({ name }) => name).toSorted(byText),
    unused: unused.map(({ name }) => name).toSorted(byText),
    targets: targets
      .map((target) => {
        const own = waves.filter((wave) => wave.target === target.name).map(({ name }) => name);
        return {
          ...describeTarget(target),
          waves: own.toSorted(byText),
          vms: own.reduce((sum, name) => sum + (vms.get(name) ?? 0), 0),
          ...(stages.get(target.name) ?? { stage: 1, waitsFor: [], mutual: [] }),
        };
      })
      .toSorted((a, b) => a.stage - b.stage || byText(a.name, b.name)),
  };
  const unobserved = unused.map(
    ({ name, place }) => [name, { ...concernOfUnobservedTarget(name), place }] as const,
  );
  return { list, unobserved: new Map(unobserved) };
}

function describeTarget(target: Target) {
  const { name, provider, region, assumeRole, endpoint } = target;
  const account = accountOf(target);
  return {
    ...{ name, provider, region },
    ...(account !== undefined && { account }),
    ...(assumeRole !== undefined && { role: assumeRole }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

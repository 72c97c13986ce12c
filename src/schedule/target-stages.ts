import type { DesiredWave } from '../core/desired.ts';
import { byText } from '../core/lists.ts';

/** When the runner of a target comes, among those of the other targets. */
export interface TargetStage {
  /** From 1: a target comes in a later stage than those that it waits for. */
  readonly stage: number;
  /** The targets with waves that waves of this one depend on, sorted. */
  readonly waitsFor: readonly string[];
  /** The targets that it waits for and that wait for it, if only by others: all are in one stage. Sorted. */
  readonly mutual: readonly string[];
}

/**
 * Puts targets into stages by the `dependsOn` of their waves: once the runners of a stage have applied what they may, those
 * of the next one find what they wait for. Stages without a target of `names` are left out.
 * @param waves all waves of the project
 * @param names the targets that have a runner
 */
export function stagesOfTargets(
  waves: readonly Pick<DesiredWave, 'name' | 'target' | 'dependsOn'>[],
  names: readonly string[],
): ReadonlyMap<string, TargetStage> {
  const targets = new Map(waves.map(({ name, target }) => [name, target]));
  const needed = new Map<string, Set<string>>(
    [...names, ...targets.values()].map((name) => [name, new Set<string>()]),
  );
  for (const { target, dependsOn = [] } of waves) {
    for (const { wave } of dependsOn) {
      const other = targets.get(wave);
      if (other !== undefined && other !== target) needed.get(target)?.add(other);
    }
  }
  const reached = new Map([...needed.keys()].map((name) => [name, reachedFrom(name, needed)]));
  const mutualOf = (name: string): readonly string[] =>
    [...(reached.get(name) ?? [])].filter(
      (other) => other !== name && reached.get(other)?.has(name) === true,
    );

  const listed = new Set(names);
  const depths = new Map<string, number>();
  // Targets without a runner make no stage.
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const group = new Set([name, ...mutualOf(name)]);
    const before = [...group].flatMap((one) => [...(needed.get(one) ?? [])]).filter((one) => !group.has(one));
    const own = [...group].some((one) => listed.has(one)) ? 1 : 0;
    const depth = own + Math.max(0, ...[...new Set(before)].map(depthOf));
    for (const one of group) depths.set(one, depth);
    return depth;
  };
  return new Map(
    names.map((name) => [
      name,
      {
        stage: depthOf(name),
        waitsFor: [...(needed.get(name) ?? [])].toSorted(byText),
        mutual: mutualOf(name).toSorted(byText),
      },
    ]),
  );
}

/** All that a target waits for, directly or by others. */
function reachedFrom(name: string, needed: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const one of needed.get(next) ?? []) {
      if (found.has(one)) continue;
      found.add(one);
      open.push(one);
    }
  }
  return found;
}

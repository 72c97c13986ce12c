import { CONCERNS } from '../core/concern-ids.ts';
import { byPlace, type Concern } from '../core/concern.ts';
import { addStageCounts } from '../core/journey.ts';
import { addToGroup, byKeys, byText, groupBy, summarizeList } from '../core/lists.ts';
import type { Plan } from '../core/plan.ts';
import { byTargetWaveAddress, sumUp, withChecksum } from './index.ts';
import type { NarrowedTo } from './saved/preconditions.ts';

/** The plan of one runner, and the file that it was saved to. */
export interface RunnerPlan {
  /** As the user gave it. */
  readonly file: string;
  readonly plan: Plan;
  /** Absent: it is of all that its targets have. */
  readonly narrowedTo?: NarrowedTo;
}

/** What the plans of all runners together should be. */
export interface Expected {
  readonly project: string;
  /** Absent: not known. */
  readonly commit?: string;
  /** The targets that have a runner each. */
  readonly targets: readonly string[];
  /** The waves of a target that a plan of it includes; absent: not known. */
  readonly waves?: ReadonlyMap<string, readonly string[]>;
  /** About each target that no runner looks at; a runner of one target does not know of them. */
  readonly unobserved?: ReadonlyMap<string, Concern>;
}

/**
 * Makes one plan of those of the runners: the plan that one process would have made of all targets, and concerns about what
 * is missing or does not fit together. The order of the plans does not matter.
 * @param unreadable concerns about files that hold no plan
 */
export function mergeRunnerPlans(
  expected: Expected,
  runners: readonly RunnerPlan[],
  unreadable: readonly Concern[] = [],
): Plan {
  const own = runners.filter(({ plan }) => plan.project === expected.project);
  const others = runners.filter(({ plan }) => plan.project !== expected.project);
  const { kept, twice } = oncePerTarget(own);
  const plan = mergePlans(
    expected.project,
    kept.map((runner) => runner.plan),
  );
  const concerns = [
    ...unreadable,
    ...others.map(otherProject(expected)),
    ...twice,
    ...otherCommits(expected, kept),
    ...otherVersions(kept),
    ...partialPlans(expected, kept),
    ...missingTargets(expected, plan, runners.length + unreadable.length),
    ...unsaid(expected, plan),
  ];
  return withChecksum(
    concerns.length === 0 ? plan : { ...plan, concerns: [...plan.concerns, ...concerns].toSorted(byPlace) },
  );
}

type MergedParts = Pick<Plan, 'targets' | 'concerns'>;

/** Makes one plan of plans of different targets. */
function mergePlans(project: string, plans: readonly Plan[]): Omit<Plan, 'checksum'> {
  const targets = plans.flatMap((plan) => plan.targets).toSorted(byKeys(({ name }) => name));
  const read = new Set(targets.map(({ name }) => name));
  const ofTarget = byKeys<{ readonly target: string }>(({ target }) => target);
  const sum = (count: (plan: Plan) => number): number =>
    plans.reduce((total, plan) => total + count(plan), 0);
  const waves = uniqueBy(
    plans.flatMap((plan) => plan.waves ?? []),
    ({ name }) => name,
  );
  const windows = uniqueBy(
    plans.flatMap((plan) => plan.windows ?? []),
    ({ name }) => name,
  );
  const overrides = uniqueBy(
    plans.flatMap((plan) => plan.overrides ?? []),
    ({ window }) => window,
  );
  const policyOverrides = uniqueBy(
    plans.flatMap((plan) => plan.policyOverrides ?? []),
    ({ policy }) => policy,
  );
  const origin = originOf(plans);
  return {
    project,
    ...(origin !== undefined && { origin }),
    at: plans.reduce((latest, { at }) => Math.max(latest, at), 0),
    targets,
    ...sumUp(
      plans.flatMap(({ changes }) => changes).toSorted(byTargetWaveAddress),
      // What one runner could not read, another one may have planned.
      onceEach(plans).filter(({ id, target }) => id !== 'target.unreachable' || !read.has(target ?? '')),
    ),
    capacity: plans.flatMap(({ capacity }) => capacity).toSorted(ofTarget),
    stopped: sum(({ stopped }) => stopped),
    failing: sum(({ failing }) => failing),
    differing: sum(({ differing }) => differing),
    ahead: sum(({ ahead }) => ahead),
    stages: addStageCounts(plans.map(({ stages }) => stages)),
    ...(plans.every((plan) => plan.waves !== undefined) && {
      waves: waves.toSorted(byKeys(({ name }) => name)),
    }),
    ...(windows.length > 0 && { windows }),
    ...(overrides.length > 0 && { overrides }),
    ...(policyOverrides.length > 0 && { policyOverrides }),
  };
}

/** The commit and the version of all plans, as far as they are the same. */
function originOf(plans: readonly Plan[]): Plan['origin'] {
  const [version, ...versions] = valuesOf(plans, ({ origin }) => origin?.version);
  const [commit, ...commits] = valuesOf(plans, ({ origin }) => origin?.commit);
  if (version === undefined || versions.length > 0) return undefined;
  return { version, ...(commit !== undefined && commits.length === 0 && { commit }) };
}

/** Concerns about the project as a whole are in every plan: each once, unless one plan has it several times. */
function onceEach(plans: readonly Plan[]): readonly Concern[] {
  const most = new Map<string, readonly Concern[]>();
  for (const { concerns } of plans) {
    for (const [key, same] of groupBy(concerns, (concern) => JSON.stringify(concern)))
      if (same.length > (most.get(key)?.length ?? 0)) most.set(key, same);
  }
  return [...most.values()].flat();
}

/**
 * Keeps the later one of two plans of a target. Copies of a plan count once.
 * @returns the plans in the order of their targets
 */
function oncePerTarget(runners: readonly RunnerPlan[]): {
  readonly kept: readonly RunnerPlan[];
  readonly twice: readonly Concern[];
} {
  const latestFirst = runners.toSorted(
    (a, b) => b.plan.at - a.plan.at || byText(a.plan.checksum, b.plan.checksum) || byText(a.file, b.file),
  );
  const kept: RunnerPlan[] = [];
  const holders = new Map<string, RunnerPlan>();
  const files = new Map<string, string[]>();
  for (const runner of latestFirst) {
    const names = runner.plan.targets.map(({ name }) => name);
    const isFirst = !names.some((name) => holders.has(name));
    if (isFirst) kept.push(runner);
    for (const name of names) {
      const holder = holders.get(name);
      if (isFirst) holders.set(name, runner);
      else if (holder !== undefined && !isSamePlan(holder.plan, runner.plan))
        addToGroup(files, name, runner.file);
    }
  }
  const byTarget = byKeys<RunnerPlan>(
    ({ plan }) => plan.targets[0]?.name ?? '',
    ({ file }) => file,
  );
  return {
    kept: kept.toSorted(byTarget),
    twice: [...files].map(([target, left]) => {
      const all = [holders.get(target)?.file ?? '', ...left].toSorted(byText);
      return concern('plan.twice', {
        message: `${all.length} plans are of target ${target}, in ${summarizeList(all)}: the latest is shown`,
        remedy: 'give one plan for each target: remove the files of earlier runs',
        target,
      });
    }),
  };
}

function isSamePlan(one: Plan, other: Plan): boolean {
  return (
    one.at === other.at && one.checksum === other.checksum && one.targets.length === other.targets.length
  );
}

function otherProject({ project }: Expected): (runner: RunnerPlan) => Concern {
  return ({ file, plan }) =>
    concern('plan.other-project', {
      message: `${file} is a plan of project ${plan.project}, not of ${project}: it is left out`,
      remedy: 'give the plans of one project',
    });
}

/** A concern for each other commit; plans outside of a repository have none. */
function otherCommits({ commit }: Expected, runners: readonly RunnerPlan[]): readonly Concern[] {
  const commits = valuesOf(runners, ({ plan }) => plan.origin?.commit ?? '');
  // Which of several is the right one is not known without the one that is expected.
  if (commit === undefined && commits.length < 2) return [];
  return commits
    .filter((one) => one !== commit)
    .map((one) => {
      const made = one === '' ? 'outside of a repository' : `from commit ${one.slice(0, 12)}`;
      const those = targetsOf(runners.filter(({ plan }) => (plan.origin?.commit ?? '') === one));
      const instead = commit === undefined ? 'others were not' : `expected is ${commit.slice(0, 12)}`;
      return concern('plan.other-commit', {
        message: `the plan of ${those} was made ${made}, and ${instead}`,
        remedy: 'plan all targets from one commit, and merge these plans where it is checked out',
      });
    });
}

function otherVersions(runners: readonly RunnerPlan[]): readonly Concern[] {
  const versions = valuesOf(runners, ({ plan }) => plan.origin?.version ?? 'an earlier version');
  if (versions.length < 2) return [];
  const each = versions.map((version) => {
    const those = runners.filter(({ plan }) => (plan.origin?.version ?? 'an earlier version') === version);
    return `${version} (${targetsOf(those)})`;
  });
  return [
    concern('plan.other-version', {
      message: `the plans were made by ${each.length} versions of landfall: ${each.join(', ')}`,
      remedy: 'use one version in all runners',
    }),
  ];
}

/** A concern for each target of which a runner has planned some waves or VMs only: the others would pass for unchanged. */
function partialPlans({ waves }: Expected, runners: readonly RunnerPlan[]): readonly Concern[] {
  return runners.flatMap(({ file, plan, narrowedTo = {} }) =>
    plan.targets.flatMap(({ name }) => {
      const planned = new Set(narrowedTo.waves);
      const left =
        narrowedTo.waves === undefined ? [] : (waves?.get(name) ?? []).filter((wave) => !planned.has(wave));
      if (narrowedTo.vms === undefined && left.length === 0) return [];
      const what =
        left.length === 0
          ? 'is of some of its VMs only'
          : `leaves out ${left.length === 1 ? 'wave' : 'waves'} ${summarizeList(left)}`;
      return concern('plan.partial', {
        message: `the plan of target ${name} in ${file} ${what}`,
        remedy:
          'plan the target without --wave and --vm; if --changed-since has narrowed the plan, give merge the same revision',
        target: name,
      });
    }),
  );
}

/** The concerns about targets that no runner has looked at, as far as none of them has said so. */
function unsaid(
  { unobserved = new Map<string, Concern>() }: Expected,
  plan: MergedParts,
): readonly Concern[] {
  const known = new Set([
    ...plan.targets.map(({ name }) => name),
    ...plan.concerns.map(({ message }) => message),
  ]);
  return [...unobserved].flatMap(([name, one]) => (known.has(name) || known.has(one.message) ? [] : [one]));
}

/** @param count how many files were given */
function missingTargets({ targets }: Expected, plan: MergedParts, count: number): readonly Concern[] {
  const known = new Set([
    ...plan.targets.map(({ name }) => name),
    ...plan.concerns.flatMap(({ id, target }) => (id === 'target.unreachable' ? (target ?? []) : [])),
  ]);
  const where =
    count === 0
      ? 'there, as no plan file was found'
      : `in ${count === 1 ? 'the file' : `any of the ${count} files`}`;
  return targets
    .filter((name) => !known.has(name))
    .map((target) =>
      concern('target.missing', {
        message: `no plan of target ${target} is ${where}: its runner has failed, or its plan was not given`,
        remedy: 'look at the log of its runner, and run it again',
        target,
        code: 'PLAN_MISSING',
      }),
    );
}

function concern(
  id: keyof typeof CONCERNS,
  words: Pick<Concern, 'message' | 'remedy' | 'target' | 'code'>,
): Concern {
  return { id, severity: CONCERNS[id].severity, ...words };
}

/** Names the targets of plans: `target a`, `targets a, b and 3 more`. */
function targetsOf(runners: readonly RunnerPlan[]): string {
  const names = runners.flatMap(({ plan }) => plan.targets.map(({ name }) => name)).toSorted(byText);
  return `${names.length === 1 ? 'target' : 'targets'} ${summarizeList(names)}`;
}

/** The different values of items, sorted. */
function valuesOf<T>(items: readonly T[], value: (item: T) => string | undefined): readonly string[] {
  return [...new Set(items.flatMap((item) => value(item) ?? []))].toSorted(byText);
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...groupBy(items, keyOf).values()].flatMap((same) => same.slice(0, 1));
}

import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { CONCERNS } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { byText } from '../../core/lists.ts';
import type { Plan } from '../../core/plan.ts';
import { loadTargets } from '../../manifest/load.ts';
import { type Expected, mergeRunnerPlans, type RunnerPlan } from '../../plan/merge.ts';
import { withWholePolicies } from '../../plan/merge-policies.ts';
import { isFolder, readLimited } from '../files.ts';
import type { InvalidManifests } from '../manifests.ts';
import { matcher, requireMatch } from '../name-patterns.ts';
import { findOptionalProjectFile } from '../project-files.ts';
import { concernOfUnobservedTarget } from '../selection.ts';
import { loadPolicies } from './policies.ts';
import { readPlanFile } from './saved-plan.ts';
import { listTargets, type TargetListOptions } from './target-list.ts';

/** What the plans of the runners should be. */
export interface MergeOptions extends TargetListOptions {
  /** The output of `landfall targets --format json`, instead of the project. */
  readonly expect?: string;
  /** A git revision whose policies hold too. */
  readonly policiesFrom?: string;
}

/** The merged plan, or the problems of the manifests. */
export type MergeResult =
  | InvalidManifests
  | {
      readonly kind: 'merged';
      readonly plan: Plan;
      /** The targets that a comment on a pull request is about. */
      readonly selected: readonly string[];
      /** Why files were not merged, in the order of the files. */
      readonly errors: readonly LandfallError[];
    };

/**
 * Reads the saved plans of runners, and makes one plan of them. Asks no account.
 * @param paths files, and folders with files that end in `.plan`
 * @throws LandfallError FILE_UNREADABLE where the file of `--expect` cannot be read, and what `listTargets` and policies throw
 */
export async function mergePlanFiles(
  workspace: Workspace,
  paths: readonly string[],
  options: MergeOptions = {},
): Promise<MergeResult> {
  const expected = await readExpected(workspace, options);
  if ('kind' in expected) return expected;
  const runners: RunnerPlan[] = [];
  const errors: LandfallError[] = [];
  for (const file of await planFilesIn(workspace, paths)) {
    try {
      // One after the other: of each, only the plan is kept.
      const { plan, narrowedTo } = await readPlanFile(workspace, file);
      runners.push({ file, plan, ...(narrowedTo !== undefined && { narrowedTo }) });
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      errors.push(error);
    }
  }
  const merged = mergeRunnerPlans(expected, runners, errors.map(unreadable));
  const plan = await checkWholePlan(workspace, merged, options);
  return { kind: 'merged', plan, selected: expected.selected, errors };
}

function unreadable({ code, message, remedy }: LandfallError): Concern {
  const id = 'plan.unreadable';
  const { severity } = CONCERNS[id];
  return { id, severity, code, message, ...(remedy !== undefined && { remedy }) };
}

/** Lists plan files, each once, sorted. A folder has those of its folders too, as a download of artifacts has. */
async function planFilesIn({ host }: Workspace, paths: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    const found = resolve(host.cwd, path);
    if (!isFolder(found)) files.add(path);
    else {
      // Links to folders are not followed.
      for (const entry of await readdir(found, { recursive: true, withFileTypes: true }))
        if (entry.name.endsWith('.plan') && !entry.isDirectory())
          files.add(join(path, relative(found, entry.parentPath), entry.name));
    }
  }
  return [...files].toSorted(byText);
}

interface ExpectedTargets extends Expected {
  /** The targets that a comment on a pull request is about. */
  readonly selected: readonly string[];
}

async function readExpected(
  workspace: Workspace,
  options: MergeOptions,
): Promise<ExpectedTargets | InvalidManifests> {
  if (options.expect !== undefined) {
    const all = await readExpectedFile(workspace, options.expect);
    requireMatch('TARGET_UNKNOWN', 'target', options.target, all.selected);
    const isWanted = matcher(options.target) ?? (() => true);
    return {
      ...all,
      ...{ targets: all.targets.filter(isWanted), selected: all.selected.filter(isWanted) },
      ...(options.target !== undefined && { unobserved: new Map() }),
    };
  }
  const found = await listTargets(workspace, options);
  if (found.kind === 'invalid') return found;
  const { project, commit, selected, targets } = found.list;
  return {
    ...{ project, selected, targets: targets.map(({ name }) => name) },
    waves: new Map(targets.map(({ name, waves }) => [name, waves])),
    unobserved: found.unobserved,
    ...(commit !== undefined && { commit }),
  };
}

/** Most bytes of a list of targets: ten thousand take about 5 MB. */
const MAX_LIST_BYTES = 50 * 1024 * 1024;

/** Reads what `landfall targets --format json` has printed, which may come from anywhere. */
async function readExpectedFile({ host }: Workspace, file: string): Promise<ExpectedTargets> {
  const wrong = (what: string, cause?: unknown): LandfallError =>
    new LandfallError('FILE_UNREADABLE', `${file} is no list of targets: ${what}`, {
      remedy: 'give --expect what `landfall targets --format json` has printed',
      cause,
    });
  const bytes = await readLimited(resolve(host.cwd, file), MAX_LIST_BYTES, wrong);
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw wrong('it is incomplete or not JSON', cause);
  }
  const { format_version: version, project, commit, selected, targets, unused } = asRecord(data);
  if (typeof version !== 'string' || !version.startsWith('1.'))
    throw wrong('it has no format version that this landfall reads');
  if (!isName(project)) throw wrong('it names no project');
  const names = Array.isArray(targets) ? targets.map((target) => asRecord(target)['name']) : [];
  if (!Array.isArray(targets) || !names.every(isName))
    throw wrong('it has no list of targets with a name each');
  if (!Array.isArray(selected) || !selected.every(isName)) throw wrong('it has no list of selected targets');
  return {
    ...{ project, selected, targets: names },
    unobserved: new Map(
      (Array.isArray(unused) ? unused.filter(isName) : []).map((name) => [
        name,
        concernOfUnobservedTarget(name),
      ]),
    ),
    waves: new Map(
      targets.map((target) => {
        const { name, waves } = asRecord(target);
        return [String(name), Array.isArray(waves) ? waves.filter((wave) => typeof wave === 'string') : []];
      }),
    ),
    ...(typeof commit === 'string' && /^[0-9a-f]{7,64}$/.test(commit) && { commit }),
  };
}

function asRecord(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{1,63}$/.test(value);
}

/**
 * Checks the policies of the project on the merged plan: some are about the plan as a whole, which no runner has seen. Without
 * a project file, what the runners have found stays.
 */
async function checkWholePlan(workspace: Workspace, plan: Plan, options: MergeOptions): Promise<Plan> {
  const projectFile = findOptionalProjectFile(workspace);
  if (projectFile === undefined) return plan;
  // Places in saved plans are relative to the folder of the project.
  const { found } = loadTargets(projectFile, dirname(projectFile));
  if (found === undefined || found.project !== plan.project) return plan;
  const desired = { policies: found.policies };
  const { policies } = await loadPolicies(workspace, { desired, projectFile }, options);
  if (policies === undefined) return plan;
  return withWholePolicies(plan, new Set(policies.names), policies.check);
}

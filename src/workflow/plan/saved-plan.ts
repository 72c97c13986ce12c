import { resolve } from 'node:path';
import type { ApplyReport, ChangedPrecondition, Freshness } from '../../core/apply-result.ts';
import type { Workspace } from '../../core/environment.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { isExecutable, type Plan } from '../../core/plan.ts';
import type { ObserveScope } from '../../core/observed.ts';
import type { Policy } from '../../core/results/policy.ts';
import { escapeJson, hideSecrets } from '../../core/text.ts';
import { displayInstant } from '../../core/time.ts';
import { loadTargets } from '../../manifest/load.ts';
import { formatSavedPlan, invalidPlanFile, parseSavedPlan } from '../../plan/saved/file.ts';
import {
  changedPreconditions,
  changeKey,
  changedProject,
  type SavedPlan,
  targetsWithChanges,
} from '../../plan/saved/preconditions.ts';
import { SERVICES } from '../../providers/registry.ts';
import { type Accounts, type Observation, openAccounts, type TargetScope } from '../accounts.ts';
import { readLimited } from '../files.ts';
import { writeOutput } from '../output-files.ts';
import type { Manifests } from '../manifests.ts';
import { findProjectFile } from '../project-files.ts';
import type { Narrowing, Selection } from '../selection.ts';
import { checkPolicies } from './policies.ts';
import { savedPlanValidators } from './saved-plan-validators.ts';

/** A hundred thousand changes take about 100 MB. */
const MAX_PLAN_BYTES = 200 * 1024 * 1024;

/**
 * Saves a plan to a file, completely or not at all. Only its owner may read the file, which lists VMs of a data centre.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writePlanFile({ host }: Workspace, file: string, saved: SavedPlan): Promise<void> {
  await writeOutput(host, file, hideSecrets(escapeJson(formatSavedPlan(saved))), 0o600);
}

/**
 * Reads a plan file.
 * @throws LandfallError FILE_UNREADABLE, or PLAN_FILE_INVALID if it holds anything but a plan that landfall wrote
 */
export async function readPlanFile({ host }: Workspace, file: string): Promise<SavedPlan> {
  return parseSavedPlan(await readPlanText(resolve(host.cwd, file), file), file, savedPlanProblem, SERVICES);
}

async function readPlanText(path: string, shown: string): Promise<string> {
  const bytes = await readLimited(path, MAX_PLAN_BYTES, (what, cause) =>
    cause === undefined
      ? invalidPlanFile(shown, what.replace(/^it /, ''))
      : new LandfallError('FILE_UNREADABLE', `plan file ${shown} cannot be read: ${what}`, {
          remedy: 'give the file that `landfall plan --out FILE` wrote',
          cause,
        }),
  );
  return bytes.toString('utf8');
}

/** Returns the first problem of a saved plan by its schema, in words. */
export function savedPlanProblem(data: unknown): string | undefined {
  const validate = savedPlanValidators.get('saved-plan');
  if (validate(data)) return undefined;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath === '' ? 'the whole' : (error?.instancePath ?? '');
  return `${where} ${error?.message ?? 'does not fit the schema'}`;
}

/**
 * Reads a saved plan and checks whether it could still be applied; away from its project or the credentials this stays
 * unknown.
 * @throws LandfallError FILE_UNREADABLE or PLAN_FILE_INVALID
 */
export async function showSavedPlan(
  workspace: Workspace,
  file: string,
): Promise<{ readonly plan: Plan; readonly freshness: Freshness }> {
  const saved = await readPlanFile(workspace, file);
  return { plan: saved.plan, freshness: await freshnessOf(workspace, saved) };
}

async function freshnessOf(workspace: Workspace, saved: SavedPlan): Promise<Freshness> {
  const freshness = (drift: readonly ChangedPrecondition[]): Freshness => ({
    status: drift.length > 0 ? 'stale' : 'fresh',
    drift,
  });
  if (saved.preconditions.length === 0) return freshness([]);
  try {
    const { scope, drift, policies } = findChangedProject(workspace, saved);
    if (drift.length > 0) return freshness(drift);
    await using accounts = await openAccounts(workspace, scope);
    const { changed, unreachable, observed } = await findChangedPreconditions(saved, accounts);
    const checked = await checkPolicies(workspace, scope.projectFile, policies, saved.plan, observed);
    const refused = endingOfChangedPolicies(saved.plan, checked, '')?.drift ?? [];
    const [first] = unreachable;
    if (changed.length + refused.length > 0 || first === undefined)
      return freshness([...changed, ...refused]);
    return { status: 'unchecked', drift: [], reason: first.message };
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return { status: 'unchecked', drift: [], reason: error.message };
  }
}

/**
 * Compares a saved plan with the project file as it is now. The wave files are not read: what was reviewed is what runs.
 * @returns what has changed, the targets in which the plan changes something, and the policies
 * @throws LandfallError PROJECT_NOT_FOUND or MANIFESTS_INVALID
 */
export function findChangedProject(
  workspace: Workspace,
  { plan }: SavedPlan,
): {
  readonly scope: TargetScope;
  readonly drift: readonly ChangedPrecondition[];
  readonly policies: readonly Policy[];
} {
  const projectFile = findProjectFile(workspace);
  const { found, concerns } = loadTargets(projectFile, workspace.host.cwd);
  if (found === undefined) throw invalidProject(concerns[0]?.message ?? 'it is wrong');
  const { project, targets, policies } = found;
  const changing = new Set(targetsWithChanges(plan));
  return {
    scope: { project, projectFile, targets: targets.filter(({ name }) => changing.has(name)) },
    drift: changedProject(plan, project, targets),
    policies,
  };
}

function invalidProject(what: string): LandfallError {
  return new LandfallError('MANIFESTS_INVALID', `the project file has errors: ${what}`, {
    remedy: 'run `landfall validate`, which shows all of them with their places',
  });
}

/** Observes the accounts of a saved plan and compares those that can be read with what the plan was made from. */
export async function findChangedPreconditions(
  saved: SavedPlan,
  { observe, traits }: Accounts,
): Promise<Observation & { readonly changed: readonly ChangedPrecondition[] }> {
  const observation = await observe(scopeOfPlan(saved.plan));
  return { ...observation, changed: changedPreconditions(saved, observation.observed, traits) };
}

/**
 * What to observe for a plan, as the wave files are not read: waves with a step in it as closely as the last phase needs,
 * and jobs without an owner where the plan adopts one.
 */
function scopeOfPlan({ changes }: Plan): Omit<ObserveScope, 'project'> {
  const steps = changes.filter(({ action }) => action === 'advance');
  const adopt = changes.some(({ fields }) =>
    fields.some(({ field, before }) => field === 'owner' && before === undefined),
  );
  const vms = changes.map(({ serverId, settings }) => ({ reference: { serverId }, settings }));
  return { phases: new Map(steps.map(({ wave }) => [wave, 'archive'])), adopt, vms };
}

/** Narrows a run as a saved plan was: by what the project still has of its targets, and by its waves and VMs. */
export function narrowedAs<Options extends Selection>(
  { plan, narrowedTo = {} }: SavedPlan,
  { desired }: Manifests,
  options: Options,
): { readonly selection: Options; readonly narrowing: Narrowing } {
  const { targets, waves, vms } = narrowedTo;
  const known = new Set(desired.targets.map(({ name }) => name));
  return {
    selection: { ...options, ...(targets && { target: targets.filter((name) => known.has(name)) }) },
    narrowing: {
      targets: new Set(plan.targets.map(({ name }) => name)),
      ...(waves && { waves: new Set(waves) }),
      ...(vms && { vms: new Set(vms) }),
    },
  };
}

/** How a run ends whose saved plan is stale. */
export function endingOfStalePlan(
  plan: Plan,
  file: string,
  drift: readonly ChangedPrecondition[],
): ApplyReport {
  const { validUntil } = plan;
  const isOver = validUntil !== undefined && drift.some((each) => each.what === 'window');
  const resources = drift.length === 1 ? '1 resource in it has' : `${drift.length} resources in it have`;
  const what = isOver
    ? `it held until ${displayInstant(validUntil)}, when a window shut`
    : `${resources} changed`;
  const error = {
    code: 'PLAN_STALE',
    message: `the plan in ${file} is stale: ${what}; nothing was done`,
    remedy: 'plan again and review the new plan',
  };
  return { exitCode: EXIT.stale, plan, drift, error };
}

/** How a run ends whose own plan is not the reviewed one. */
export function endingOfOtherPlan(
  plan: Plan,
  file: string,
  drift: readonly ChangedPrecondition[],
): ApplyReport {
  const error = {
    code: 'PLAN_DIFFERS',
    message: `the commit that is checked out does not make the plan in ${file}; nothing was done`,
    remedy:
      'plan again and review the new plan; a plan that was made with flags such as --confirm-finalize or --force needs the same flags here',
  };
  return { exitCode: EXIT.stale, plan, drift, error };
}

/**
 * How a run ends whose saved plan does not meet the policies of the project as they are now. Otherwise undefined.
 * @param checked the plan with what policies block now
 */
export function endingOfChangedPolicies(plan: Plan, checked: Plan, file: string): ApplyReport | undefined {
  const blocked = checked.changes.filter(
    (change, index) => !isExecutable(change) && plan.changes.slice(index, index + 1).some(isExecutable),
  );
  const [first] = blocked;
  if (first === undefined) return undefined;
  const stopped = new Set(blocked.map(changeKey));
  const violated = checked.concerns.filter(
    ({ id: name, severity, target = '', address }) =>
      name.startsWith('policy.') &&
      severity === 'critical' &&
      (address === undefined || stopped.has(changeKey({ target, address }))),
  );
  const { id = 'policies.violated', message = '' } = violated[0] ?? {};
  const drift = violated.map(({ id: what, target, address }): ChangedPrecondition => {
    const about = address === undefined ? {} : { ...(target !== undefined && { target }), address };
    return { ...about, what, planned: 'met', now: 'violated' };
  });
  const error = {
    code: id,
    message: `the plan in ${file} does not meet the policies of the project as they are now: ${message}; nothing was done`,
    remedy: 'plan again and review the new plan',
  };
  return { exitCode: EXIT.refused, plan: checked, drift, error };
}

import { realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Desired } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { Stage } from '../../core/journey.ts';
import type { Observed } from '../../core/observed.ts';
import type { Change, Plan } from '../../core/plan.ts';
import type { Policy, Violation } from '../../core/results/policy.ts';
import { planData } from '../../core/results/plan-data.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Instant } from '../../core/time.ts';
import type { LoadResult } from '../../manifest/load.ts';
import { withPolicies } from '../../plan/index.ts';
import type { PlanInput } from '../../plan/input.ts';
import type { JsonSchema } from '../../policy/types.ts';
import { currentCommit } from '../git/current-commit.ts';
import { loadProjectAt } from '../git/manifests-at-revision.ts';
import { findRepository } from '../git/repository.ts';
import type { Manifests } from '../manifests.ts';
import { projectFilePlaces } from '../project-files.ts';
import { schemaText, version } from '../shipped-files.ts';

/** Which policies hold for a run. */
export interface PolicyOptions {
  /** Policies that block nothing, by name; with the reason. */
  readonly overridePolicy?: readonly string[];
  readonly reason?: string;
  /** A git revision whose policies hold too, whatever the project file on disk says of them. */
  readonly policiesFrom?: string;
}

/**
 * Loads what finds the policies that a plan does not meet; nothing where the project has none: most have not, and load no
 * evaluator.
 * @throws LandfallError USAGE for a policy to set aside that the project does not have, or without a reason; MANIFESTS_INVALID
 *   where the project at the revision has errors
 */
export async function loadPolicies(
  workspace: Workspace,
  { desired, projectFile }: Pick<Manifests, 'projectFile'> & { readonly desired: Pick<Desired, 'policies'> },
  options: PolicyOptions,
): Promise<{
  readonly policies?: NonNullable<PlanInput['policies']> & { readonly names: readonly string[] };
}> {
  const { policiesFrom } = options;
  const ofBase = policiesFrom === undefined ? [] : await policiesAt(workspace, projectFile, policiesFrom);
  const policies = withThoseOf(ofBase, desired.policies ?? []);
  const overrides = overridesOf(policies, options);
  if (policies.length === 0) return {};
  const names = policies.map(({ name }) => name);
  return { policies: { check: await checkOf(workspace, projectFile, policies), overrides, names } };
}

/** Returns a saved plan with what the policies of the project block of it now, but those that it has set aside. */
export async function checkPolicies(
  workspace: Workspace,
  projectFile: string,
  policies: readonly Policy[],
  plan: Plan,
  observed: ReadonlyMap<string, Observed>,
): Promise<Plan> {
  if (policies.length === 0) return plan;
  const check = await checkOf(workspace, projectFile, policies);
  // What they said of the plan when it was saved, they say again.
  const names = new Set<string>(policies.map(({ name }) => `policy.${name}`));
  const concerns = plan.concerns.filter(({ id }) => !names.has(id));
  const at = Math.max(plan.at, ...[...observed.values()].map((account) => account.at));
  return withPolicies({ ...plan, at, concerns }, { check, overrides: plan.policyOverrides ?? [] });
}

/**
 * Lists why policies would refuse the cut-over of a wave when it begins. A plan before that time does not say so: policies are
 * about the steps that it would take, and these still wait.
 * @param plan as if the manifests had the phase cutover
 */
export function refusalsOfCutover(
  plan: Plan,
  wave: string,
  at: Instant,
  { check, overrides }: NonNullable<PlanInput['policies']>,
): readonly string[] {
  const changes = plan.changes.map((change): Change => {
    const isLeft = change.action !== 'no-op' && change.action !== 'delete' && !BEGUN.has(stageOf(change));
    if (change.wave !== wave || !isLeft) return change;
    const facts = { stage: 'waiting', ...change.facts, stepName: 'start-cutover' } as const;
    return { ...change, action: 'advance', facts, blockedBy: [] } as Change;
  });
  const found = check({ ...plan, at, changes }).filter(({ policy, change, isFailure }) => {
    const isAbout = change === undefined || changes[change]?.wave === wave;
    const isCritical = isFailure === true || policy.severity === 'critical';
    return isAbout && isCritical && !overrides.some((one) => one.policy === policy.name);
  });
  const fix = (remedy?: string): string => (remedy === undefined ? '' : `. Fix: ${remedy}`);
  return [
    ...new Set(
      found.map(
        ({ policy, message }) => `Policy ${policy.name} refuses it then: ${message}${fix(policy.remedy)}`,
      ),
    ),
  ];
}

/** The stages of VMs whose cut-over has begun. */
const BEGUN: ReadonlySet<Stage> = new Set(['cutting-over', 'cut-over', 'finalized', 'archived']);

function stageOf({ facts }: Change): Stage {
  return facts?.stage ?? 'waiting';
}

async function checkOf(
  workspace: Workspace,
  projectFile: string,
  policies: readonly Policy[],
): Promise<NonNullable<PlanInput['policies']>['check']> {
  const [{ Policies }, commit] = await Promise.all([
    import('../../policy/index.ts'),
    currentCommit(workspace, dirname(projectFile)),
  ]);
  const evaluator = new Policies(JSON.parse(schemaText('plan')) as JsonSchema);
  const origin = { ...(commit !== undefined && { commit }), version: version() };
  return (plan) => onceEach(evaluator.evaluate(policies, planData({ ...plan, origin })));
}

/** Reads the policies of a revision: a request that changes its own project file cannot loosen them. */
async function policiesAt(
  workspace: Workspace,
  projectFile: string,
  revision: string,
): Promise<readonly Policy[]> {
  const { top } = await findRepository(workspace.host, dirname(projectFile));
  for (const place of projectFilePlaces(workspace, projectFile, top)) {
    const found = await loadProjectAt(workspace, place, revision).catch((error: unknown) => {
      if (error instanceof LandfallError && error.code === 'PROJECT_NOT_FOUND') return undefined;
      throw error;
    });
    if (found !== undefined) return policiesIn(found.loaded, revision);
  }
  const { host } = workspace;
  const folder = dirname(projectFile);
  // A link that a branch has put in the place of the project's folder would hide the project of the base.
  if (realpathSync(folder) !== resolve(realpathSync(host.cwd), relative(host.cwd, folder)))
    throw new LandfallError(
      'PROJECT_NOT_FOUND',
      `there is no ${relative(top, realpathSync(folder))} with a project at ${JSON.stringify(revision)}, and --project leads to it through a symbolic link`,
      { remedy: 'find out who added the link, or give --project the path without it' },
    );
  // A project that is new has no policies there yet.
  return [];
}

function policiesIn({ desired, partial, concerns }: LoadResult, revision: string): readonly Policy[] {
  const project = desired ?? partial;
  if (project !== undefined) return project.policies ?? [];
  const { place, message = '' } = concerns.find(({ severity }) => severity === 'error') ?? {};
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
  const errors = `the project file at ${JSON.stringify(revision)} has errors: ${where}${message}`;
  throw new LandfallError('MANIFESTS_INVALID', errors, {
    remedy:
      'its policies cannot be read: fix the project file there, or give another revision with --policies-from',
  });
}

/** Lists the policies of the base, and those of the project that are new or say something else. */
function withThoseOf(ofBase: readonly Policy[], own: readonly Policy[]): readonly Policy[] {
  const rule = ({ name, scope, expression, severity }: Policy): string =>
    JSON.stringify([name, scope, expression, severity]);
  const known = new Set(ofBase.map(rule));
  return [...ofBase, ...own.filter((policy) => !known.has(rule(policy)))];
}

/** Leaves out what a policy of the project says after one of the base has said it: both have one name. */
function onceEach(violations: readonly Violation[]): readonly Violation[] {
  const said = new Set<string>();
  return violations.filter(({ policy: { name, severity }, change, isFailure }) => {
    const key = JSON.stringify([name, severity, isFailure, change]);
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}

function overridesOf(
  policies: readonly Policy[],
  { overridePolicy = [], reason = '' }: PolicyOptions,
): NonNullable<PlanInput['policies']>['overrides'] {
  if (overridePolicy.length > 0 && reason.trim() === '')
    throw new LandfallError('USAGE', '--override-policy and --reason go together', {
      remedy: 'give both: the name of the policy, and why it blocks nothing in this run',
    });
  const names = policies.map(({ name }) => name);
  return [...new Set(overridePolicy)].map((policy) => {
    if (names.includes(policy)) return { policy, reason };
    throw new LandfallError('USAGE', `the project has no policy ${JSON.stringify(policy)}`, {
      remedy: didYouMean(
        policy,
        names,
        names.length === 0
          ? 'remove --override-policy: the project has no policies'
          : `it has ${names.join(', ')}`,
      ),
    });
  });
}

import { relative } from 'node:path';
import type { Concern } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { Policy } from '../../core/results/policy.ts';
import type {
  PolicyCaseResult,
  PolicyExpectation,
  PolicyOutcome,
  PolicyTestReport,
} from '../../core/results/policy-test.ts';
import { loadPolicyTests } from '../../manifest/policy-tests/read.ts';
import { Policies } from '../../policy/index.ts';
import type { JsonSchema } from '../../policy/types.ts';
import { matcher, requireMatch } from '../name-patterns.ts';
import { findProjectFile } from '../project-files.ts';
import { schemaText } from '../shipped-files.ts';
import { PlansOfCases, UnreadablePlan } from './policy-test-plans.ts';

/** The results of tests, or what is wrong with the project file, the tests or their plans. */
type PolicyTestResult =
  | { readonly kind: 'tested'; readonly report: PolicyTestReport }
  | { readonly kind: 'invalid'; readonly concerns: readonly Concern[]; readonly files: readonly string[] };

/**
 * Evaluates the policies of the project on the plans of their tests. Needs no network and no credentials.
 * @param paths files and folders of tests; absent: all below the folder of the project
 * @param policy names or globs of the policies that are tested; absent: all
 * @throws LandfallError USAGE where there are no policies or no tests, or for a pattern that fits no policy
 */
export async function testPolicies(
  workspace: Workspace,
  paths: readonly string[] | undefined,
  { policy }: { readonly policy?: readonly string[] },
): Promise<PolicyTestResult> {
  const { cwd } = workspace.host;
  const projectFile = findProjectFile(workspace);
  const { project, cases, files, concerns } = loadPolicyTests(projectFile, cwd, paths);
  if (project === undefined || concerns.some(({ severity }) => severity === 'error'))
    return { kind: 'invalid', concerns, files };
  if (project.policies.length === 0)
    throw new LandfallError('USAGE', `${relative(cwd, projectFile)} has no policies to test`, {
      remedy: 'add some under `policies:`; docs/policies.md has examples',
    });
  if (files.length === 0)
    throw new LandfallError('USAGE', 'there are no tests of policies', {
      remedy: 'write one into a file that ends in .policy-test.yaml; docs/policies.md shows how',
    });
  const names = project.policies.map(({ name }) => name);
  requireMatch('USAGE', 'policy', policy, names);
  const isWanted = matcher(policy, names) ?? (() => true);
  const plans = new PlansOfCases(workspace);
  const evaluator = new Policies(JSON.parse(schemaText('plan')) as JsonSchema);
  const byName = new Map(project.policies.map((one) => [one.name, one]));
  const results: PolicyCaseResult[] = [];
  const unreadable: Concern[] = [];
  for (const each of cases) {
    const expectations = each.expectations.filter((one) => isWanted(one.policy));
    if (expectations.length === 0) continue;
    try {
      const plan = await plans.planOf(each);
      const outcomes = expectations.flatMap((one) => {
        const found = byName.get(one.policy);
        return found === undefined ? [] : outcomeOf(evaluator, found, one, plan);
      });
      results.push({ name: each.name, place: each.place, outcomes });
    } catch (error) {
      if (!(error instanceof UnreadablePlan)) throw error;
      unreadable.push(...error.concerns.filter((concern) => !unreadable.includes(concern)));
    }
  }
  if (unreadable.length > 0) return { kind: 'invalid', concerns: unreadable, files };
  if (results.length === 0)
    throw new LandfallError('USAGE', `no test is about ${names.filter(isWanted).join(', ')}`, {
      remedy: 'add a case that expects something of it, or give another --policy',
    });
  const all = results.flatMap(({ outcomes }) => outcomes);
  return {
    kind: 'tested',
    report: {
      project: project.name,
      policies: project.policies
        .filter(({ name }) => isWanted(name))
        .map(({ name, place }) => ({
          ...{ name, place },
          expectations: all.filter((outcome) => outcome.policy === name).length,
        })),
      cases: results,
    },
  };
}

function outcomeOf(
  evaluator: Policies,
  policy: Policy,
  expected: PolicyExpectation,
  plan: Readonly<Record<string, unknown>>,
): PolicyOutcome {
  const { result, message, changes, reads } = evaluator.explain(policy, plan);
  const isMet =
    result === expected.result && (expected.message === undefined || expected.message === message);
  const list = plan['changes'] as readonly { readonly address?: string }[];
  return {
    ...expected,
    isMet,
    got: {
      result,
      ...(message !== undefined && { message }),
      changes: changes.map((index) => list[index]?.address ?? `change ${index + 1}`),
    },
    reads: isMet ? [] : reads,
  };
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Concern, raiseUnreachable } from '../../src/core/concern.ts';
import { LandfallError } from '../../src/core/error.ts';
import type { DesiredVm } from '../../src/core/desired.ts';
import { toAddress } from '../../src/core/names.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Policy, Violation } from '../../src/core/results/policy.ts';
import { planProject } from '../../src/plan/index.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { mergeRunnerPlans, type RunnerPlan } from '../../src/plan/merge.ts';
import { withWholePolicies } from '../../src/plan/merge-policies.ts';
import { tries } from '../setup/tries.ts';
import {
  job,
  NOW,
  observe,
  PROJECT,
  raised,
  RULES,
  server,
  short,
  target,
  traitsOf,
  vm,
  wave,
} from './plan-input.ts';

const KINDS = ['new', 'same', 'slower', 'gone', 'unknown', 'refused', 'stopped'] as const;

interface TargetSample {
  readonly kinds: readonly (typeof KINDS)[number][];
  readonly cap: number;
  readonly seconds: number;
}

const targetSamples: fc.Arbitrary<readonly TargetSample[]> = fc.array(
  fc.record({
    kinds: fc.array(fc.constantFrom(...KINDS), { maxLength: 8 }),
    cap: fc.integer({ min: 1, max: 5 }),
    seconds: fc.integer({ min: 0, max: 90 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** A project of targets in regions of their own, a wave each. */
function projectOf(samples: readonly TargetSample[]): PlanInput {
  const vms: DesiredVm[] = [];
  const concerns: Concern[] = [
    { id: 'wave.not-looked-at', severity: 'warning', message: 'of the whole project' },
    { id: 'wave.not-looked-at', severity: 'warning', message: 'of the whole project' },
  ];
  const observed = new Map<string, ReturnType<typeof observe>>();
  samples.forEach(({ kinds, seconds }, number) => {
    const jobs: ObservedJob[] = [];
    const names: string[] = [];
    kinds.forEach((kind, index) => {
      const name = `vm-${number}-${index}`;
      const own = { wave: `wave-${number}`, target: `target-${number}` };
      const has = { owner: { project: PROJECT, wave: own.wave } };
      if (kind !== 'unknown') names.push(name);
      if (kind !== 'gone')
        vms.push(
          vm(name, {
            ...own,
            ...(kind === 'slower' && { settings: { frequency: 24, licenseType: 'BYOL' } }),
          }),
        );
      if (kind === 'refused')
        concerns.push({
          ...{ id: 'licence.linux-aws', severity: 'critical', message: 'no' },
          address: toAddress(`${own.wave}/${name}`),
        });
      if (['same', 'slower', 'gone'].includes(kind)) jobs.push(job(name, has));
      if (kind === 'stopped') jobs.push(job(name, { ...has, state: 'failed' }));
    });
    const servers = names.map((name) => server(name));
    observed.set(`target-${number}`, observe({ at: NOW + seconds * 1000, servers, jobs }));
  });
  const names = samples.map((_, number) => `target-${number}`);
  return {
    desired: {
      project: PROJECT,
      defaultTarget: '',
      targets: samples.map(({ cap }, number) => ({
        ...target(`target-${number}`, cap),
        region: `region-${number}`,
      })),
      waves: samples.map((_, number) => wave(`wave-${number}`, undefined, `target-${number}`)),
      vms,
      windows: [],
    },
    concerns,
    observed,
    traits: new Map(names.map((name) => [name, traitsOf(RULES)])),
  };
}

const ORIGIN = { version: '1.2.3', commit: 'a'.repeat(40) };

/** The plan of a runner that sees some of the targets. */
function runner(input: PlanInput, names: readonly string[], file = `${names.join('+')}.plan`): RunnerPlan {
  const observed = new Map([...input.observed].filter(([name]) => names.includes(name)));
  return { file, plan: { ...planProject({ ...input, observed }), origin: ORIGIN } };
}

const targetsOf = (input: PlanInput): readonly string[] => input.desired.targets.map(({ name }) => name);
const expectedOf = (input: PlanInput) => ({
  project: PROJECT,
  commit: ORIGIN.commit,
  targets: targetsOf(input),
});

const THREE = projectOf([
  { kinds: ['new', 'same'], cap: 5, seconds: 0 },
  { kinds: ['slower'], cap: 5, seconds: 5 },
  { kinds: ['new', 'refused'], cap: 5, seconds: 9 },
]);
const [FIRST, SECOND, THIRD] = targetsOf(THREE).map((name) => runner(THREE, [name])) as [
  RunnerPlan,
  RunnerPlan,
  RunnerPlan,
];
const EXPECTED = expectedOf(THREE);
const messages = ({ concerns }: Plan, id: Concern['id']): readonly string[] =>
  concerns.filter((one) => one.id === id).map(({ message }) => message);

describe('the plans of runners', () => {
  it('make the plan of one process, however the targets are spread and in whatever order they come', () => {
    const cases = targetSamples.chain((samples) =>
      fc.record({
        input: fc.constant(projectOf(samples)),
        groups: fc.array(fc.integer({ min: 0, max: 3 }), {
          minLength: samples.length,
          maxLength: samples.length,
        }),
        order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ input, groups, order }) => {
        const names = targetsOf(input);
        const runners = order.flatMap((group) => {
          const own = names.filter((_, index) => groups[index] === group);
          return own.length === 0 ? [] : [runner(input, own)];
        });
        expect(JSON.stringify(mergeRunnerPlans(expectedOf(input), runners))).toBe(
          JSON.stringify(mergeRunnerPlans(expectedOf(input), [runner(input, names)])),
        );
        const { origin, ...merged } = mergeRunnerPlans(expectedOf(input), runners);
        expect(origin).toEqual(ORIGIN);
        expect(merged).toEqual(planProject(input));
      }),
      tries(60),
    );
  });

  it('are a part of the whole where one is missing, which is named', () => {
    const merged = mergeRunnerPlans(EXPECTED, [THIRD, FIRST]);
    expect(messages(merged, 'target.missing')).toEqual([
      'no plan of target target-1 is in any of the 2 files: its runner has failed, or its plan was not given',
    ]);
    expect(short(merged)).toEqual([...short(FIRST.plan), ...short(THIRD.plan)]);
    const none = mergeRunnerPlans(EXPECTED, []);
    expect(raised(none)).toEqual(['target.missing', 'target.missing', 'target.missing']);
    expect(messages(none, 'target.missing')[0]).toContain(
      'target-0 is there, as no plan file was found: its runner',
    );
    expect(none.changes).toEqual([]);
  });

  it('keep what a runner says of a target that it could not read, unless another one could', () => {
    const error = new LandfallError('CREDENTIALS_REFUSED', 'no');
    const unreachable = [raiseUnreachable('target-1', { file: 'landfall.yaml', line: 1, column: 1 }, error)];
    const part: RunnerPlan = {
      ...FIRST,
      plan: { ...FIRST.plan, concerns: [...FIRST.plan.concerns, ...unreachable] },
    };
    const merged = mergeRunnerPlans(EXPECTED, [part, THIRD]);
    expect(raised(merged)).toContain('target.unreachable');
    expect(raised(merged)).not.toContain('target.missing');
    expect(mergeRunnerPlans(EXPECTED, [part, THIRD, SECOND])).toEqual(
      mergeRunnerPlans(EXPECTED, [FIRST, SECOND, THIRD]),
    );
  });

  it('count once where a file is there twice, and show the later one where two differ', () => {
    const all = mergeRunnerPlans(EXPECTED, [FIRST, SECOND, THIRD]);
    expect(mergeRunnerPlans(EXPECTED, [FIRST, SECOND, { ...FIRST, file: 'copy.plan' }, THIRD])).toEqual(all);
    const later = runner(
      {
        ...THREE,
        observed: new Map(
          [...THREE.observed].map(([name, each]) => [name, { ...each, at: each.at + 1000, jobs: [] }]),
        ),
      },
      ['target-1'],
      'later.plan',
    );
    for (const files of [
      [FIRST, SECOND, THIRD, later],
      [later, THIRD, SECOND, FIRST],
    ]) {
      const merged = mergeRunnerPlans(EXPECTED, files);
      expect(messages(merged, 'plan.twice')).toEqual([
        '2 plans are of target target-1, in later.plan, target-1.plan: the latest is shown',
      ]);
      expect(short(merged)).toContain('create wave-1/vm-1-0');
      expect(raised(merged)).not.toContain('target.missing');
    }
  });

  it('are named where they do not belong together', () => {
    const foreign: RunnerPlan = { file: 'foreign.plan', plan: { ...SECOND.plan, project: 'ucsd' } };
    const old: RunnerPlan = {
      file: 'old.plan',
      plan: { ...THIRD.plan, origin: { version: '1.2.2', commit: 'b'.repeat(40) } },
    };
    const merged = mergeRunnerPlans(EXPECTED, [FIRST, foreign, old]);
    expect(messages(merged, 'plan.other-project')).toEqual([
      'foreign.plan is a plan of project ucsd, not of ucop: it is left out',
    ]);
    expect(messages(merged, 'plan.other-commit')).toEqual([
      'the plan of target target-2 was made from commit bbbbbbbbbbbb, and expected is aaaaaaaaaaaa',
    ]);
    expect(messages(merged, 'plan.other-version')).toEqual([
      'the plans were made by 2 versions of landfall: 1.2.2 (target target-2), 1.2.3 (target target-0)',
    ]);
    expect(messages(merged, 'target.missing')).toHaveLength(1);
    expect(short(merged)).toEqual([...short(FIRST.plan), ...short(THIRD.plan)]);
    expect(merged).not.toHaveProperty('origin');
  });

  it('name each commit where none is expected', () => {
    const other: RunnerPlan = { ...SECOND, plan: { ...SECOND.plan, origin: { version: '1.2.3' } } };
    const expected = { project: PROJECT, targets: EXPECTED.targets };
    expect(messages(mergeRunnerPlans(expected, [FIRST, other, THIRD]), 'plan.other-commit')).toEqual([
      'the plan of target target-1 was made outside of a repository, and others were not',
      'the plan of targets target-0, target-2 was made from commit aaaaaaaaaaaa, and others were not',
    ]);
    expect(mergeRunnerPlans(expected, [FIRST, SECOND, THIRD]).concerns).toEqual(
      mergeRunnerPlans(EXPECTED, [FIRST, SECOND, THIRD]).concerns,
    );
  });
});

describe('policies on a merged plan', () => {
  const policy = (name: string, scope: Policy['scope']): Policy => ({
    ...{ name, scope, expression: 'true', message: `not ${name}`, severity: 'critical' },
    place: { file: 'landfall.yaml', line: 3, column: 5 },
  });
  const few = policy('few', 'plan');
  const named = policy('named', 'change');
  const count = ({ summary }: Plan): number => summary.create + summary.update;
  /** At most two changes; and no change of target-1. */
  const check = (plan: Plan): readonly Violation[] => [
    ...(count(plan) > 2 ? [{ policy: few, message: `${count(plan)} changes` }] : []),
    ...plan.changes.flatMap(({ target: name }, change) =>
      name === 'target-1' ? [{ policy: named, change, message: 'not this one' }] : [],
    ),
  ];
  const policies = { check, overrides: [] };
  const input: PlanInput = { ...THREE, policies };
  const runners = targetsOf(input).map((name) => runner(input, [name]));
  const merged = mergeRunnerPlans(EXPECTED, runners);
  const known = new Set(['few', 'named']);

  it('say of the whole what no runner could', () => {
    expect(raised(merged)).not.toContain('policy.few');
    const { origin, ...checked } = withWholePolicies(merged, known, check);
    expect(origin).toEqual(ORIGIN);
    expect(checked).toEqual(planProject(input));
    expect(raised(planProject(input))).toContain('policy.few');
  });

  it('keep what runners have found about changes, where the policies of the merge are looser or fewer', () => {
    const loose = withWholePolicies(merged, known, () => []);
    expect(raised(loose)).toEqual(raised(merged));
    expect(short(loose)).toEqual(short(merged));
    expect(loose.summary).toEqual(merged.summary);
    expect(withWholePolicies(merged, new Set(), () => [])).toEqual(merged);
  });
});

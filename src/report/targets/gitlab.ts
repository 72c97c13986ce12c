import { quoteShellWord } from '../../core/text.ts';
import type { TargetList, TargetOverview } from '../../core/results/targets.ts';

/** What the jobs of a child pipeline do, and where the rest of them is. */
export interface GitlabOptions {
  /** `plan`: each target is planned, and the plans are merged. `apply`: each is planned and applied, stage after stage. */
  readonly jobs: 'plan' | 'apply';
  /** A file of the repository with the hidden jobs `.landfall-plan` and `.landfall-apply`, from its top. */
  readonly include: string;
  /** The flags of the list: a pattern of `--target` each. */
  readonly target?: readonly string[];
}

type Job = Readonly<Record<string, unknown>>;

/**
 * A child pipeline of GitLab CI with a job for each target. A pipeline without jobs is an error there: without a target, one
 * job says so. Ends in a newline.
 * Source: GitLab Docs, "Downstream pipelines: dynamic child pipelines", and "CI/CD YAML syntax reference".
 */
export function renderTargetsGitlab(list: TargetList, options: GitlabOptions): string {
  const jobs = options.jobs === 'plan' ? planJobs(list, options) : applyJobs(list);
  const all = Object.keys(jobs).length > 0 ? jobs : nothingToDo(list);
  const stages = [...new Set(Object.values(all).map(({ stage }) => stage))];
  return [
    '# Made by `landfall targets --format gitlab`: change its flags, not this file.',
    ...yamlLines({
      include: [{ local: `/${options.include.replace(/^\/+/, '')}` }],
      workflow: { rules: [{ when: 'always' }] },
      stages,
      ...all,
    }),
    '',
  ].join('\n');
}

function planJobs(list: TargetList, options: GitlabOptions): Readonly<Record<string, Job>> {
  if (list.targets.length === 0) return {};
  const since = sinceFlags(list);
  const patterns = (options.target ?? []).flatMap((pattern) => ['--target', pattern]);
  return {
    ...Object.fromEntries(
      list.targets.map((target) => [`plan ${target.name}`, planJob(target, 'plan', since)]),
    ),
    merge: {
      extends: '.landfall-plan',
      stage: 'merge',
      // Also after a runner that has failed: what it should have planned is then named.
      rules: [{ when: 'always' }],
      timeout: '30 minutes',
      script: [
        // There is none if no runner has saved a plan.
        'mkdir -p landfall-plans',
        'rm -f landfall-plan.md',
        'code=0',
        `landfall merge landfall-plans${shellWords([...patterns, ...since])} --write markdown=landfall-plan.md || code=$?`,
        `if [ -z "\${GITLAB_TOKEN:-}" ]; then echo 'No comment: the CI/CD variable GITLAB_TOKEN is not set.'; elif [ -s landfall-plan.md ]; then landfall comment --file landfall-plan.md --if-missing skip; fi`,
        'exit "$code"',
      ],
      artifacts: { access: 'developer', when: 'always', expire_in: '30 days', paths: ['landfall-plan.md'] },
    },
  };
}

function planJob({ name }: TargetOverview, stage: string, since: readonly string[]): Job {
  const file = planFile(name);
  return {
    extends: '.landfall-plan',
    stage,
    rules: [{ when: 'on_success' }],
    timeout: '30 minutes',
    variables: { TARGET: name },
    script: [
      'mkdir -p landfall-plans',
      `rm -f ${file}`,
      `landfall plan \${LANDFALL_PLAN_FLAGS:-}${shellWords(['--target', name, ...since])} --out ${file}`,
    ],
    // Also of a plan that a guard refuses.
    artifacts: { access: 'developer', when: 'always', expire_in: '30 days', paths: [file] },
  };
}

function applyJobs(list: TargetList): Readonly<Record<string, Job>> {
  const since = sinceFlags(list);
  return Object.fromEntries(
    list.targets.flatMap((target) => {
      const { name, stage } = target;
      const outcome = `landfall-outcomes/${name}.json`;
      return [
        [`plan ${name}`, planJob(target, `plan-${stage}`, since)],
        [
          `apply ${name}`,
          {
            extends: '.landfall-apply',
            stage: `apply-${stage}`,
            needs: [`plan ${name}`],
            // Long waves take hours. One apply at a time for each target; the others wait.
            timeout: '2 hours',
            environment: name,
            resource_group: `landfall-${name}`,
            rules: [{ when: 'manual' }],
            variables: { TARGET: name },
            script: [
              'mkdir -p landfall-outcomes',
              `landfall apply ${planFile(name)} --verify \${LANDFALL_PLAN_FLAGS:-} --report ${outcome} --lock-timeout 10m`,
            ],
            artifacts: { access: 'developer', when: 'always', expire_in: '30 days', paths: [outcome] },
          },
        ],
      ];
    }),
  );
}

function nothingToDo({ changedSince }: TargetList): Readonly<Record<string, Job>> {
  const why = changedSince === undefined ? 'No target is used.' : 'No wave file has changed.';
  return {
    nothing: {
      stage: 'nothing',
      rules: [{ when: 'on_success' }],
      timeout: '10 minutes',
      variables: { GIT_STRATEGY: 'none' },
      script: [`echo '${why}'`],
    },
  };
}

function planFile(target: string): string {
  return `landfall-plans/${target}.plan`;
}

function sinceFlags({ changedSince }: TargetList): readonly string[] {
  return changedSince === undefined ? [] : ['--changed-since', changedSince];
}

/** Words for a shell, each with a space before it. In a script, GitLab itself replaces no variable. */
function shellWords(words: readonly string[]): string {
  return words.map((word) => ` ${quoteShellWord(word)}`).join('');
}

/** Data as YAML in block style; each text is quoted, so that none is taken for something else. */
function yamlLines(data: object, indent = ''): readonly string[] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) => {
    const name = `${indent}${/^\.?[a-z][a-z_-]*$/i.test(key) ? key : JSON.stringify(key)}:`;
    if (!isObject(value)) return [`${name} ${JSON.stringify(value)}`];
    if (!Array.isArray(value)) return [name, ...yamlLines(value, `${indent}  `)];
    return [name, ...value.map((item: unknown) => `${indent}  - ${JSON.stringify(item)}`)];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

// Each test is a process, and the machine may be busy.
jest.setTimeout(300_000);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PLAN = 'examples/ci/github/landfall-plan.yml';
const APPLY = 'examples/ci/github/landfall-apply.yml';
const DRIFT = 'examples/ci/github/landfall-drift.yml';
const GITLAB = 'examples/ci/gitlab/.gitlab-ci.yml';
const MANY = 'examples/ci/gitlab-many/.gitlab-ci.yml';
const STAGE = 'examples/ci/github-matrix/landfall-apply-stage.yml';

interface Break {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A part of what is said of it. */
  readonly says: string;
}

const BREAKS: Readonly<Record<string, Break>> = {
  'a key that is given twice': {
    file: PLAN,
    from: 'permissions: {}\n',
    to: 'permissions: {}\npermissions: {}\n',
    says: 'Map keys must be unique',
  },
  'a key that no workflow has': {
    file: PLAN,
    from: 'runs-on:',
    to: 'run-on:',
    says: '"runs-on" section is missing',
  },
  'a step that is not there': {
    file: DRIFT,
    from: 'steps.drift.outputs.has-drift',
    to: 'steps.draft.outputs.has-drift',
    says: 'property "draft" is not defined',
  },
  'an output that the action does not have': {
    file: PLAN,
    from: 'steps.plan.outputs.plan-file',
    to: 'steps.plan.outputs.plan',
    says: 'job plan asks for steps.plan.outputs.plan, and action.yml has no such output',
  },
  'an input that the action does not have': {
    file: PLAN,
    from: 'artifact-url: $',
    to: 'artefact-url: $',
    says: 'gives input artefact-url, which action.yml does not have',
  },
  'a command that the action does not have': {
    file: APPLY,
    from: 'command: show',
    to: 'command: shown',
    says: 'has command shown, and there is none',
  },
  'no command': {
    file: DRIFT,
    from: 'command: drift',
    to: 'summary: true',
    says: 'does not give input command',
  },
  'an expression in a script': {
    file: DRIFT,
    from: 'close "$number"',
    to: 'close "${{ github.event.issue.title }}"',
    says: 'pastes an expression into its script',
  },
  'a script that bash cannot read': {
    file: DRIFT,
    from: 'then\n            gh issue edit',
    to: '\n            gh issue edit',
    says: 'syntax error',
  },
  'an action of a tag, which may be moved': {
    file: APPLY,
    from: 'actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131',
    to: 'actions/download-artifact@v7',
    says: 'which is pinned to no commit',
  },
  'a step that is not there, beside a variable of the repository': {
    file: PLAN,
    from: "steps.validate.outputs.sarif-file != ''",
    to: "steps.validated.outputs.sarif-file != ''",
    says: 'property "validated" is not defined',
  },
  'another landfall than this': {
    file: APPLY,
    from: 'YOUR_ORG/landfall@v',
    to: 'YOUR_ORG/landfall@v9',
    says: 'and this is v',
  },
  'no time limit': {
    file: DRIFT,
    from: 'timeout-minutes: 30',
    to: '',
    says: 'job drift has no timeout-minutes',
  },
  'no permissions': {
    file: APPLY,
    from: '    permissions:\n      contents: read\n      id-token: write\n',
    to: '',
    says: 'job apply has no permissions',
  },
  'an input that is used and not there': {
    file: 'action.yml',
    from: 'inputs.changed-since',
    to: 'inputs.changed',
    says: 'input changed is used, and there is none',
  },
  'an input that is never used': {
    file: 'action.yml',
    from: 'INPUT_ARTIFACT: ${{ inputs.artifact }}',
    to: '',
    says: 'input artifact is never used',
  },
  'an input without a description': {
    file: 'action.yml',
    from: "description: The version of Node to install and to run landfall with, 20.12 or later.\n    default: '22'",
    to: "default: '22'",
    says: 'input node-version has no description',
  },
  'an output of a step that is not there': {
    file: 'action.yml',
    from: 'steps.run.outputs.checksum',
    to: 'steps.plan.outputs.checksum',
    says: 'output checksum is taken from step plan, and there is none',
  },
  'a step without a shell': {
    file: 'action.yml',
    from: '      id: run\n      shell: bash\n',
    to: '      id: run\n',
    says: 'has no shell: bash',
  },
  'an input in a script of the action': {
    file: 'action.yml',
    from: 'exec node',
    to: 'exec env X="${{ inputs.args }}" node',
    says: 'pastes an expression into its script',
  },
  'a job of GitLab that does nothing': {
    file: GITLAB,
    from: '  script:\n    - landfall validate --write',
    to: '  x_script:\n    - landfall validate --write',
    says: 'validate has no script',
  },
  'a stage that is not listed': {
    file: GITLAB,
    from: 'drift:\n  extends: .aws\n  stage: drift',
    to: 'drift:\n  extends: .aws\n  stage: nightly',
    says: 'drift is of stage nightly, which is not listed',
  },
  'a need of a job that is not there': {
    file: GITLAB,
    from: 'needs: [find-plan]',
    to: 'needs: [plans]',
    says: 'apply needs plans, and there is none',
  },
  'something extended that is not there': {
    file: GITLAB,
    from: 'extends: .aws',
    to: 'extends: .gcp',
    says: 'plan extends .gcp, and there is none',
  },
  'an environment that two may deploy to': {
    file: GITLAB,
    from: '  resource_group: landfall-production\n',
    to: '',
    says: 'without a resource_group',
  },
  'a base that no file has': {
    file: MANY,
    from: 'extends: .landfall\n  stage: targets',
    to: 'extends: .landfell\n  stage: targets',
    says: 'targets extends .landfell, and there is none',
  },
  'a child pipeline that no job writes': {
    file: MANY,
    from: 'job: targets',
    to: 'job: target',
    says: 'run starts a pipeline of target, and there is none',
  },
  'an input of a workflow that it does not have': {
    file: STAGE,
    from: 'fromJSON(inputs.matrix)',
    to: 'fromJSON(inputs.targets)',
    says: 'property "targets" is not defined',
  },
  'a script of GitLab that bash cannot read': {
    file: GITLAB,
    from: 'fi\n      exit "$code"',
    to: 'exit "$code"',
    says: 'plan: bash: line',
  },
};

/** Breaks of action.yml are tried one by one; those of the other files side by side, since there may be many. */
const [OF_ACTION, OF_OTHERS] = [true, false].map((wanted) =>
  Object.entries(BREAKS).filter(([, { file }]) => (file === 'action.yml') === wanted),
) as [[string, Break][], [string, Break][]];

interface Checked {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function layOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-check-ci-'));
  for (const part of ['action.yml', 'package.json', 'examples/ci'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  return folder;
}

function check(folder: string): Checked {
  const argv = [join(ROOT, 'script/check-ci.mjs'), folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** The text of a file with something wrong in it. */
function broken({ file, from, to }: Break): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  expect(text).toContain(from);
  return text.replace(from, to);
}

/** What is said of a file. */
function saidOf({ stderr }: Checked, file: string): readonly string[] {
  return stderr.split('\n').filter((line) => line.startsWith(`${file}:`));
}

describe('npm run check:ci', () => {
  let folder: string;
  beforeEach(() => {
    folder = layOut();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong with what is shipped', () => {
    expect(check(folder)).toEqual({ code: 0, stdout: 'check-ci: 14 files, 0 problems\n', stderr: '' });
  });

  it.each(OF_ACTION)('finds %s', (_, wrong) => {
    writeFileSync(join(folder, wrong.file), broken(wrong));
    const checked = check(folder);
    expect(checked.code).toBe(1);
    expect(saidOf(checked, wrong.file)).toContainEqual(expect.stringContaining(wrong.says));
  });

  it('is not content with nothing', () => {
    rmSync(join(folder, 'examples'), { recursive: true });
    expect(check(folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the checker is blind') as unknown,
    });
  });
});

describe('npm run check:ci, of workflows and pipelines', () => {
  let checked: Checked;
  const copyOf = (index: number, { file }: Break): string =>
    file === GITLAB || file === MANY ? `${dirname(file)}/${index}.yml` : `.github/workflows/${index}.yml`;
  beforeAll(() => {
    const folder = layOut();
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    for (const [index, [, wrong]] of OF_OTHERS.entries())
      writeFileSync(join(folder, copyOf(index, wrong)), broken(wrong));
    checked = check(folder);
    rmSync(folder, { recursive: true, force: true });
  }, 300_000);

  it('fails', () => {
    expect(checked.code).toBe(1);
    expect(saidOf(checked, PLAN)).toEqual([]);
  });

  it.each(OF_OTHERS.map(([name, wrong], index) => ({ name, wrong, index })))(
    'finds $name',
    ({ wrong, index }) => {
      expect(saidOf(checked, copyOf(index, wrong))).toContainEqual(expect.stringContaining(wrong.says));
    },
  );
});

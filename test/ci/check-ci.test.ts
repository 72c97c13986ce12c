import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PLAN = 'examples/ci/github/landfall-plan.yml';
const APPLY = 'examples/ci/github/landfall-apply.yml';
const DRIFT = 'examples/ci/github/landfall-drift.yml';
const GITLAB = 'examples/ci/gitlab/.gitlab-ci.yml';

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
    from: 'comment: true',
    to: 'commented: true',
    says: 'gives input commented, which action.yml does not have',
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
  'an action of a branch': {
    file: APPLY,
    from: 'actions/download-artifact@v7',
    to: 'actions/download-artifact@main',
    says: 'which is pinned to no version',
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
    from: "description: The Node to install and to run landfall with, 20.12 or later.\n    default: '22'",
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
    from: '  script:\n    - landfall validate ||',
    to: '  x_script:\n    - landfall validate ||',
    says: 'validate has no script',
  },
  'a stage that is not listed': {
    file: GITLAB,
    from: 'stage: drift',
    to: 'stage: nightly',
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
  'a script of GitLab that bash cannot read': {
    file: GITLAB,
    from: 'fi\n      exit "$code"',
    to: 'exit "$code"',
    says: 'plan: bash: line',
  },
};

describe('npm run check:ci', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-check-ci-'));
    for (const part of ['action.yml', 'package.json', 'examples/ci'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function check(): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'script/check-ci.mjs'), folder],
      { encoding: 'utf8' },
    );
    return { code: status, stdout, stderr };
  }

  it('finds nothing wrong with what is shipped', () => {
    expect(check()).toEqual({ code: 0, stdout: 'check-ci: 5 files, 0 problems\n', stderr: '' });
  });

  it.each(Object.entries(BREAKS))('finds %s', (_, { file, from, to, says }) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    const { code, stderr } = check();
    expect(code).toBe(1);
    const said = stderr.split('\n').filter((line) => line.startsWith(`${file}:`));
    expect(said).toContainEqual(expect.stringContaining(says));
  });

  it('looks at the workflows of the repository itself', () => {
    cpSync(join(folder, DRIFT), join(folder, '.github/workflows/own.yml'));
    const path = join(folder, '.github/workflows/own.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('runs-on:', 'run-on:'));
    expect(check().stderr).toContain('.github/workflows/own.yml:');
  });

  it('is not content with nothing', () => {
    rmSync(join(folder, 'examples'), { recursive: true });
    expect(check()).toMatchObject({ code: 1, stderr: expect.stringContaining('the checker is blind') });
  });
});

import { posix } from 'node:path';

/** What the action was told wrongly, for whoever wrote the workflow. */
export class InputError extends Error {}

/**
 * Reads the inputs of the action from `INPUT_*` variables.
 * @throws InputError
 */
export function readInputs(env) {
  const text = (name) => (env[`INPUT_${name.replaceAll('-', '_').toUpperCase()}`] ?? '').trim();
  const lines = (name) =>
    text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const oneOf = (name, ...words) => {
    if (text(name) !== '' && !words.includes(text(name)))
      throw new InputError(`${name} is ${JSON.stringify(text(name))}: give ${words.join(' or ')}`);
    return text(name);
  };
  const flag = (name) => oneOf(name, 'true', 'false') === 'true';
  // One line: outputs are lines, and what a path holds is not to add any.
  const path = (name, otherwise = '') => {
    const value = text(name) === '' ? otherwise : text(name);
    if (/[\r\n]/.test(value)) throw new InputError(`${name} has more than one line`);
    return value;
  };
  return {
    command: text('command'),
    folder: path('working-directory', '.'),
    project: path('project'),
    targets: lines('target'),
    waves: lines('wave'),
    vms: lines('vm'),
    changedSince: path('changed-since'),
    policiesFrom: path('policies-from'),
    args: lines('args'),
    planFile: path('plan-file', 'landfall.plan'),
    autoApprove: flag('auto-approve'),
    comment: oneOf('comment', 'true', 'false', 'changes'),
    labels: flag('labels'),
    artifactUrl: path('artifact-url'),
    commentFile: path('comment-file', 'landfall-plan.md'),
    runbookFolder: path('runbook-folder', 'landfall-runbooks'),
    commentMode: path('comment-mode', 'update'),
    sarifFile: path('sarif-file'),
    reportFile: path('report-file'),
    summary: flag('summary'),
    workflow: path('workflow', 'landfall-plan.yml'),
    artifact: path('artifact', 'landfall-plan'),
    token: text('token'),
  };
}

/** The flag that names the project, where the workflow does. */
export function projectFlag({ project }) {
  return project === '' ? [] : [`--project=${project}`];
}

/**
 * The flag that makes the policies of the base branch hold for a pull request, whatever it says of them. The name of the
 * branch is a whole one: a tag named origin/main would be found before the branch.
 */
export function policiesFlag(
  { policiesFrom },
  { GITHUB_BASE_REF: base = '', LANDFALL_POLICIES_FROM: own = '' },
) {
  if (policiesFrom !== '') return [`--policies-from=${policiesFrom}`];
  return base === '' || own !== '' ? [] : [`--policies-from=refs/remotes/origin/${base}`];
}

/** The flags that narrow a run. */
export function selection({ targets, waves, vms }) {
  return [
    ...targets.map((name) => `--target=${name}`),
    ...waves.map((name) => `--wave=${name}`),
    ...vms.map((name) => `--vm=${name}`),
  ];
}

/** A file of the working directory as the steps after this one find it: from the top of the checkout. */
export function fromTop({ folder }, file) {
  return posix.isAbsolute(file) ? file : posix.join(folder, file);
}

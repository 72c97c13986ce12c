import { bashProblem, isMapping } from './parse.mjs';

/** A major version, a whole version or a commit: a branch moves under those who use it. */
const PINNED = /^[\w.-]+\/[\w./-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})$/;

/** What is wrong with a step, of a workflow or of a composite action alike. */
export function stepProblems(step, name) {
  if (!isMapping(step)) return [`${name} is no mapping`];
  const problems = [];
  const { uses, run } = step;
  if ((uses === undefined) === (run === undefined)) problems.push(`${name} has to have one of uses and run`);
  if (typeof uses === 'string' && !uses.startsWith('./') && !PINNED.test(uses))
    problems.push(`${name} uses ${uses}, which is pinned to no version: write @v1 or a commit`);
  if (typeof run === 'string') {
    if (run.includes('${{'))
      problems.push(
        `${name} pastes an expression into its script, which would run what is in it: hand it over in env`,
      );
    const wrong = bashProblem(run);
    if (wrong !== undefined) problems.push(`${name}: ${wrong}`);
  }
  return problems;
}

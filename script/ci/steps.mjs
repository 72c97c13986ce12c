import { bashProblem, isMapping } from './parse.mjs';

/** A commit: branches and tags may be moved. Our own action is released by version, which the checker compares. */
const PINNED = /^([\w.-]+\/[\w./-]+@[0-9a-f]{40}|[\w.-]+\/landfall@v\d+(\.\d+){2})$/;

/** What is wrong with a step, of a workflow or of a composite action alike. */
export function stepProblems(step, name) {
  if (!isMapping(step)) return [`${name} is no mapping`];
  const problems = [];
  const { uses, run } = step;
  if ((uses === undefined) === (run === undefined)) problems.push(`${name} has to have one of uses and run`);
  if (typeof uses === 'string' && !uses.startsWith('./') && !PINNED.test(uses))
    problems.push(
      `${name} uses ${uses}, which is pinned to no commit: write its 40 digits, and the version in a comment`,
    );
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

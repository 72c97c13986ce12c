import { Api, type ApiOptions } from './api.ts';
import type { CommentDestination } from './destination.ts';
import { field, idOf, listOf, textOf } from './platform.ts';

/** The merge whose reviewed plan is looked for, and where plans are kept. */
interface ReviewedRunQuery {
  /** The commit that was pushed. */
  readonly commit: string;
  /** The branch that it was pushed to. */
  readonly branch: string;
  /** The file name of the workflow that plans on pull requests. */
  readonly workflow: string;
  /** The name of the artifact with the plan. */
  readonly artifact: string;
}

/** The run with the reviewed plan; without one, `says` tells why. */
interface ReviewedRun {
  readonly run?: string;
  readonly says: string;
}

/** The parts of a merged pull request that its runs must have too. */
interface Merged {
  readonly number: string;
  readonly base: string;
  readonly ref: string;
  readonly sha: string;
  readonly createdAt: number;
  readonly mergedAt: number;
  /** When its base was last changed; −Infinity: never. */
  readonly baseSince: number;
}

/**
 * Finds the workflow run on GitHub that planned what was merged: the commit → its pull request → the runs for the last
 * commit of that pull request → the newest of them that was for this pull request and this base → its artifact.
 *
 * A run does not say for which pull request it was: GitHub lists "pull requests that are open" with its branch, none
 * after a merge, and not "necessarily … pull requests that triggered the run" (REST, workflow runs). Names of runs and
 * artifacts are written by the workflow, which a pull request into another base may change. So a run counts only if
 * GitHub's own times and branches leave no other pull request and no other base for it.
 * @throws PlatformCallError
 */
export async function findReviewedRun(
  place: CommentDestination,
  query: ReviewedRunQuery,
  { clock, env, log }: Pick<ApiOptions, 'clock' | 'env' | 'log'>,
): Promise<ReviewedRun> {
  const { apiUrl: url, token, tokenFrom, apiFrom, repository } = place;
  const api = new Api({
    url,
    token,
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    words: {
      name: 'GitHub',
      request: `runs of ${repository}`,
      tokenFrom,
      apiFrom,
      permission: 'the token needs read permission of actions, contents, issues and pull-requests',
    },
    clock,
    env,
    log,
  });
  const list = (path: string, name?: string): Promise<readonly unknown[]> =>
    api.pages(`/repos/${repository}/${path}`, name);

  const { workflow, artifact } = query;
  const pull = await findMerged(list, repository, query);
  if ('says' in pull) return pull;
  const which = `pull request ${pull.number} at ${pull.sha}`;

  const parameters = new URLSearchParams({ event: 'pull_request', status: 'success', head_sha: pull.sha });
  const runs = await list(
    `actions/workflows/${encodeURIComponent(workflow)}/runs?${parameters.toString()}&per_page=100`,
    'workflow_runs',
  );
  if (runs.length === 0) return { says: `No run of ${workflow} has succeeded for ${which}.` };
  const owner = repository.split('/')[0] ?? '';
  const head = new URLSearchParams({ state: 'all', head: `${owner}:${pull.ref}`, per_page: '100' });
  const ofSameBranch = await list(`pulls?${head.toString()}`);
  const newestFirst = runs.toSorted((a, b) => numberIn(b, 'run_number') - numberIn(a, 'run_number'));
  const checkedRuns = newestFirst.map((run) => ({
    id: idOf(field(run, 'id')),
    refusal: runProblem(run, pull, repository, workflow) ?? otherPullProblem(run, pull, ofSameBranch),
  }));
  const run = checkedRuns.find(({ id, refusal }) => id !== '' && refusal === undefined)?.id;
  if (run === undefined) {
    const [{ id, refusal } = { id: '', refusal: '' }] = checkedRuns;
    return { says: `No run of ${workflow} counts for ${which}: run ${id} ${refusal ?? 'has no id'}.` };
  }

  const artifacts = await list(
    `actions/runs/${encodeURIComponent(run)}/artifacts?name=${encodeURIComponent(artifact)}&per_page=100`,
    'artifacts',
  );
  const isThere = artifacts.some(
    (one) =>
      field(one, 'name') === artifact &&
      field(one, 'expired') !== true &&
      !(timeIn(one, 'created_at') > pull.mergedAt),
  );
  if (!isThere)
    return {
      says: `The plan of ${which} is gone: run ${run} has no artifact ${artifact} from before the merge.`,
    };
  return { run, says: `The plan of ${which} is in run ${run}.` };
}

type List = (path: string, name?: string) => Promise<readonly unknown[]>;

async function findMerged(
  list: List,
  repository: string,
  { commit, branch }: ReviewedRunQuery,
): Promise<Merged | ReviewedRun> {
  const pulls = await list(`commits/${encodeURIComponent(commit)}/pulls?per_page=100`);
  const merged = pulls.filter(
    (pull) => textOf(field(pull, 'merged_at')) !== '' && field(pull, 'merge_commit_sha') === commit,
  );
  const [pull] = merged;
  if (pull === undefined) return { says: `No pull request was merged as ${commit}.` };
  const number = idOf(field(pull, 'number'));
  if (merged.length > 1) {
    const numbers = merged.map((one) => idOf(field(one, 'number'))).join(', ');
    return { says: `Several pull requests were merged as ${commit}: ${numbers}.` };
  }
  const base = field(pull, 'base');
  const head = field(pull, 'head');
  const baseRef = textOf(field(base, 'ref'));
  if (baseRef !== branch) {
    return { says: `Pull request ${number} was merged into ${baseRef}, and this is a push to ${branch}.` };
  }
  const [into, from] = [base, head].map((side) => textOf(field(field(side, 'repo'), 'full_name')));
  if (into !== repository || from !== repository) {
    return { says: `Pull request ${number} is from a fork, whose plans are not used.` };
  }
  const events = await list(`issues/${encodeURIComponent(number)}/events?per_page=100`);
  const changes = events
    .filter((event) => field(event, 'event') === 'base_ref_changed')
    .map((event) => timeIn(event, 'created_at'));
  return {
    number,
    base: baseRef,
    ref: textOf(field(head, 'ref')),
    sha: textOf(field(head, 'sha')),
    createdAt: timeIn(pull, 'created_at'),
    mergedAt: timeIn(pull, 'merged_at'),
    baseSince: Math.max(-Infinity, ...changes),
  };
}

/** Says why a run was not for a pull request, by what GitHub itself knows of both; undefined: it may have been. */
function runProblem(run: unknown, pull: Merged, repository: string, workflow: string): string | undefined {
  const event = textOf(field(run, 'event'));
  if (event !== 'pull_request') return `was started by ${event}`;
  const result = textOf(field(run, 'conclusion')) || textOf(field(run, 'status'));
  if (result !== 'success') return `has ended with ${result}`;
  const path = textOf(field(run, 'path')).replace(/@.*/, '');
  if (path !== `.github/workflows/${workflow}` && !/^\d+$/.test(workflow))
    return `is of the workflow ${path}`;
  // The workflow of a fork is the fork's to write.
  for (const side of ['repository', 'head_repository']) {
    const name = textOf(field(field(run, side), 'full_name'));
    if (name !== repository) return `is of the repository ${name}`;
  }
  if (field(run, 'head_sha') !== pull.sha) return `is of commit ${textOf(field(run, 'head_sha'))}`;
  if (field(run, 'head_branch') !== pull.ref) return `is of branch ${textOf(field(run, 'head_branch'))}`;
  const listed = listOf(field(run, 'pull_requests'));
  const isListed = listed.some(
    (one) =>
      idOf(field(one, 'number')) === pull.number && textOf(field(field(one, 'base'), 'ref')) === pull.base,
  );
  const [first] = listed;
  if (first !== undefined && !isListed) {
    const into = textOf(field(field(first, 'base'), 'ref'));
    return `is listed under pull request ${idOf(field(first, 'number'))} into ${into}`;
  }
  const created = timeIn(run, 'created_at');
  const started = textOf(field(run, 'run_started_at')) === '' ? created : timeIn(run, 'run_started_at');
  // Times that cannot be read are NaN, and fail each of these.
  if (!(created >= pull.createdAt)) return `is older than the pull request`;
  if (!(created > pull.baseSince)) return `was made before the base of the pull request was changed`;
  if (!(started <= pull.mergedAt)) return `was started after the merge`;
  return undefined;
}

/** Says which other pull request of the same branch was open when a run was made, and so may be the one that it was for. */
function otherPullProblem(run: unknown, pull: Merged, pulls: readonly unknown[]): string | undefined {
  const made = timeIn(run, 'created_at');
  const other = pulls.find((one) => {
    const head = field(one, 'head');
    const closed = textOf(field(one, 'closed_at')) === '' ? Infinity : timeIn(one, 'closed_at');
    return (
      idOf(field(one, 'number')) !== pull.number &&
      field(head, 'ref') === pull.ref &&
      !(timeIn(one, 'created_at') > made || closed < made)
    );
  });
  return other === undefined
    ? undefined
    : `may have been for pull request ${idOf(field(other, 'number'))}, which had the same branch`;
}

function numberIn(data: unknown, name: string): number {
  return Number(idOf(field(data, name)) || 0);
}

/** Reads a time in milliseconds; NaN where there is none. */
function timeIn(data: unknown, name: string): number {
  return Date.parse(textOf(field(data, name)));
}

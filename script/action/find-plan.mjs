/* global fetch */
import { URLSearchParams } from 'node:url';
import { InputError } from './inputs.mjs';
import { setOutput } from './results.mjs';

/**
 * Finds the workflow run that has planned what was merged: merge commit → its pull request → the commit that was
 * reviewed last → the run that planned it and succeeded → its artifact, if it is still there.
 */
export async function findPlan({ workflow, artifact, token }, { env }) {
  const { GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = env;
  const get = (path) => request(env, token, `/repos/${repository}/${path}`);
  const found = await find({ get, repository, sha, workflow, artifact });
  setOutput(env, 'run-id', found.run ?? '');
  process.stdout.write(`${found.says}\n`);
  return { code: 0 };
}

async function find({ get, repository, sha, workflow, artifact }) {
  const pulls = await get(`commits/${sha}/pulls?per_page=100`);
  const pull = pulls.find(
    ({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === sha,
  );
  if (pull === undefined) return { says: `No pull request was merged as ${sha}.` };
  const which = `pull request ${pull.number} at ${pull.head.sha}`;

  const name = encodeURIComponent(workflow);
  const query = new URLSearchParams({ event: 'pull_request', status: 'success', head_sha: pull.head.sha });
  const { workflow_runs: runs } = await get(`actions/workflows/${name}/runs?${query}&per_page=100`);
  // The workflow of a fork is the fork's to write: a plan from there was made by nobody we know.
  const own = runs.filter(({ head_repository: from }) => from?.full_name === repository);
  const run = own.sort((a, b) => b.run_number - a.run_number)[0];
  if (run === undefined) return { says: `No run of ${workflow} has succeeded for ${which}.` };

  const { artifacts } = await get(`actions/runs/${run.id}/artifacts?name=${encodeURIComponent(artifact)}`);
  if (!artifacts.some((one) => one.name === artifact && !one.expired))
    return { says: `The plan of ${which} is gone: run ${run.id} has no artifact ${artifact} any more.` };
  return { run: run.id, says: `The plan of ${which} is in run ${run.id}.` };
}

async function request({ GITHUB_API_URL: api }, token, path) {
  const failed = (why) => new InputError(`GET ${path.replace(/\?.*/, '')} has failed: ${why}`);
  const response = await fetch(`${api}${path}`, {
    redirect: 'error',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
  }).catch((cause) => {
    throw failed(cause.cause?.code ?? cause.message);
  });
  if (!response.ok)
    throw failed(
      `HTTP ${response.status}; the token needs read permission of actions, contents and pull-requests`,
    );
  return response.json();
}

import type { Reply, Seen } from '../platforms/fake.ts';
import { FakeGitHub } from '../platforms/fake-github.ts';

export const REPOSITORY = 'ucop/waves';
export const MERGE = 'a'.repeat(40);
export const HEAD = 'b'.repeat(40);

interface WorkflowRun {
  id: number;
  run_number: number;
  event: string;
  status: string;
  head_sha: string;
  head_repository: { full_name: string };
}

/** GitHub with what `find-plan` asks for: pull requests of a commit, runs of a workflow, artifacts of a run. */
export class GitHubApi extends FakeGitHub {
  pulls = [
    { number: 6, merged_at: null as string | null, merge_commit_sha: MERGE, head: { sha: 'c'.repeat(40) } },
    { number: 7, merged_at: '2026-11-23T08:00:00Z', merge_commit_sha: MERGE, head: { sha: HEAD } },
  ];
  runs: WorkflowRun[] = [workflowRun(100)];
  artifacts = [{ name: 'landfall-plan', expired: false }];

  protected override answer(seen: Seen): Reply {
    const { path, query } = seen;
    const repository = `/repos/${REPOSITORY}`;
    if (path === `${repository}/commits/${MERGE}/pulls`) return this.#authorized(seen, this.pulls);
    if (path === `${repository}/actions/workflows/landfall-plan.yml/runs`) {
      const runs = this.runs.filter((run) =>
        (['event', 'status', 'head_sha'] as const).every((key) => query.get(key) === run[key]),
      );
      return this.#authorized(seen, { workflow_runs: runs });
    }
    const run = new RegExp(`^${repository}/actions/runs/(\\d+)/artifacts$`).exec(path)?.[1];
    if (run !== undefined) {
      const artifacts = this.artifacts.filter(({ name }) => name === query.get('name'));
      return this.#authorized(seen, { artifacts });
    }
    return super.answer(seen);
  }

  /** Comments check the token themselves. */
  #authorized({ token }: Seen, data: unknown): Reply {
    return token.startsWith('ghp_') ? { status: 200, data } : { status: 401, data: {} };
  }
}

/** A run that has planned the commit that was merged. */
export function workflowRun(id: number, from = REPOSITORY): WorkflowRun {
  return {
    id,
    run_number: id,
    event: 'pull_request',
    status: 'success',
    head_sha: HEAD,
    head_repository: { full_name: from },
  };
}

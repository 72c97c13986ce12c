import type { Reply, Seen } from '../platforms/fake.ts';
import { FakeGitHub } from '../platforms/fake-github.ts';

export const REPOSITORY = 'ucop/waves';
export const MERGE = 'a'.repeat(40);
export const HEAD = 'b'.repeat(40);

interface Side {
  ref: string;
  sha?: string;
  repo: { full_name: string } | null;
}

interface Pull {
  number: number;
  created_at: string;
  merged_at: string | null;
  closed_at: string | null;
  merge_commit_sha: string;
  head: Side;
  base: Side;
}

interface WorkflowRun {
  id: number;
  run_number: number;
  event: string;
  status: string;
  conclusion: string | null;
  path: string;
  created_at: string;
  run_started_at?: string;
  head_sha: string;
  head_branch: string;
  head_repository: { full_name: string };
  repository: { full_name: string };
  /** As GitHub lists them: those that are open. */
  pull_requests: { number: number; base: { ref: string } }[];
}

interface Artifact {
  name: string;
  expired: boolean;
  created_at: string;
}

/**
 * GitHub with what `find-plan` asks for (REST: pull requests of a commit and of a branch, issue events, runs of a workflow,
 * artifacts of a run), in pages by Link. `ignoresFilters` makes it answer more than it was asked for.
 */
export class GitHubApi extends FakeGitHub {
  pulls: Pull[] = [pullRequest(6, { merged_at: null }), pullRequest(7)];
  runs: WorkflowRun[] = [workflowRun(100)];
  artifacts: Artifact[] = [artifact()];
  /** Times at which the base of pull request 7 was changed. */
  baseChanges: string[] = [];
  ignoresFilters = false;
  /** The path in front of all others, as GitHub Enterprise Server has it. */
  prefix = '';

  protected override answer(seen: Seen): Reply {
    const { query } = seen;
    const path = seen.path.slice(this.prefix.length);
    const repository = `/repos/${REPOSITORY}`;
    const fits = (key: string, value: string | null): boolean =>
      this.ignoresFilters || query.get(key) === value;
    if (path === `${repository}/commits/${MERGE}/pulls`)
      return this.#list(
        seen,
        this.pulls.filter((pull) => pull.merge_commit_sha === MERGE),
      );
    if (path === `${repository}/pulls`)
      return this.#list(
        seen,
        this.pulls.filter(({ head }) => fits('head', `ucop:${head.ref}`)),
      );
    if (path === `${repository}/issues/7/events`) {
      const events = this.baseChanges.map((created_at) => ({ event: 'base_ref_changed', created_at }));
      return this.#list(seen, [{ event: 'labeled', created_at: '2026-11-23T07:59:00Z' }, ...events]);
    }
    if (path === `${repository}/actions/workflows/landfall-plan.yml/runs`) {
      const found = this.runs.filter(
        (run) => fits('event', run.event) && fits('status', run.conclusion) && fits('head_sha', run.head_sha),
      );
      return this.#list(seen, found, 'workflow_runs');
    }
    if (/\/actions\/runs\/\d+\/artifacts$/.test(path))
      return this.#list(
        seen,
        this.artifacts.filter(({ name }) => fits('name', name)),
        'artifacts',
      );
    return super.answer(seen);
  }

  /** Answers a page of a list. Comments check the token themselves. */
  #list({ token, path, query }: Seen, items: readonly unknown[], name?: string): Reply {
    if (!token.startsWith('ghp_')) return { status: 401, data: {} };
    const size = Number(query.get('per_page') ?? 30);
    const page = Number(query.get('page') ?? 1);
    const data = items.slice((page - 1) * size, page * size);
    const next = new URLSearchParams(query);
    next.set('page', String(page + 1));
    const link = `<${this.origin}${path}?${next.toString()}>; rel="next"`;
    return {
      status: 200,
      data: name === undefined ? data : { total_count: items.length, [name]: data },
      headers: page * size < items.length ? { link } : {},
    };
  }
}

/** A pull request that was merged into main as MERGE. */
export function pullRequest(number: number, more: Partial<Pull> = {}): Pull {
  return {
    number,
    created_at: '2026-11-23T06:00:00Z',
    merged_at: '2026-11-23T08:00:00Z',
    closed_at: '2026-11-23T08:00:00Z',
    merge_commit_sha: MERGE,
    head: { ref: number === 7 ? 'faster' : `branch-${number}`, sha: HEAD, repo: { full_name: REPOSITORY } },
    base: { ref: 'main', repo: { full_name: REPOSITORY } },
    ...more,
  };
}

/** A run that has planned the commit that was merged. */
export function workflowRun(id: number, more: Partial<WorkflowRun> = {}): WorkflowRun {
  return {
    id,
    run_number: id,
    event: 'pull_request',
    status: 'completed',
    conclusion: 'success',
    path: '.github/workflows/landfall-plan.yml',
    created_at: '2026-11-23T07:00:00Z',
    run_started_at: '2026-11-23T07:00:01Z',
    head_sha: HEAD,
    head_branch: 'faster',
    head_repository: { full_name: REPOSITORY },
    repository: { full_name: REPOSITORY },
    pull_requests: [],
    ...more,
  };
}

export function artifact(more: Partial<Artifact> = {}): Artifact {
  return { name: 'landfall-plan', expired: false, created_at: '2026-11-23T07:05:00Z', ...more };
}

import type { Reply, Seen } from '../platforms/fake.ts';
import { TOKEN } from '../platforms/fake.ts';
import { FakeGitLab } from '../platforms/fake-gitlab.ts';

export const MERGE = 'a'.repeat(40);

interface Issue {
  iid: number;
  title: string;
  labels: string;
  description: string;
  state: 'opened' | 'closed';
}

/** GitLab with what the pipeline asks for: the merge request of a commit, its pipeline, jobs and artifacts; issues. */
export class GitLabApi extends FakeGitLab {
  requests = [
    {
      iid: 7,
      state: 'merged',
      merge_commit_sha: MERGE,
      squash_commit_sha: null,
      sha: 'b'.repeat(40),
      target_branch: 'main',
    },
  ];
  pipeline = { id: 100, status: 'success', project_id: 1, ref: 'refs/merge-requests/7/merge' };
  jobs = [
    { id: 1, name: 'validate', status: 'success', artifacts: [{ file_type: 'junit' }] },
    { id: 2, name: 'plan', status: 'success', artifacts: [{ file_type: 'trace' }, { file_type: 'archive' }] },
  ];
  /** The saved plan, as data. */
  plan: unknown;
  readonly issues: Issue[] = [];

  protected override answer(seen: Seen): Reply {
    const { method, path, token, query, body } = seen;
    const project = '/api/v4/projects/1/';
    if (!path.startsWith(project)) return super.answer(seen);
    if (token !== TOKEN) return { status: 401, data: {} };
    const rest = path.slice(project.length);
    const found: Readonly<Record<string, unknown>> = {
      [`repository/commits/${MERGE}/merge_requests`]: this.requests,
      'merge_requests/7': { ...this.requests[0], head_pipeline: this.pipeline },
      [`pipelines/${this.pipeline.id}/jobs`]: this.jobs,
      'jobs/2/artifacts/landfall.plan': this.plan,
    };
    if (found[rest] !== undefined) return { status: 200, data: found[rest] };
    if (rest === 'issues' && method === 'GET') {
      const fits = (issue: Issue): boolean =>
        issue.labels === query.get('labels') && issue.state === query.get('state');
      return { status: 200, data: this.issues.filter(fits) };
    }
    if (rest === 'issues' && method === 'POST') {
      const issue = { ...(body as unknown as Issue), iid: this.issues.length + 1, state: 'opened' } as const;
      this.issues.push(issue);
      return { status: 201, data: issue };
    }
    const issue = this.issues.find(({ iid }) => rest === `issues/${iid}`);
    if (issue === undefined || method !== 'PUT') return { status: 404, data: {} };
    const { state_event, ...changes } = body;
    Object.assign(issue, changes, state_event === 'close' && { state: 'closed' });
    return { status: 200, data: issue };
  }
}

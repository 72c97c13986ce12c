// Environment variables beside those that stand for flags. The reference is refused while src/ reads one that is not here.
export const VARIABLES = [
  [
    'AWS_*',
    'credentials, profile and endpoints of AWS, as in every AWS tool; a target with `endpoint: local` looks at none of them',
  ],
  [
    'HTTPS_PROXY',
    'the proxy for calls to `https://` addresses; also `https_proxy`. [networks.md](../networks.md) has the rules of all of these',
  ],
  ['HTTP_PROXY', 'the proxy for calls to `http://` addresses; also `http_proxy`'],
  ['ALL_PROXY', 'the proxy where the one above is not set; also `all_proxy`'],
  ['NO_PROXY', 'hosts that are called without a proxy; also `no_proxy`'],
  ['NODE_EXTRA_CA_CERTS', 'a file of certificates to trust, beside those of Node'],
  [
    'CI',
    'set in pipelines: nothing is asked, no line is redrawn, and no compiled code is kept; `false`, `no` and `0` mean that this is no pipeline',
  ],
  [
    'NODE_DISABLE_COMPILE_CACHE',
    'no compiled code is kept between runs, nor read ([security.md](../security.md#compiled-code))',
  ],
  ['XDG_CACHE_HOME', 'the folder in which `landfall/compiled/` is; absent: `~/.cache`'],
  ['NO_COLOR', 'no colours, whatever its value ([no-color.org](https://no-color.org))'],
  ['FORCE_COLOR', 'colours, though nothing is a terminal; `0` is as if it were not set'],
  ['TERM', '`dumb`: no colours, and no line is redrawn'],
  ['HOME', 'completion: the folder that `~` in `--project` stands for'],
  ['USER', 'locks: who holds one'],
  ['LANDFALL_PLATFORM_TOKEN', '`comment`: the token for the platform; asked for before those that follow'],
  ['GITHUB_TOKEN', '`comment`: the token for GitHub'],
  ['GH_TOKEN', '`comment`: the token for GitHub, where `GITHUB_TOKEN` is not set'],
  ['GITLAB_TOKEN', '`comment`: the token for GitLab'],
  ['GITHUB_ACTIONS', '`comment`: this is a workflow of GitHub'],
  ['GITHUB_API_URL', '`comment`: the API of GitHub'],
  [
    'GITHUB_EVENT_NAME',
    'whether the workflow runs for a pull request, whose newest commit is then the commit',
  ],
  ['GITHUB_EVENT_PATH', '`comment`: what the workflow runs for; that commit, in plans for people'],
  ['GITHUB_REF', '`comment`: the pull request, where the event names none'],
  ['GITHUB_REPOSITORY', '`comment`: the repository and the link to the run; locks: the workflow run'],
  ['GITHUB_SHA', 'the commit, in plans for people and in locks'],
  ['GITHUB_WORKSPACE', 'findings: the folder that files are named from'],
  ['GITHUB_ACTOR', 'locks: who holds one'],
  ['GITHUB_RUN_ID', '`comment`: the link to the run; locks: the workflow run'],
  ['GITHUB_SERVER_URL', '`comment`: the link to the run; locks: the workflow run'],
  ['GITLAB_CI', '`comment`: this is a pipeline of GitLab'],
  ['CI_API_V4_URL', '`comment`: the API of GitLab'],
  ['CI_PROJECT_ID', '`comment`: the project'],
  ['CI_MERGE_REQUEST_PROJECT_ID', '`comment`: the project of the merge request'],
  ['CI_MERGE_REQUEST_IID', '`comment`: the merge request'],
  [
    'CI_MERGE_REQUEST_SOURCE_BRANCH_SHA',
    'the commit, in plans for people, where GitLab merges it for a trial',
  ],
  ['CI_OPEN_MERGE_REQUESTS', '`comment`: the merge request, in a pipeline of its branch'],
  ['CI_COMMIT_SHA', 'the commit, in plans for people and in locks'],
  ['CI_PROJECT_DIR', 'findings: the folder that files are named from'],
  ['CI_JOB_URL', '`comment`: the link to the job; locks: the job'],
  ['CI_PIPELINE_URL', '`comment`: the link to the pipeline'],
  ['GITLAB_USER_LOGIN', 'locks: who holds one'],
  ['TF_BUILD', '`comment`: this is a pipeline of Azure DevOps'],
  ['SYSTEM_ACCESSTOKEN', '`comment`: the token for Azure DevOps; a step must map it'],
  ['SYSTEM_COLLECTIONURI', '`comment`: the API of Azure DevOps and the link to the run; locks: the run'],
  ['SYSTEM_TEAMPROJECTID', '`comment`: the link to the run'],
  ['SYSTEM_TEAMPROJECT', 'locks: the run'],
  ['BUILD_BUILDID', '`comment`: the link to the run; locks: the run'],
  ['BUILD_REQUESTEDFOR', 'locks: who holds one'],
  ['BUILD_REPOSITORY_ID', '`comment`: the repository on Azure DevOps'],
  ['BUILD_REPOSITORY_PROVIDER', '`comment`: whether that repository is in Azure Repos'],
  ['SYSTEM_PULLREQUEST_PULLREQUESTID', '`comment`: the pull request on Azure DevOps'],
  [
    'SYSTEM_PULLREQUEST_SOURCECOMMITID',
    'the commit, in plans for people, where Azure DevOps merges it for a trial',
  ],
  ['BUILD_SOURCEVERSION', 'the commit, in plans for people and in locks'],
  ['BITBUCKET_TOKEN', '`comment`: the token for Bitbucket'],
  [
    'BITBUCKET_BUILD_NUMBER',
    '`comment`: this is a pipeline of Bitbucket Cloud, and the link to it; locks: the run',
  ],
  ['BITBUCKET_REPO_FULL_NAME', '`comment`: the repository and the link to the run; locks: the run'],
  ['BITBUCKET_STEP_TRIGGERER_UUID', 'locks: who holds one'],
  ['BITBUCKET_PR_ID', '`comment`: the pull request on Bitbucket'],
  ['BITBUCKET_COMMIT', 'the commit, in plans for people and in locks'],
  ['JENKINS_URL', 'locks: this is a pipeline of Jenkins'],
  ['JENKINS_HOME', 'locks: this is a pipeline of Jenkins whose address nobody has set'],
  ['BUILD_USER_ID', 'locks: who holds one, on Jenkins with the plugin build-user-vars'],
  ['BUILD_URL', 'locks: the run of Jenkins'],
  ['BUILD_TAG', 'locks: the run of Jenkins whose address nobody has set'],
];

/** Names that source text reads from the environment, or lists among what it reads. */
const READ =
  /\benv\[['"]([A-Z][A-Z0-9_]*)['"]\]|\benv\.([A-Z][A-Z0-9_]+)\b|['"]((?:GITHUB|GITLAB|GH|CI|LANDFALL|BITBUCKET|SYSTEM|BUILD|TF|JENKINS)_[A-Z0-9_]+)['"]/g;

/**
 * Variables of a source text that are not listed above.
 * @param ofFlags those that stand for flags
 */
export function unlisted(text, ofFlags = []) {
  const known = new Set([...VARIABLES.map(([name]) => name), ...ofFlags]);
  return [...text.matchAll(READ)]
    .map(([, first, second, third]) => first ?? second ?? third)
    .filter((name) => !known.has(name) && !name.startsWith('AWS_'));
}

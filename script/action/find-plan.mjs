import { InputError } from './inputs.mjs';
import { asText } from './log.mjs';
import { setOutput } from './results.mjs';

/**
 * Finds the workflow run that has planned what was merged. A reviewed plan that cannot be told from another one counts as
 * none: the log says why.
 */
export async function findPlan({ workflow, artifact, token }, { env }) {
  const { GITHUB_SHA: commit = '', GITHUB_REF: ref = '', GITHUB_REF_NAME: branch = '' } = env;
  if (!ref.startsWith('refs/heads/'))
    throw new InputError(`find-plan runs on a push to a branch, not on ${ref}`);
  // What `landfall comment` uses: its errors, its retries, its network.
  const { findCommentDestination } = await import('../../dist/platforms/index.js');
  const { findReviewedRun } = await import('../../dist/platforms/reviewed-run.js');
  const { processEnvironment } = await import('../../dist/process.js');
  const place = findCommentDestination({ ...env, LANDFALL_PLATFORM_TOKEN: token }, { platform: 'github' });
  const { clock } = processEnvironment();
  const { run } = await asText(async () => {
    const log = (line) => process.stdout.write(`${line}\n`);
    const found = await findReviewedRun(place, { commit, branch, workflow, artifact }, { clock, env, log });
    log(found.says);
    return found;
  });
  setOutput(env, 'run-id', run ?? '');
  return { code: 0 };
}

import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';

/** Puts the Markdown file on the pull request that the workflow runs for. */
export async function comment(inputs, place) {
  const { commentFile, commentMode, token, command, args, labels, artifactUrl } = inputs;
  const argv = [
    'comment',
    `--file=${commentFile}`,
    `--mode=${commentMode}`,
    ...(inputs.comment === 'changes' ? ['--only-changes'] : []),
    ...(labels ? ['--labels'] : []),
    ...(artifactUrl === '' ? [] : [`--artifact-url=${artifactUrl}`]),
    // Those of a plan are for its plan.
    ...(command === 'comment' ? args : []),
  ];
  const { code } = await asText(() => landfall(argv, { ...place, token, show: true }));
  return { code };
}

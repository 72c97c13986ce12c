import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/**
 * The functions of landfall that write and delete files in the checkout: they refuse the links that a pull request may have
 * put there. The files below are the runner's own.
 */
export function outputFiles() {
  return import('../../dist/workflow/output-files.js');
}

/** Hands an output to the steps that come after. A value of any form stays one value. */
export function setOutput(env, name, value) {
  const end = randomUUID();
  appendFileSync(env.GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}\n`);
}

/** Adds Markdown to the summary of the job, where one is wanted. */
export function summarize(env, { summary }, markdown) {
  const file = env.GITHUB_STEP_SUMMARY ?? '';
  if (summary && file !== '') appendFileSync(file, `${markdown.trimEnd()}\n\n`);
}

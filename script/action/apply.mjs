import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromTop, InputError, policiesFlag, projectFlag, selection } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText, codeBlock } from './log.mjs';
import { setOutput, summarize } from './results.mjs';

/**
 * Plans from the checkout and applies that plan if it does what the saved one does; a plan that nothing is compared with only
 * where the workflow says so in as many words.
 */
export async function apply(inputs, place) {
  const { planFile, autoApprove, args } = inputs;
  const report = inputs.reportFile === '' ? 'landfall-outcome.json' : inputs.reportFile;
  if (!autoApprove && !existsSync(resolve(place.cwd, planFile)))
    throw new InputError(
      `there is no saved plan ${planFile}: download the artifact that has it, or say auto-approve: true to apply a new plan`,
    );
  const what = autoApprove ? [...selection(inputs), '--auto-approve'] : [planFile, '--verify'];
  const flags = [...policiesFlag(inputs, place.env), `--report=${report}`, '--no-input', ...args];
  const argv = ['apply', ...projectFlag(inputs), ...what, ...flags];
  const { code, stdout } = await asText(() => landfall(argv, { ...place, show: true }));
  if (existsSync(resolve(place.cwd, report))) setOutput(place.env, 'report-file', fromTop(inputs, report));
  summarize(place.env, inputs, `${HEADINGS[code] ?? 'The apply has failed.'}\n\n${codeBlock(stdout)}`);
  return { code };
}

const HEADINGS = {
  0: 'Applied.',
  3: 'Refused by a guard, or a critical concern has blocked a part.',
  4: 'Git and the account ask for another plan than the saved one: nothing was done. Plan again, and review what is new.',
  5: 'Another run holds the lock: nothing was done.',
  6: 'Applied in part.',
};

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromTop, projectFlag } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';
import { setOutput } from './results.mjs';

/** For people and code scanning, then for the lines of the pull request: it reads files only, and takes no time. */
export async function validate(inputs, place) {
  const { sarifFile } = inputs;
  const argv = ['validate', ...projectFlag(inputs), ...inputs.args];
  const sarif = sarifFile === '' ? [] : [`--write=sarif=${sarifFile}`];
  const { code } = await asText(() => landfall([...argv, ...sarif], { ...place, show: true }));
  if (sarifFile !== '' && existsSync(resolve(place.cwd, sarifFile)))
    setOutput(place.env, 'sarif-file', fromTop(inputs, sarifFile));
  // Commands for the runner, in which landfall has escaped what is not its own.
  await landfall([...argv, '--format=github'], { ...place, show: true, quiet: true });
  return { code };
}

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromTop, projectFlag } from './inputs.mjs';
import { landfall } from './landfall.mjs';
import { asText } from './log.mjs';
import { setOutput } from './results.mjs';

/** For people, then for the lines of the pull request, then for code scanning: it reads files only, and takes no time. */
export async function validate(inputs, place) {
  const argv = ['validate', ...projectFlag(inputs), ...inputs.args];
  const { code } = await asText(() => landfall(argv, { ...place, show: true }));
  // Commands for the runner, in which landfall has escaped what is not its own.
  await landfall([...argv, '--format=github'], { ...place, show: true, quiet: true });
  if (inputs.sarifFile !== '') {
    const { stdout } = await landfall([...argv, '--format=sarif'], { ...place, quiet: true });
    if (stdout !== '') {
      writeFileSync(resolve(place.cwd, inputs.sarifFile), stdout);
      setOutput(place.env, 'sarif-file', fromTop(inputs, inputs.sarifFile));
    }
  }
  return { code };
}

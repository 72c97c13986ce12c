import { resolve } from 'node:path';
import { apply } from './apply.mjs';
import { comment } from './comment.mjs';
import { drift } from './drift.mjs';
import { findPlan } from './find-plan.mjs';
import { InputError, readInputs } from './inputs.mjs';
import { sayError } from './log.mjs';
import { plan, show } from './plan.mjs';
import { outputFiles, setOutput } from './results.mjs';
import { validate } from './validate.mjs';

/** By the name of the command; each gives back the exit code of landfall, and whether the step succeeds with it. */
export const COMMANDS = {
  install: () => ({ code: 0 }),
  validate,
  plan,
  show,
  comment,
  apply,
  drift,
  'find-plan': findPlan,
};

/** Does what the inputs say. Gives back the exit code of the step. */
export async function run(env) {
  try {
    const inputs = readInputs(env);
    const command = Object.hasOwn(COMMANDS, inputs.command) ? COMMANDS[inputs.command] : undefined;
    if (command === undefined) {
      const names = Object.keys(COMMANDS).join(', ');
      throw new InputError(`command is ${JSON.stringify(inputs.command)}: give one of ${names}`);
    }
    const workspace = resolve(env.GITHUB_WORKSPACE ?? '.');
    // The folder itself may be a link that a pull request brings.
    if (inputs.command !== 'install' && inputs.folder !== '.')
      (await outputFiles()).outputFile({ cwd: workspace, env }, `${inputs.folder}/landfall`);
    const cwd = resolve(workspace, inputs.folder);
    const { code, succeeds = code === 0 } = await command(inputs, { env, cwd });
    setOutput(env, 'exit-code', code);
    return succeeds ? 0 : code;
  } catch (error) {
    // An error of landfall has a remedy too.
    const { message = String(error), remedy } = error instanceof Error ? error : {};
    sayError(remedy === undefined ? message : `${message}: ${remedy}`);
    return 1;
  }
}

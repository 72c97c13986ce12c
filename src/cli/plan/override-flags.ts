import type { Command } from 'commander';
import { collect } from '../flags.ts';

/** Flags that set aside windows and policies of the project. */
export function addOverrideFlags(command: Command): Command {
  return command
    .option(
      '--override-window <name>',
      'this window of the project does not hold for this run; with --reason, repeatable',
      collect,
    )
    .option(
      '--override-policy <name>',
      'this policy of the project blocks nothing in this run; with --reason, repeatable',
      collect,
    )
    .option(
      '--reason <text>',
      'why the windows and policies do not hold; it is in the plan, its comment and the outcome',
    )
    .option(
      '--policies-from <revision>',
      'the policies of this git revision hold too, whatever the project file on disk says of them: for pull requests, the base branch',
    );
}

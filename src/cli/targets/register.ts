import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORMAT_NAMES, TARGETS_FORMATS } from '../../report/formats.ts';
import type { RegisterCommand } from '../context.ts';
import { collect, formatFlag, maxBytesFlag } from '../flags.ts';
import { writeFlag } from '../plan/register.ts';

/** Registers the commands for projects of many targets, with a runner for each. */
export function registerTargetCommands(program: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(program.command('targets'))
      .description('list the targets, for a runner each; needs no network and no credentials')
      .addOption(formatFlag(...TARGETS_FORMATS))
      .addOption(
        new Option('--jobs <what>', 'with --format gitlab: the jobs of the pipeline')
          .choices(['plan', 'apply'])
          .default('plan'),
      )
      .option(
        '--include <file>',
        'with --format gitlab: the file of the repository with the hidden jobs .landfall-plan and .landfall-apply',
        includedFile,
        '.gitlab/landfall.yml',
      )
      .option('--out <file>', 'write it to a file (default: stdout)')
      .addHelpText('after', TARGETS_HELP),
    async () => (await import('./targets.ts')).targets,
  );
  registerMergeCommand(program, runs);
}

/**
 * Takes a file that GitLab includes: it wants the ending of YAML, and puts variables in for `$NAME`.
 * Source: GitLab Docs, "CI/CD YAML syntax reference: include:local".
 */
function includedFile(file: string): string {
  if (!/^[^$*]+\.ya?ml$/.test(file))
    throw new InvalidArgumentError('Give a file that ends in .yml or .yaml, without $ and *.');
  return file;
}

/** Registers the command that merges their plans. */
function registerMergeCommand(program: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(program.command('merge'))
      .description('make one plan of the saved plans of runners: one comment, report and exit code')
      .argument('<plans...>', 'files of `landfall plan --out`, and folders with files that end in .plan')
      .option(
        '--expect <file>',
        'the output of `landfall targets --format json`: a target in it without a plan is missing (default: the targets of the project)',
      )
      .option('--policies-from <revision>', 'the policies of this git revision, such as the base, hold too')
      .addOption(formatFlag(...FORMAT_NAMES))
      .addOption(writeFlag())
      .addOption(maxBytesFlag('waves'))
      .option(
        '--detailed-exitcode',
        'exit with 2 when there are changes, and with 7 when there are none now and a later run continues',
      )
      .addHelpText('after', MERGE_HELP),
    async () => (await import('./merge.ts')).merge,
  );
}

/** Flags that say which targets have a runner. */
function addTargetFlags(command: Command): Command {
  return command
    .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
    .option(
      '--changed-since <revision>',
      'only targets of waves whose files have changed since the merge base of HEAD and this git revision, including removed waves',
    );
}

const TARGETS_HELP = `
A target comes in a later stage than those that its waves wait for (dependsOn). Targets that wait for each other share a stage.

--format github prints outputs of a step: count, stages, matrix, and stage-1, stage-2 … with the matrix of one stage. GitHub fails
where a matrix is empty: give the job a condition, such as if: needs.targets.outputs.count != '0'.
--format gitlab prints a child pipeline.
`;

const MERGE_HELP = `
Needs no network and no credentials. The order of the files does not matter: the result is the plan that one run would have made
of all targets. A target without a plan is the concern target.missing, a file that cannot be read is plan.unreadable.

Exit codes: as of plan; 1 also if a plan is missing, cannot be read, or does not belong to the others
`;

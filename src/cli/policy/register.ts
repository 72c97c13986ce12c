import type { Command } from 'commander';
import { POLICY_TEST_FORMATS } from '../../report/formats.ts';
import type { RegisterCommand } from '../context.ts';
import { collect, formatFlag } from '../flags.ts';

/** Registers the commands on the policies of a project. */
export function registerPolicyCommands(program: Command, runs: RegisterCommand): void {
  const policy = program.command('policy').description('the policies of the project');
  runs(
    policy
      .command('test')
      .description('test the policies on plans of your own; needs no network and no credentials')
      .argument(
        '[files...]',
        'files and folders of tests (default: all *.policy-test.yaml below the folder of the project)',
      )
      .option('--policy <name>', 'only this policy; a name or a glob, repeatable', collect)
      .addOption(formatFlag(...POLICY_TEST_FORMATS))
      .option('--out <file>', 'write the results to a file (default: stdout)'),
    async () => (await import('./test.ts')).policyTest,
  );
}

import { type Command, Option } from 'commander';
import { formatFlag, positiveInteger } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** The commands on pull and merge requests. */
export function registerPullRequestCommands(program: Command, runs: Registrar): void {
  runs(
    program
      .command('comment')
      .description('put a plan in Markdown on the pull or merge request, and keep it up to date')
      .option(
        '--file <file>',
        'what --format markdown of plan, show, validate or drift wrote; its marker is how it is found again',
      )
      .addOption(
        new Option(
          '--platform <name>',
          'whose API (default: that of the platform whose pipeline this is)',
        ).choices(['github', 'gitlab']),
      )
      .addOption(
        new Option('--mode <mode>', 'edit the comment in place, or add a new one and hide those before it')
          .choices(['update', 'new'])
          .default('update'),
      )
      .option('--repo <repository>', 'owner/name or group/name (default: the pipeline’s)')
      .option('--number <number>', 'the pull or merge request (default: the pipeline’s)', positiveInteger)
      .option('--api-url <url>', 'the platform’s API (default: the pipeline’s)')
      .addOption(
        new Option('--if-missing <what>', 'what to do where the pipeline runs for no pull request')
          .choices(['error', 'skip'])
          .default('error'),
      )
      .addOption(formatFlag('text', 'json'))
      .addHelpText('after', TOKEN),
    async () => (await import('../commands/comment.ts')).comment,
  );
}

const TOKEN = `
The token comes from the environment alone: LANDFALL_PLATFORM_TOKEN, or else GITHUB_TOKEN or GH_TOKEN, or GITLAB_TOKEN.
`;

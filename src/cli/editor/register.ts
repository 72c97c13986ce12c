import { Argument, type Command, Option } from 'commander';
import { DEFAULT_PROVIDER, SERVICES } from '../../providers/registry.ts';
import { PIPELINES } from '../../workflow/shipped-files.ts';
import type { RegisterCommand } from '../context.ts';
import { formatFlag } from '../flags.ts';

/** The commands for those who write manifests: explanations, schemas, completion, a project to begin with. */
export function registerEditorCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('explain')
      .description('tell what a concern or error means, why it matters and what to do')
      .argument(
        '[id]',
        'its id, such as licence.linux-aws or PLAN_STALE, or the beginning of several: licence (default: list all)',
      )
      .addOption(formatFlag('text', 'json', 'markdown')),
    async () => (await import('./explain.ts')).explain,
  );

  runs(
    program
      .command('schema')
      .description('print a JSON Schema of the files that landfall reads and writes')
      .argument('[name]', 'which one: wave, project, plan, … (default: list all)')
      .option('--out <file>', 'write it to a file instead'),
    async () => (await import('./schema.ts')).schema,
  );

  runs(
    program
      .command('init')
      .description('write a project that can be planned at once; overwrites nothing')
      .argument('[folder]', 'where to (default: here)')
      .option('--name <name>', 'name of the project (default: that of the folder)')
      .addOption(
        new Option('--provider <service>', 'the service of its first target')
          .choices(SERVICES.map(({ name }) => name))
          .default(DEFAULT_PROVIDER),
      )
      .addOption(new Option('--ci <platform>', 'a pipeline to write as well').choices(PIPELINES))
      .option('--no-input', 'ask nothing: take the defaults'),
    async () => (await import('./init.ts')).init,
  );

  runs(
    program
      .command('completion')
      .description('print what makes a shell complete commands, flags and names at TAB')
      .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
      .addHelpText('after', COMPLETION_HELP),
    async () => (await import('./completion.ts')).completion,
  );

  // The scripts of `completion` call it when the user presses TAB.
  runs(
    program.command('__complete', { hidden: true }).argument('<shell>').argument('[words...]'),
    async () => {
      const { complete } = await import('./completion.ts');
      return (context, _flags, args) => complete(context, program, args);
    },
  );
}

const COMPLETION_HELP = `
To load it in the shell at hand:
  bash  source <(landfall completion bash)
  zsh   source <(landfall completion zsh)
  fish  landfall completion fish | source
For every shell to come, add that line to ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish.
`;

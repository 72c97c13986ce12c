import { Argument, type Command, Option } from 'commander';
import { DEFAULT_PROVIDER, SERVICE_NAMES } from '../../workflow/services.ts';
import { EXTRAS } from '../../workflow/new-project/extras.ts';
import { PIPELINES } from '../../workflow/shipped-files.ts';
import type { RegisterCommand } from '../context.ts';
import { collectOf, formatFlag } from '../flags.ts';

/** Registers the commands for writing manifests: explanations, schemas, completion, new projects. */
export function registerEditorCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('explain')
      .description('explain a concern or an error: meaning, reason, fix')
      .argument(
        '[id]',
        'an id, such as licence.linux-aws or PLAN_STALE, or the beginning of several ids: licence (default: list all)',
      )
      .addOption(formatFlag('text', 'json', 'markdown')),
    async () => (await import('./explain.ts')).explain,
  );

  runs(
    program
      .command('schema')
      .description('print a JSON Schema of a file or an output of landfall')
      .argument('[name]', 'the schema: wave, project, plan, … (default: list all)')
      .option('--out <file>', 'write it to a file'),
    async () => (await import('./schema.ts')).schema,
  );

  runs(
    program
      .command('init')
      .description('create a project that can be planned at once; asks nothing, overwrites nothing')
      .argument('[folder]', 'the folder (default: the current one)')
      .option('--name <name>', 'the name of the project (default: the name of the folder)')
      .addOption(
        new Option('--provider <service>', 'the service of the first target')
          .choices(SERVICE_NAMES)
          .default(DEFAULT_PROVIDER),
      )
      .addOption(new Option('--ci <platform>', 'also write a pipeline for this platform').choices(PIPELINES))
      .option(
        '--with <parts>',
        `also begin with these parts, with commas between them: ${EXTRAS.join(', ')}, or all`,
        collectOf([...EXTRAS, 'all']),
      ),
    async () => (await import('./init.ts')).init,
  );

  runs(
    program
      .command('completion')
      .description('print the completion script of a shell')
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

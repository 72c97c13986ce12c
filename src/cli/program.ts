import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import { FORMAT_NAMES } from '../report/formats.ts';
import { renderError } from '../report/text/errors.ts';
import { escapeTerminal } from '../report/text/escape.ts';
import { registerMgnCommands, registerServiceCommands } from './account/register.ts';
import { colorsFor, type CommandAction, createContext, type RegisterCommand } from './context.ts';
import { registerEditorCommands } from './editor/register.ts';
import {
  addCommonFlags,
  applyEnvironment,
  collect,
  type CommonFlags,
  formatFlag,
  inheritFlags,
  maxBytesFlag,
  parsePort,
  parsePositiveNumber,
  parseRate,
  parseWholeNumber,
} from './flags.ts';
import type { Host } from './host.ts';
import { registerConvertCommand, registerInventoryCommands } from './inventory/register.ts';
import {
  registerDriftCommand,
  registerLockCommands,
  registerPlanCommands,
  registerPullRequestCommands,
} from './plan/register.ts';

/** What each exit code says, for the help and the reference. */
const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; for a plan with changes, too',
  error: 'error: nothing, or not all, could be done',
  changes: 'the plan has changes (`plan --detailed-exitcode`), or there is drift (`drift`)',
  refused: 'refused by a guard or a critical concern',
  stale: 'the saved plan is stale',
  locked: 'another run holds the lock',
  partial: 'applied in part',
};

/** All exit codes, in order. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = (
  Object.keys(EXIT) as (keyof typeof EXIT)[]
).map((name) => ({ code: EXIT[name], meaning: EXIT_CODE_MEANINGS[name] }));

/**
 * Parses the command line, runs the command it names, and turns whatever goes wrong into a message and an exit
 * code. Each command's code, and all that it needs, is loaded when the command is run.
 */
export async function run(host: Host, version: string): Promise<number> {
  let exitCode: number = EXIT.done;

  /** Makes `command` run `load()`'s function with its flags, the environment's and the arguments. */
  function runs<Flags>(command: Command, load: () => Promise<CommandAction<Flags & CommonFlags>>): void {
    command.showHelpAfterError(`(\`${fullName(command)} --help\` tells how it is used)`);
    addCommonFlags(command).action(async () => {
      inheritFlags(command);
      applyEnvironment(command, host.env);
      const flags = command.opts<Flags & CommonFlags>();
      const action = await load();
      exitCode = await action(createContext(host, flags), flags, command.args);
    });
  }

  const program = new Command('landfall')
    .description('Wave files in git become replication jobs in AWS: validate, plan, apply.')
    .version(`landfall ${version}`, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        host.stdout.write(text);
      },
      writeErr: (text) => {
        host.stderr.write(text);
      },
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
      outputError: (text, write) => {
        // An argument may be a name that a pipeline has from anybody.
        write(`${text.split('\n').map(escapeTerminal).join('\n')}${hintForFileArguments(text)}`);
      },
    })
    .showHelpAfterError('(`landfall --help` lists the commands)')
    .addHelpText('after', EPILOGUE);

  declareCommands(program, runs);

  // Common flags may stand on either side of a command.
  for (const group of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    addCommonFlags(group);
  }

  try {
    await program.parseAsync(host.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printFailure(host, error);
    if (error.exitCode === 0) return EXIT.done;
    await (await import('./plan/apply-report.ts')).reportUsage(host, error.message);
    return EXIT.error;
  }
}

/** What to say of a file or a name behind a command that takes all of the project. */
function hintForFileArguments(error: string): string {
  const command = /too many arguments for '(validate|plan|drift)'/.exec(error)?.[1];
  if (command === undefined) return '';
  return `(it takes the wave files that landfall.yaml names${command === 'validate' ? '' : '; --wave NAME narrows it'})\n`;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Declares all commands and their flags; `runs` says what each does. */
export function declareCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('validate')
      .description('check the project and its wave files; needs no network and no credentials')
      .addOption(formatFlag(...FORMAT_NAMES))
      .addOption(maxBytesFlag('lists')),
    async () => (await import('./plan/validate.ts')).validate,
  );

  registerPlanCommands(program, runs);
  registerDriftCommand(program, runs);
  registerLockCommands(program, runs);
  registerServiceCommands(program, runs);
  registerMgnCommands(program, runs);
  registerEditorCommands(program, runs);
  registerInventoryCommands(program, runs);
  registerConvertCommand(program, runs);
  registerPullRequestCommands(program, runs);

  const local = program
    .command('local')
    .description('the built-in endpoint: AWS SMS and AWS MGN on this machine, for trying out and testing');
  runs(
    local
      .command('start')
      .description('serve it until Ctrl-C, for any AWS client')
      .option('--port <number>', 'the port on 127.0.0.1 (default: a free one)', parsePort)
      .option('--speed <factor>', 'how much faster than real time its clock runs', parsePositiveNumber)
      .addOption(
        new Option('--wire-style <style>', 'how it spells enum values: as the API’s model, or as the console')
          .choices(['model', 'console'])
          .default('model'),
      )
      .option('--faults <file>', 'what is to go wrong, in YAML or JSON')
      .option('--seed <number>', 'which requests the rates below hit', parseWholeNumber)
      .option('--latency <ms>', 'hold every answer back', parseWholeNumber)
      .option('--throttling <rate>', 'share of requests that are throttled, 0 to 1', parseRate)
      .option('--internal-errors <rate>', 'share of requests that end in a 500', parseRate)
      .option('--lost-replies <rate>', 'share of changes that are made without an answer', parseRate)
      .option('--cut-replies <rate>', 'share of answers that are cut in the middle', parseRate)
      .option('--unhealthy-connector <id>', 'a connector that is down, repeatable', collect)
      .option('--mgn-initialized', 'AWS MGN is initialised already (default: `landfall mgn init` does that)'),
    async () => (await import('./local/local.ts')).localStart,
  );
  runs(
    local
      .command('load')
      .description('take the VMs of an RVTools vInfo export (CSV) for its data centre')
      .argument('<file>', 'the export'),
    async () => (await import('./local/local.ts')).localLoad,
  );
  runs(
    local
      .command('advance')
      .description('move its clock forward')
      .argument('<span>', 'how far: 90s, 30m, 12h, 7d'),
    async () => (await import('./local/local.ts')).localAdvance,
  );
  runs(
    local
      .command('reset')
      .description('drop its jobs, inventory and clock')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./local/local.ts')).localReset,
  );
}

function printFailure(host: Host, thrown: unknown): number {
  const error = thrown instanceof LandfallError ? thrown : internalError(thrown);
  const colors = colorsFor(host.stderr, host.env, !host.argv.includes('--no-color'));
  host.stderr.write(renderError(error, colors));
  return error.exitCode;
}

/** Anything that is not a LandfallError is a mistake of ours. */
function internalError(thrown: unknown): LandfallError {
  return new LandfallError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), {
    source: 'landfall',
    remedy: 'this is a bug in landfall; please report it with the command that you ran',
    cause: thrown,
  });
}

const EPILOGUE = `
Exit codes:
${EXIT_CODES.map(({ code, meaning }) => `  ${code}  ${meaning.replaceAll('`', '')}`).join('\n')}

Every flag can be given in the environment: LANDFALL_FORMAT=json, LANDFALL_WAVE=sdsc-01,sdsc-02.
`;

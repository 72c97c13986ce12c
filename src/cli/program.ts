import { Command, CommanderError, Option } from 'commander';
import { LandfallError, EXIT } from '../core/error.ts';
import { FINDING_FORMATS } from '../report/findings/report.ts';
import { renderError } from '../report/error-text.ts';
import { escapeTerminal } from '../report/escape.ts';
import { colorsFor, createContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import {
  addCommonFlags,
  applyEnvironment,
  collect,
  type CommonFlags,
  formatFlag,
  maxBytesFlag,
  inheritFlags,
  port,
  positiveNumber,
  rate,
  wholeNumber,
} from './flags.ts';
import type { Host } from './host.ts';
import type { Registrar, Run } from './register/registrar.ts';
import { registerConvertCommand } from './register/convert.ts';
import { registerEditorCommands } from './register/editor.ts';
import { registerDriftCommand } from './register/drift.ts';
import { registerInventoryCommands } from './register/inventory.ts';
import { registerLockCommands } from './register/lock.ts';
import { registerMgnCommands } from './register/mgn.ts';
import { registerPlanCommands } from './register/plan.ts';
import { registerPullRequestCommands } from './register/pull-request.ts';
import { registerServiceCommands } from './register/service.ts';

/**
 * Parses the command line, runs the command it names, and turns whatever goes wrong into a message and an exit
 * code. Each command's code, and all that it needs, is loaded when the command is run.
 */
export async function run(host: Host, version: string): Promise<number> {
  let exitCode: number = EXIT.done;

  /** Makes `command` run `load()`'s function with its flags, the environment's and the arguments. */
  function runs<Flags>(command: Command, load: () => Promise<Run<Flags & CommonFlags>>): void {
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
        write(`${text.split('\n').map(escapeTerminal).join('\n')}${aboutFiles(text)}`);
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
    if (!(error instanceof CommanderError)) return fail(host, error);
    if (error.exitCode === 0) return EXIT.done;
    await (await import('./usage-report.ts')).reportUsage(host, error.message);
    return EXIT.error;
  }
}

/** What to say of a file or a name behind a command that takes all of the project. */
function aboutFiles(error: string): string {
  const command = /too many arguments for '(validate|plan|drift)'/.exec(error)?.[1];
  if (command === undefined) return '';
  return `(it takes the wave files that landfall.yaml names${command === 'validate' ? '' : '; --wave NAME narrows it'})\n`;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Declares all commands and their flags; `runs` says what each does. */
export function declareCommands(program: Command, runs: Registrar): void {
  runs(
    program
      .command('validate')
      .description('check the project and its wave files; needs no network and no credentials')
      .addOption(formatFlag('text', 'json', 'markdown', ...FINDING_FORMATS))
      .addOption(maxBytesFlag('lists')),
    async () => (await import('./commands/validate.ts')).validate,
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
      .option('--port <number>', 'the port on 127.0.0.1 (default: a free one)', port)
      .option('--speed <factor>', 'how much faster than real time its clock runs', positiveNumber)
      .addOption(
        new Option('--wire-style <style>', 'how it spells enum values: as the API’s model, or as the console')
          .choices(['model', 'console'])
          .default('model'),
      )
      .option('--faults <file>', 'what is to go wrong, in YAML or JSON')
      .option('--seed <number>', 'which requests the rates below hit', wholeNumber)
      .option('--latency <ms>', 'hold every answer back', wholeNumber)
      .option('--throttling <rate>', 'share of requests that are throttled, 0 to 1', rate)
      .option('--internal-errors <rate>', 'share of requests that end in a 500', rate)
      .option('--lost-replies <rate>', 'share of changes that are made without an answer', rate)
      .option('--cut-replies <rate>', 'share of answers that are cut in the middle', rate)
      .option('--unhealthy-connector <id>', 'a connector that is down, repeatable', collect)
      .option('--mgn-initialized', 'AWS MGN is initialised already (default: `landfall mgn init` does that)'),
    async () => (await import('./commands/local.ts')).start,
  );
  runs(
    local
      .command('load')
      .description('take the VMs of an RVTools vInfo export (CSV) for its data centre')
      .argument('<file>', 'the export'),
    async () => (await import('./commands/local.ts')).load,
  );
  runs(
    local
      .command('advance')
      .description('move its clock forward')
      .argument('<span>', 'how far: 90s, 30m, 12h, 7d'),
    async () => (await import('./commands/local.ts')).advance,
  );
  runs(
    local
      .command('reset')
      .description('drop its jobs, inventory and clock')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./commands/local.ts')).reset,
  );
}

function fail(host: Host, thrown: unknown): number {
  const error = thrown instanceof LandfallError ? thrown : internal(thrown);
  const colors = colorsFor(host.stderr, host.env, !host.argv.includes('--no-color'));
  host.stderr.write(renderError(error, colors));
  return error.exitCode;
}

/** Anything that is not a LandfallError is a mistake of ours. */
function internal(thrown: unknown): LandfallError {
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

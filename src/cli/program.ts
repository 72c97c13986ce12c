import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import { NAME_TOLERANCE, suggest } from '../core/suggest.ts';
import { renderError, renderWarning } from '../report/text/errors.ts';
import { colorsFor, type CommandAction, createContext, type RegisterCommand } from './context.ts';
import {
  addCommonFlags,
  applyEnvironment,
  type CommonFlags,
  environmentVariables,
  inheritFlags,
  throwUsageErrors,
} from './flags.ts';
import { type Host, hostWithoutSecrets } from './host.ts';
import { versionLine } from './version.ts';

/** The meaning of each exit code, for the help and the reference. */
const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; for a plan with changes, too',
  error:
    'error: nothing, or not all, could be done; a target could not be read; or VMs are not ready (`status --not-ready`)',
  changes:
    'the plan has changes (`plan --detailed-exitcode`), there is drift (`drift`), or a VM has a problem (`status --exit-code`)',
  refused: 'refused by a guard or a critical concern',
  stale: 'the saved plan is stale',
  locked: 'another run holds the lock',
  partial: 'applied in part: changes failed, were not tried or are blocked, or a target could not be read',
  waiting:
    'the plan has no changes now, but waits for what is under way or for a full cap: a later run continues (`plan --detailed-exitcode`); or all VMs of a `rollback` are still being launched',
};

/** All exit codes, in order. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = (
  Object.keys(EXIT) as (keyof typeof EXIT)[]
).map((name) => ({ code: EXIT[name], meaning: EXIT_CODE_MEANINGS[name] }));

/**
 * Runs the program once: parses the command line, runs the command that it names, and turns whatever goes wrong into a
 * message. Prints through `host` only, and loads the code of a command when the command is run.
 * @returns the exit code
 */
export async function main(given: Host): Promise<number> {
  const host = hostWithoutSecrets(given);
  const state = { exitCode: EXIT.done as number, isStarted: false };

  /** Makes `command` run the function of `load()` with its flags, those of the environment, and the arguments. */
  function runs<Flags>(command: Command, load: () => Promise<CommandAction<Flags & CommonFlags>>): void {
    addCommonFlags(command).action(async () => {
      inheritFlags(command);
      applyEnvironment(command, host.env);
      await warnOfMisspeltVariables(host, command);
      const flags = command.opts<Flags & CommonFlags>();
      state.isStarted = true;
      const action = await load();
      state.exitCode = await action(createContext(host, flags), flags, command.args);
    });
  }

  const program = new Command('landfall')
    .description('Migrates VMs to AWS from wave files in git: validate, plan, apply.')
    .version(versionLine(), '-V, --version')
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
      outputError: () => undefined,
    })
    .addHelpText('after', EPILOGUE);

  await declareCommands(program, runs, host.argv[0]);
  throwUsageErrors(program);

  // Common flags may come before or after a command.
  for (const group of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    addCommonFlags(group);
  }

  try {
    await program.parseAsync([...(await withHelp(program, host.argv))], { from: 'user' });
    return state.exitCode;
  } catch (error) {
    // Help has been printed: it is what the user asked for, or what a group of commands prints without one of them.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.error;
    if (!state.isStarted) await (await import('./plan/apply-report.ts')).reportUsage(host, error);
    return printFailure(host, error);
  }
}

/** Returns the arguments for the parser. The examples of commands are loaded only where help may be printed. */
async function withHelp(program: Command, argv: readonly string[]): Promise<readonly string[]> {
  const mayPrintHelp = argv.length === 0 || argv.some((word) => ['help', '--help', '-h'].includes(word));
  if (!mayPrintHelp) return argv;
  const { addExamples, readHelpRequest } = await import('./help.ts');
  const request = readHelpRequest(program, argv);
  addExamples(program);
  return request ?? argv;
}

type Register = (program: Command, runs: RegisterCommand) => void;

/** The top commands in the order of the help, and what declares them. */
const COMMANDS: readonly { readonly names: readonly string[]; readonly load: () => Promise<Register> }[] = [
  {
    names: ['validate', 'plan', 'apply', 'show'],
    load: async () => (await import('./plan/register.ts')).registerPlanCommands,
  },
  {
    names: ['targets', 'merge'],
    load: async () => (await import('./targets/register.ts')).registerTargetCommands,
  },
  { names: ['rollback'], load: async () => (await import('./plan/register.ts')).registerRollbackCommand },
  { names: ['drift'], load: async () => (await import('./plan/register.ts')).registerDriftCommand },
  { names: ['force-unlock'], load: async () => (await import('./plan/register.ts')).registerLockCommands },
  {
    names: [
      ...[
        'status',
        'describe',
        'output',
        'runs',
        'forecast',
        'what-if',
        'runbook',
        'calendar',
        'report',
        'run',
      ],
    ],
    load: async () => (await import('./status/register.ts')).registerStatusCommands,
  },
  {
    names: ['catalog', 'connectors'],
    load: async () => (await import('./account/register.ts')).registerServiceCommands,
  },
  { names: ['mgn'], load: async () => (await import('./account/register.ts')).registerMgnCommands },
  {
    names: ['explain', 'schema', 'init', 'completion'],
    load: async () => (await import('./editor/register.ts')).registerEditorCommands,
  },
  {
    names: ['import', 'export'],
    load: async () => (await import('./inventory/register.ts')).registerInventoryCommands,
  },
  { names: ['convert'], load: async () => (await import('./inventory/register.ts')).registerConvertCommand },
  { names: ['comment'], load: async () => (await import('./plan/register.ts')).registerPullRequestCommands },
  { names: ['policy'], load: async () => (await import('./policy/register.ts')).registerPolicyCommands },
  { names: ['local'], load: async () => (await import('./local/register.ts')).registerLocalCommands },
];

/**
 * Declares all commands and their flags; `runs` says what each does.
 * @param first the first argument: if it names a command, only that one and those that are declared with it
 */
export async function declareCommands(
  program: Command,
  runs: RegisterCommand,
  first?: string,
): Promise<void> {
  const named = COMMANDS.filter(({ names }) => first !== undefined && names.includes(first));
  for (const { load } of named.length > 0 ? named : COMMANDS) (await load())(program, runs);
}

/** Variables that no flag has: the token of `comment`, and what the pipelines of examples/ci/ read themselves. */
const VARIABLES_WITHOUT_FLAG = [
  'PLATFORM_TOKEN',
  'PLAN_ROLE',
  'APPLY_ROLE',
  'CONTINUE',
  'SARIF',
  'REPOSITORY',
  'VERSION',
].map((name) => `LANDFALL_${name}`);

/**
 * Warns of each LANDFALL_ variable that no command reads and whose name is near one that is read. Others may belong to the
 * user. Prints no values. The flags of all commands are declared only if a variable is not of this command.
 */
async function warnOfMisspeltVariables(host: Host, command: Command): Promise<void> {
  const given = Object.keys(host.env).filter((name) => /^LANDFALL_/i.test(name));
  const own = new Set([...environmentVariables(command), ...VARIABLES_WITHOUT_FLAG]);
  if (given.every((name) => own.has(name))) return;
  const program = new Command();
  await declareCommands(program, (declared) => void addCommonFlags(declared));
  const known = [...new Set([...own, ...environmentVariables(program)])];
  const words = known.map(withoutPrefix);
  const colors = colorsFor(host.stderr, host.env, !host.argv.includes('--no-color'));
  for (const name of given.sort().filter((one) => !known.includes(one))) {
    const word = suggest(withoutPrefix(name), words, NAME_TOLERANCE);
    if (word === undefined) continue;
    const text = `the environment variable ${name} is not used`;
    host.stderr.write(renderWarning(text, `did you mean LANDFALL_${word}?`, colors));
  }
}

function withoutPrefix(variable: string): string {
  return variable.slice('LANDFALL_'.length);
}

function printFailure(host: Host, thrown: unknown): number {
  const error = thrown instanceof LandfallError ? thrown : internalError(thrown);
  const colors = colorsFor(host.stderr, host.env, !host.argv.includes('--no-color'));
  host.stderr.write(renderError(error, colors));
  if (error.code === 'INTERNAL' && host.argv.includes('--verbose')) host.stderr.write(placesOf(thrown));
  return error.exitCode;
}

/** The place in a line of a stack trace: the name of a file without its folder, which is nobody's business. */
const PLACE = /^ {4}at .*?([\w.-]+\.[cm]?js:\d+:\d+)\)?$/;

/** Lists the places in the bundle that an error comes from; `script/trace.mjs` finds them in src/. */
function placesOf(thrown: unknown): string {
  const lines = (thrown instanceof Error ? (thrown.stack ?? '') : '').split('\n');
  return lines
    .flatMap((line) => PLACE.exec(line)?.[1] ?? [])
    .map((place) => `    at ${place}\n`)
    .join('');
}

/** Any other error than a LandfallError is a bug in landfall. */
function internalError(thrown: unknown): LandfallError {
  return new LandfallError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), {
    source: 'landfall',
    remedy:
      'this is a bug in landfall; please report it with the command, and with what it prints with --verbose',
    cause: thrown,
  });
}

const EPILOGUE = `
Exit codes:
${EXIT_CODES.map(({ code, meaning }) => `  ${code}  ${meaning.replaceAll('`', '')}`).join('\n')}

Every flag can be given in the environment: LANDFALL_FORMAT=json, LANDFALL_WAVE=sdsc-01,sdsc-02.
`;

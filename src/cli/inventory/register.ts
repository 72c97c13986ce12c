import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_FREQUENCY_HOURS, MAX_IMPORTED_WAVE_SIZE } from '../../core/limits.ts';
import {
  CONVERSION_SERVICES,
  DEFAULT_PROVIDER,
  IMPORT_GROUPINGS,
  SERVICE_NAMES,
} from '../../workflow/services.ts';
import type { RegisterCommand } from '../context.ts';
import { collect, formatFlag, parsePositiveInteger, withoutEnvironmentVariable } from '../flags.ts';

/** Registers the commands that import VMs into wave files and export them for other tools. */
export function registerInventoryCommands(program: Command, runs: RegisterCommand): void {
  const imports = program
    .command('import')
    .description('write wave files from an RVTools export, existing jobs, or a CSV of MGN');
  runs(
    addDefaultFlags(addImportFlags(imports.command('rvtools')))
      .description('write waves from the vInfo tab of an RVTools export, or another list of VMs')
      .argument('<file>', 'the export (.xlsx or CSV), or a list of PowerCLI or govc')
      .addOption(
        new Option('--by <column>', 'what a wave is made of')
          .choices(['folder', 'cluster', 'datacenter', 'application'])
          .default('folder'),
      )
      .option(
        '--folder-depth <number>',
        'with --by folder: use this many folders from the top',
        parsePositiveInteger,
      )
      .option(
        '--application-column <title>',
        'with --by application: the column (default: Application or App)',
      )
      .option('--include-powered-off', 'also write VMs that are off or suspended'),
    async () => (await import('./import.ts')).rvtools,
  );
  runs(
    addImportFlags(imports.command('live'))
      .description('write waves for existing jobs: jobs without an owner are adopted, ours go to their wave')
      .addOption(
        new Option(
          '--by <what>',
          'what a wave of jobs without an owner is made of (default: wave on MGN, folder on SMS)',
        ).choices(IMPORT_GROUPINGS),
      )
      .option(
        '--folder-depth <number>',
        'with --by folder: use this many folders from the top',
        parsePositiveInteger,
      ),
    async () => (await import('./import.ts')).live,
  );
  runs(
    addDefaultFlags(addImportFlags(imports.command('mgn-csv')))
      .description('write waves from the inventory CSV of AWS Application Migration Service')
      .argument('<file>', 'the CSV, or an intake form of AWS Cloud Migration Factory'),
    async () => (await import('./import.ts')).mgnCsv,
  );

  const exports = program.command('export').description('write waves for other tools');
  runs(
    exports
      .command('mgn-csv')
      .description('write VMs as the inventory CSV that AWS Application Migration Service imports')
      .option('--target <name>', 'the target (default: the project’s defaultTarget)')
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .option('--vm <name>', 'only this VM, by name or wave/name; a name or a glob, repeatable', collect)
      .option('--out <file>', 'a new file (default: stdout)'),
    async () => (await import('./export.ts')).mgnCsv,
  );
}

function addImportFlags(command: Command): Command {
  return command
    .option('--out <folder>', 'the folder for the wave files (default: waves/ beside the project file)')
    .addOption(
      withoutEnvironmentVariable(
        new Option('--target <name>', 'the target of the waves (default: the project’s defaultTarget)'),
      ),
    )
    .option(
      '--max-size <number>',
      'maximum number of VMs in a wave; more are split into -01, -02, …',
      parseWaveSize,
      MAX_IMPORTED_WAVE_SIZE,
    )
    .option('--dry-run', 'show what would be written, and write nothing')
    .addOption(formatFlag('text', 'json'));
}

/** What `--encoding` does, for every command that reads a CSV file. */
export const ENCODING_HELP =
  'the encoding of the file: utf-8, utf-16le, windows-1252, shift_jis, cp850, … (default: found out, or refused if several fit)';

function addDefaultFlags(command: Command): Command {
  return command
    .option('--encoding <name>', ENCODING_HELP)
    .addOption(
      new Option(
        '--frequency <hours>',
        'hours between the runs of a job of SMS, 1 to 24 (default: 24)',
      ).argParser(parseHours),
    )
    .addOption(
      new Option('--licence-type <type>', 'the licence of VMs whose operating system allows a choice')
        .choices(['Auto', 'AWS', 'BYOL'])
        .default('Auto'),
    )
    .addOption(
      new Option(
        '--provider <provider>',
        `the service that the waves are for (default: the target’s, else ${DEFAULT_PROVIDER})`,
      ).choices(SERVICE_NAMES),
    );
}

function parseWaveSize(text: string): number {
  const size = parsePositiveInteger(text);
  if (size > MAX_IMPORTED_WAVE_SIZE)
    throw new InvalidArgumentError(`Give a number from 1 to ${MAX_IMPORTED_WAVE_SIZE}.`);
  return size;
}

function parseHours(text: string): number {
  const number = parsePositiveInteger(text);
  if (number > MAX_FREQUENCY_HOURS)
    throw new InvalidArgumentError(`Give whole hours from 1 to ${MAX_FREQUENCY_HOURS}.`);
  return number;
}

/** Registers the command that rewrites waves for another service. */
export function registerConvertCommand(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('convert')
      .description(
        'rewrite AWS SMS waves for AWS MGN: keeps comments and formatting, and lists what is removed',
      )
      .argument('[files...]', 'wave files (default: those of the project)')
      .addOption(
        new Option('--to <provider>', 'the new service of the waves')
          .choices(CONVERSION_SERVICES)
          .makeOptionMandatory(),
      )
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .addOption(
        withoutEnvironmentVariable(new Option('--target <name>', 'the MGN target to write into the waves')),
      )
      .addOption(new Option('--in-place', 'change the files').conflicts(['out', 'dryRun']))
      .addOption(
        new Option('--out <folder>', 'write the results as new files into a folder').conflicts([
          'inPlace',
          'dryRun',
        ]),
      )
      .addOption(
        new Option('--dry-run', 'show the changes, and write nothing (the default)').conflicts([
          'inPlace',
          'out',
        ]),
      )
      .addOption(formatFlag('text', 'json'))
      .addHelpText('after', CONVERT_HELP),
    async () => (await import('./convert.ts')).convert,
  );
}

const CONVERT_HELP = `
Exit codes: 0 done · 1 error, or something is left that only a person can solve

Lines that nothing is taken from stay as they are, byte for byte; so does a file that is not well-formed.
`;

import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, formatFlag, onlySaid, positiveInteger } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** Most VMs of a wave that an import writes (inventory/assemble.ts, which is loaded with the commands only). */
const LARGEST_WAVE = 1000;
const LARGEST_FREQUENCY = 24;

/** The commands that begin with what a team already has, and hand it on. */
export function registerInventoryCommands(program: Command, runs: Registrar): void {
  const imports = program
    .command('import')
    .description(
      'write wave files from what is there already: an RVTools export, running jobs, a CSV of MGN',
    );
  runs(
    withDefaults(addImportFlags(imports.command('rvtools')))
      .description('write waves from the vInfo tab of an RVTools export, saved as CSV')
      .argument('<file>', 'the export: CSV in UTF-8 or UTF-16')
      .addOption(
        new Option('--by <column>', 'what makes a wave')
          .choices(['folder', 'cluster', 'datacenter', 'application'])
          .default('folder'),
      )
      .option('--folder-depth <number>', 'with --by folder: how many folders from the top', positiveInteger)
      .option(
        '--application-column <title>',
        'with --by application: the column (default: Application or App)',
      )
      .option('--include-powered-off', 'write VMs that are off or suspended too'),
    async () => (await import('../commands/import-rvtools.ts')).importRvtools,
  );
  runs(
    addImportFlags(imports.command('live'))
      .description('write waves for jobs that run already: those of nobody to adopt, ours under their wave')
      .addOption(
        new Option('--by <what>', 'what makes a wave of jobs that nobody owns')
          .choices(['folder', 'datacenter', 'vcenter'])
          .default('folder'),
      )
      .option('--folder-depth <number>', 'with --by folder: how many folders from the top', positiveInteger),
    async () => (await import('../commands/import-live.ts')).importLive,
  );
  runs(
    withDefaults(addImportFlags(imports.command('mgn-csv')))
      .description('write waves from the inventory CSV of AWS Application Migration Service')
      .argument('<file>', 'the CSV'),
    async () => (await import('../commands/import-mgn-csv.ts')).importMgnCsv,
  );

  const exports = program.command('export').description('hand waves on to other tools');
  runs(
    exports
      .command('mgn-csv')
      .description('write VMs as the inventory CSV that AWS Application Migration Service imports')
      .option('--target <name>', 'the target (default: the project’s defaultTarget)')
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .option('--vm <name>', 'only this VM, by name or wave/name; a name or a glob, repeatable', collect)
      .option('--out <file>', 'a new file (default: stdout)'),
    async () => (await import('../commands/export-mgn-csv.ts')).exportMgnCsv,
  );
}

function addImportFlags(command: Command): Command {
  return command
    .option('--out <folder>', 'where the wave files go (default: waves/ beside the project file)')
    .addOption(
      onlySaid(
        new Option('--target <name>', 'the target of the waves (default: the project’s defaultTarget)'),
      ),
    )
    .option(
      '--max-size <number>',
      'most VMs of a wave: more are split into -01, -02, …',
      sizeOfWave,
      LARGEST_WAVE,
    )
    .option('--dry-run', 'say what would be written, and write nothing')
    .addOption(formatFlag('text', 'json'));
}

function withDefaults(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--frequency <hours>',
        'hours between the runs of a job of SMS, 1 to 24 (default: 24)',
      ).argParser(hours),
    )
    .addOption(
      new Option('--licence-type <type>', 'whose licence VMs run under, where their system leaves a choice')
        .choices(['Auto', 'AWS', 'BYOL'])
        .default('Auto'),
    )
    .addOption(
      new Option(
        '--provider <provider>',
        'the service that the waves are for (default: the target’s, else sms)',
      ).choices(['sms', 'mgn']),
    );
}

function sizeOfWave(text: string): number {
  const size = positiveInteger(text);
  if (size > LARGEST_WAVE) throw new InvalidArgumentError(`Give a number from 1 to ${LARGEST_WAVE}.`);
  return size;
}

function hours(text: string): number {
  const number = positiveInteger(text);
  if (number > LARGEST_FREQUENCY) throw new InvalidArgumentError('Give whole hours from 1 to 24.');
  return number;
}

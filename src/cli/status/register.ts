import { type Command, InvalidArgumentError, Option } from 'commander';
import { LISTING_FORMATS, RUNBOOK_FORMATS, STATUS_FORMATS } from '../../report/formats.ts';
import type { RegisterCommand } from '../context.ts';
import { PHASES } from '../../core/desired.ts';
import { type Stage, STAGES } from '../../core/journey.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import {
  addLockFlags,
  collect,
  collectOf,
  formatFlag,
  maxAttemptsFlag,
  parsePositiveInteger,
  parseTimeSpan,
} from '../flags.ts';

const PHASES_TO_BE_READY_FOR = PHASES.filter((phase) => phase !== 'replicate');

const DEFAULT_INTERVAL = 10_000;
/** A shorter interval would be throttled by AWS, and show nothing new. */
const MIN_INTERVAL = 1000;

/** Days of a calendar at most. */
const MAX_DAYS = 1000;

const ONE_VM = 'a VM: its name, wave/name or path, or the id of its server, job, run, AMI or instance';

/** Registers the commands on the replication of VMs. */
export function registerStatusCommands(program: Command, runs: RegisterCommand): void {
  runs(
    addVmFlags(program.command('status'), STATUS_FORMATS)
      .description('show the replication status of each VM')
      .argument('[names...]', 'waves or VMs, by name or glob, or by an id as in `describe` (default: all)')
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .option(
        '--stage <stage>',
        `only VMs in this stage, repeatable: ${STAGES.join(', ')}`,
        collectOf<Stage>(STAGES),
      )
      .option('--problems', 'only VMs that have a concern or need a person')
      .addOption(
        new Option(
          '--not-ready <phase>',
          'list the VMs that are not ready for this phase, with the reasons; exit with 1 if there are any',
        ).choices(PHASES_TO_BE_READY_FOR),
      )
      .addOption(maxAttemptsFlag())
      .option('--exit-code', 'exit with 2 when a VM has a concern or needs a person')
      .option('--watch', 'update the output until every active or due run has ended')
      .addOption(intervalFlag('look again after')),
    async () => (await import('./status.ts')).status,
  );
  runs(
    addVmFlags(program.command('describe'))
      .description('show all of one VM: stage, evidence, settings, history, AMIs, deadlines, concerns')
      .argument('<name>', ONE_VM),
    async () => (await import('./describe.ts')).describe,
  );
  runs(
    addVmFlags(program.command('runs'))
      .description('show all runs of a VM’s jobs, deleted jobs too, with AMIs and failures')
      .argument('<name>', `${ONE_VM}; the id of a job means that job alone`),
    async () => (await import('./runs.ts')).runs,
  );
  runs(
    program
      .command('output')
      .description('show the AMI or instance of each VM: of its cut-over, its test, its recovery point')
      .argument('[names...]', 'waves or VMs, by name or glob, or by an id as in `describe` (default: all)')
      .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .addOption(formatFlag(...LISTING_FORMATS)),
    async () => (await import('./output.ts')).output,
  );
  runs(
    program
      .command('forecast')
      .description('forecast when each wave replicates, is tested, cut over and finalized')
      .argument('[waves...]', 'waves, by name or glob (default: all)')
      .option(
        '--at <time>',
        'forecast from this time on, ISO 8601 (default: the time of the account)',
        parseTime,
      )
      .addOption(formatFlag(...LISTING_FORMATS)),
    async () => (await import('./forecast.ts')).forecast,
  );
  runs(
    program
      .command('what-if')
      .description('compare the forecast with the one that other values would give')
      .argument('[waves...]', 'waves, by name or glob (default: all)')
      .requiredOption(
        '--set <value>',
        'a value to set, such as waves.portal.limits.activeReplications=20, repeatable: limits, phase, cutover.at, priority and suspend of waves, limits of targets',
        collect,
      )
      .option(
        '--at <time>',
        'forecast from this time on, ISO 8601 (default: the time of the account)',
        parseTime,
      )
      .addOption(formatFlag('text', 'json')),
    async () => (await import('./forecast.ts')).whatIf,
  );
  runs(
    program
      .command('runbook')
      .description('write down the night of a cut-over: readiness, steps, checks, when to stop, the way back')
      .argument('<wave>', 'the name of a wave')
      .addOption(formatFlag(...RUNBOOK_FORMATS))
      .option('--out <file>', 'write it to a file (default: stdout)'),
    async () => (await import('./runbook.ts')).runbook,
  );
  runs(
    program
      .command('calendar')
      .description('write windows, freezes, cut-overs, finalize dates and expiries as iCalendar')
      .addOption(
        new Option(
          '--at <time>',
          'write windows from the day of this time on, ISO 8601 (default: the time of the account)',
        ).argParser(parseTime),
      )
      .addOption(
        new Option('--days <number>', 'for how many days windows are written, up to 1000')
          .argParser(parseDays)
          .default(180),
      )
      .option('--out <file>', 'write it to a file (default: stdout)'),
    async () => (await import('./forecast.ts')).calendar,
  );
  runs(
    program
      .command('report')
      .description('write status, forecast and calendar as one page for a browser, which needs no network')
      .argument('[waves...]', 'waves, by name or glob (default: all)')
      .option('--target <name>', 'read only this target; a name or a glob, repeatable', collect)
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .option('--out <file>', 'the file to write', 'report.html'),
    async () => (await import('./report.ts')).report,
  );
  runs(
    addLockFlags(addVmFlags(program.command('run')))
      .description('start an on-demand replication run of VMs')
      .argument('<names...>', 'waves, VMs, servers or jobs, by name or glob')
      .option('--description <text>', 'the description of the runs')
      .option('--auto-approve', 'do not ask')
      .option('--wait', 'wait until the runs have ended')
      .addOption(intervalFlag('with --wait, look again after')),
    async () => (await import('./run.ts')).run,
  );
}

function addVmFlags(command: Command, formats: readonly [string, ...string[]] = ['text', 'json']): Command {
  return command
    .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
    .addOption(formatFlag(...formats));
}

function intervalFlag(words: string): Option {
  return new Option('--interval <span>', words)
    .argParser((text) => Math.max(parseTimeSpan(text), MIN_INTERVAL))
    .default(DEFAULT_INTERVAL, '10s');
}

/** Reads a number of days. */
function parseDays(text: string): number {
  const days = parsePositiveInteger(text);
  if (days > MAX_DAYS) throw new InvalidArgumentError(`Give at most ${MAX_DAYS}.`);
  return days;
}

/** Reads a time with `Z` or an offset. */
function parseTime(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined)
    throw new InvalidArgumentError('Give a time with its offset or Z, such as 2026-12-05T22:00:00-08:00.');
  return at;
}

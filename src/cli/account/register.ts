import { type Command, Option } from 'commander';
import type { RegisterCommand } from '../context.ts';
import { collect, formatFlag, parseTimeSpan } from '../flags.ts';
import { addLockFlags } from '../plan/register.ts';

const DEFAULT_INTERVAL = 10_000;
/** A catalogue takes about a minute (domain: operations). */
const DEFAULT_TIMEOUT = 600_000;
/** More often than that would be throttled at AWS before it told more. */
const MIN_INTERVAL = 1000;

/** The commands on what a service holds, beside plans: catalogue, connectors, status and runs. */
export function registerServiceCommands(program: Command, runs: RegisterCommand): void {
  registerCatalog(program.command('catalog').description('the server catalogue of a target'), runs);
  registerConnectors(program.command('connectors').description('the connectors of a target'), runs);

  runs(
    addVmFlags(program.command('status'))
      .description('show how the replication of each VM is getting on')
      .argument('[names...]', 'waves, VMs, servers or jobs, by name or glob (default: all)')
      .option('--watch', 'go on until every run that is active or due has ended')
      .addOption(intervalFlag('look again after')),
    async () => (await import('../status/status.ts')).status,
  );
  runs(
    addVmFlags(program.command('runs'))
      .description('show all runs of a VM’s job, with AMIs and failures')
      .argument('<name>', 'a VM, by name or wave/name, or a job'),
    async () => (await import('../status/runs.ts')).runs,
  );
  runs(
    addLockFlags(addVmFlags(program.command('run')))
      .description('replicate VMs now, once, beside their schedule')
      .argument('<names...>', 'waves, VMs, servers or jobs, by name or glob')
      .option('--description <text>', 'what to say of the runs')
      .option('--auto-approve', 'do not ask')
      .option('--wait', 'wait until the runs have ended')
      .addOption(intervalFlag('with --wait, look again after')),
    async () => (await import('../status/run.ts')).run,
  );
}

function registerCatalog(catalog: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(catalog.command('import'))
      .description('have the service gather the VMs of its vCenters')
      .option('--wait', 'wait until it has')
      .addOption(
        new Option('--timeout <span>', 'with --wait, give up after')
          .argParser(parseTimeSpan)
          .default(DEFAULT_TIMEOUT, '10m'),
      ),
    async () => (await import('./catalog.ts')).catalogImport,
  );
  runs(
    addTargetFlags(catalog.command('list'))
      .description('show the servers of the catalogue and their jobs')
      .option('--vm <name>', 'only VMs of this name; a name or a glob, repeatable', collect)
      .option(
        '--path <path>',
        'only VMs at this path; a path or a glob (** crosses folders), repeatable',
        collect,
      )
      .option('--vcenter <name>', 'only VMs of this vCenter, by name or id; repeatable', collect)
      .addOption(new Option('--with-job', 'only servers with a job').conflicts('withoutJob'))
      .addOption(new Option('--without-job', 'only servers without one').conflicts(['managed', 'unmanaged']))
      .addOption(new Option('--managed', 'only servers with a job of this project').conflicts('unmanaged'))
      .option('--unmanaged', 'only servers with a job that is not of this project'),
    async () => (await import('./catalog.ts')).catalogList,
  );
  runs(
    addLockFlags(addTargetFlags(catalog.command('delete')))
      .description('drop the catalogue; jobs stay')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./catalog.ts')).catalogDelete,
  );
}

function registerConnectors(connectors: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(connectors.command('list')).description('show the connectors and how they are'),
    async () => (await import('./connectors.ts')).connectorsList,
  );
  runs(
    addLockFlags(addTargetFlags(connectors.command('disassociate')))
      .description('take a connector away, after saying what will stall')
      .argument('<id>', 'the connector’s id')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./connectors.ts')).connectorsDisassociate,
  );
}

function addTargetFlags(command: Command): Command {
  return command
    .option('--target <name>', 'the target (default: the project’s defaultTarget)')
    .addOption(formatFlag('text', 'json'));
}

function addVmFlags(command: Command): Command {
  return command
    .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
    .addOption(formatFlag('text', 'json'));
}

function intervalFlag(words: string): Option {
  return new Option('--interval <span>', words)
    .argParser((text) => Math.max(parseTimeSpan(text), MIN_INTERVAL))
    .default(DEFAULT_INTERVAL, '10s');
}

/** The commands on accounts of AWS MGN. */
export function registerMgnCommands(program: Command, runs: RegisterCommand): void {
  const mgn = program.command('mgn').description('accounts of AWS Application Migration Service');
  runs(
    addLockFlags(
      mgn
        .command('init')
        .description(
          'make an account ready for AWS MGN, as the project file says: initialise it, and make or change its replication template; again and again, if you like',
        )
        .argument('[target]', 'the target (default: the project’s defaultTarget)')
        .option('--target <name>', 'the same, as other commands have it')
        .option('--auto-approve', 'do not ask')
        .addOption(formatFlag('text', 'json')),
    ),
    async () => (await import('./mgn-init.ts')).mgnInit,
  );
}

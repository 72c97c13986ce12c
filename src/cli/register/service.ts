import { type Command, Option } from 'commander';
import { collect, formatFlag, timeSpan } from '../flags.ts';
import { addLockFlags } from './lock.ts';
import type { Registrar } from './registrar.ts';

const DEFAULT_INTERVAL = 10_000;
/** A catalogue takes about a minute (domain: operations). */
const DEFAULT_TIMEOUT = 600_000;
/** More often than that would be throttled at AWS before it told more. */
const SHORTEST_INTERVAL = 1000;

/** The commands on what a service holds, beside plans: catalogue, connectors, status and runs. */
export function registerServiceCommands(program: Command, runs: Registrar): void {
  registerCatalog(program.command('catalog').description('the server catalogue of a target'), runs);
  registerConnectors(program.command('connectors').description('the connectors of a target'), runs);

  runs(
    ofVms(program.command('status'))
      .description('show how the replication of each VM is getting on')
      .argument('[names...]', 'waves, VMs, servers or jobs, by name or glob (default: all)')
      .option('--watch', 'go on until every run that is active or due has ended')
      .addOption(intervalFlag('look again after')),
    async () => (await import('../commands/status.ts')).status,
  );
  runs(
    ofVms(program.command('runs'))
      .description('show all runs of a VM’s job, with AMIs and failures')
      .argument('<name>', 'a VM, by name or wave/name, or a job'),
    async () => (await import('../commands/runs.ts')).runs,
  );
  runs(
    addLockFlags(ofVms(program.command('run')))
      .description('replicate VMs now, once, beside their schedule')
      .argument('<names...>', 'waves, VMs, servers or jobs, by name or glob')
      .option('--description <text>', 'what to say of the runs')
      .option('--auto-approve', 'do not ask')
      .option('--wait', 'wait until the runs have ended')
      .addOption(intervalFlag('with --wait, look again after')),
    async () => (await import('../commands/run.ts')).run,
  );
}

function registerCatalog(catalog: Command, runs: Registrar): void {
  runs(
    ofOneTarget(catalog.command('import'))
      .description('have the service gather the VMs of its vCenters')
      .option('--wait', 'wait until it has')
      .addOption(
        new Option('--timeout <span>', 'with --wait, give up after')
          .argParser(timeSpan)
          .default(DEFAULT_TIMEOUT, '10m'),
      ),
    async () => (await import('../commands/catalog-import.ts')).gather,
  );
  runs(
    ofOneTarget(catalog.command('list'))
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
    async () => (await import('../commands/catalog-list.ts')).list,
  );
  runs(
    addLockFlags(ofOneTarget(catalog.command('delete')))
      .description('drop the catalogue; jobs stay')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('../commands/catalog-delete.ts')).drop,
  );
}

function registerConnectors(connectors: Command, runs: Registrar): void {
  runs(
    ofOneTarget(connectors.command('list')).description('show the connectors and how they are'),
    async () => (await import('../commands/connectors-list.ts')).list,
  );
  runs(
    addLockFlags(ofOneTarget(connectors.command('disassociate')))
      .description('take a connector away, after saying what will stall')
      .argument('<id>', 'the connector’s id')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('../commands/connectors-disassociate.ts')).disassociate,
  );
}

function ofOneTarget(command: Command): Command {
  return command
    .option('--target <name>', 'the target (default: the project’s defaultTarget)')
    .addOption(formatFlag('text', 'json'));
}

function ofVms(command: Command): Command {
  return command
    .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
    .addOption(formatFlag('text', 'json'));
}

function intervalFlag(words: string): Option {
  return new Option('--interval <span>', words)
    .argParser((text) => Math.max(timeSpan(text), SHORTEST_INTERVAL))
    .default(DEFAULT_INTERVAL, '10s');
}

import { type Command, Option } from 'commander';
import { SERVICE_NAMES } from '../../workflow/services.ts';
import type { RegisterCommand } from '../context.ts';
import { addLockFlags, collect, formatFlag, parseTimeSpan } from '../flags.ts';

/** A catalogue takes about a minute (domain: operations). */
const DEFAULT_TIMEOUT = 600_000;
/** Registers the commands on the catalogue and the connectors of a service. */
export function registerServiceCommands(program: Command, runs: RegisterCommand): void {
  registerCatalog(program.command('catalog').description('the server catalogue of a target'), runs);
  registerConnectors(program.command('connectors').description('the connectors of a target'), runs);
}

function registerCatalog(catalog: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(catalog.command('import'))
      .description('import the VMs of the vCenters into the server catalogue')
      .option('--wait', 'wait until the import has finished')
      .addOption(
        new Option('--timeout <span>', 'with --wait: stop waiting after')
          .argParser(parseTimeSpan)
          .default(DEFAULT_TIMEOUT, '10m'),
      ),
    async () => (await import('./catalog.ts')).catalogImport,
  );
  runs(
    addTargetFlags(catalog.command('list'))
      .description('list the servers of the catalogue and their jobs')
      .option('--vm <name>', 'only VMs of this name; a name or a glob, repeatable', collect)
      .option(
        '--path <path>',
        'only VMs at this path; a path or a glob (** crosses folders), repeatable',
        collect,
      )
      .option('--vcenter <name>', 'only VMs of this vCenter, by name or id; repeatable', collect)
      .addOption(new Option('--with-job', 'only servers with a job').conflicts('withoutJob'))
      .addOption(
        new Option('--without-job', 'only servers without a job').conflicts(['managed', 'unmanaged']),
      )
      .addOption(new Option('--managed', 'only servers with a job of this project').conflicts('unmanaged'))
      .option('--unmanaged', 'only servers with a job outside this project'),
    async () => (await import('./catalog.ts')).catalogList,
  );
  runs(
    addLockFlags(addTargetFlags(catalog.command('delete')))
      .description('delete the catalogue; jobs are kept')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./catalog.ts')).catalogDelete,
  );
}

function registerConnectors(connectors: Command, runs: RegisterCommand): void {
  runs(
    addTargetFlags(connectors.command('list')).description('list the connectors and their health'),
    async () => (await import('./connectors.ts')).connectorsList,
  );
  runs(
    addLockFlags(addTargetFlags(connectors.command('disassociate')))
      .description('remove a connector, after listing the jobs that depend on it')
      .argument('<id>', 'the id of the connector')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./connectors.ts')).connectorsDisassociate,
  );
}

function addTargetFlags(command: Command): Command {
  return command
    .option('--target <name>', 'the target (default: the project’s defaultTarget)')
    .option(
      '--state <folder>',
      `instead of a project: the built-in endpoint with its state in this folder; its targets are ${SERVICE_NAMES.join(' and ')}`,
    )
    .option(
      '--region <region>',
      'with --state: the region of the endpoint (default: AWS_REGION, otherwise us-west-2)',
    )
    .addOption(formatFlag('text', 'json'));
}

/** The commands on accounts of AWS MGN. */
export function registerMgnCommands(program: Command, runs: RegisterCommand): void {
  const mgn = program.command('mgn').description('accounts of AWS Application Migration Service');
  runs(
    addLockFlags(
      mgn
        .command('init')
        .description(
          'prepare an account for AWS MGN with the settings of the project file: initialise the service, and create or update its templates; can be repeated',
        )
        .argument('[target]', 'the target (default: the project’s defaultTarget)')
        .option('--target <name>', 'the same as the argument')
        .option('--auto-approve', 'do not ask')
        .addOption(formatFlag('text', 'json')),
    ),
    async () => (await import('./mgn-init.ts')).mgnInit,
  );
}

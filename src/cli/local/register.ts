import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RegisterCommand } from '../context.ts';
import { collect, parsePort, parsePositiveNumber, parseRate, parseWholeNumber } from '../flags.ts';
import { ENCODING_HELP } from '../inventory/register.ts';

/** Registers the commands on the built-in endpoint. */
export function registerLocalCommands(program: Command, runs: RegisterCommand): void {
  const local = program
    .command('local')
    .description('the built-in endpoint: AWS SMS and AWS MGN on this machine, for trials and tests');
  const command = (parent: Command, name: string) =>
    parent
      .command(name)
      .option(
        '--state <folder>',
        'the folder with its state (default: .landfall/local beside the project file)',
      );
  runs(
    command(local, 'start')
      .description(
        'start it for any AWS client, until Ctrl-C; without a project and --state, its state is kept in memory only',
      )
      .addOption(new Option('--in-memory', 'keep its state in memory, also in a project').conflicts('state'))
      .option('--port <number>', 'the port (default: a free one)', parsePort)
      .addOption(
        new Option(
          '--host <address>',
          'listen for this machine only, or in all of its networks, for containers',
        )
          .choices(['127.0.0.1', '0.0.0.0'])
          .default('127.0.0.1'),
      )
      .option(
        '--allow-host <name>',
        'answer requests to this host name too, repeatable (default: only localhost and its addresses)',
        collectHost,
      )
      .option('--speed <factor>', 'how many times faster than real time its clock runs', parsePositiveNumber)
      .addOption(
        new Option(
          '--wire-style <style>',
          'the spelling of enum values: that of the API model, or of the console',
        )
          .choices(['model', 'console'])
          .default('model'),
      )
      .option('--faults <file>', 'a file with faults to simulate, in YAML or JSON')
      .option('--seed <number>', 'the seed that selects the requests for the rates below', parseWholeNumber)
      .option('--latency <ms>', 'delay every answer by this many milliseconds', parseWholeNumber)
      .option('--throttling <rate>', 'share of requests that are throttled, 0 to 1', parseRate)
      .option('--internal-errors <rate>', 'share of requests that end in a 500', parseRate)
      .option('--lost-replies <rate>', 'share of changes that are made and not answered', parseRate)
      .option('--cut-replies <rate>', 'share of answers that are cut in the middle', parseRate)
      .option('--unhealthy-connector <id>', 'a connector that is down, repeatable', collect)
      .option('--not-imported', 'start with the catalogue of AWS SMS not imported, as in a fresh account')
      .option('--mgn-initialized', 'start with AWS MGN initialised (default: run `landfall mgn init`)'),
    async () => (await import('./local.ts')).localStart,
  );
  runs(
    command(local, 'load')
      .description(
        'replace its data centre by the VMs of an RVTools vInfo export (.xlsx or CSV); or install replication agents of AWS MGN',
      )
      .argument('<file>', 'the export, or the list of servers')
      .option('--encoding <name>', ENCODING_HELP)
      .option('--region <region>', 'with --agent: install the agents in this region only')
      .option('--agent', 'keep its data centre, and install an agent on each server of the list (CSV)')
      .addHelpText('after', AGENT_HELP),
    async () => (await import('./local.ts')).localLoad,
  );
  runs(
    command(local, 'advance')
      .description('advance its clock')
      .argument('<span>', 'how far: 90s, 30m, 12h, 7d'),
    async () => (await import('./local.ts')).localAdvance,
  );
  runs(
    command(local, 'reset')
      .description('delete its jobs, inventory and clock')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./local.ts')).localReset,
  );
  const fault = local.command('fault').description('the faults that the running endpoint simulates');
  runs(
    command(fault, 'set')
      .description('replace all faults by those of a file, until the endpoint stops')
      .argument('<file>', 'a file with faults, in YAML or JSON')
      .addHelpText('after', FAULT_HELP),
    async () => (await import('./local.ts')).localFaultSet,
  );
  runs(
    command(fault, 'clear').description('remove all faults'),
    async () => (await import('./local.ts')).localFaultClear,
  );
}

/**
 * Reads the name or address of a host, without a port, as the header `Host` of a request has it; repeatable.
 * @throws InvalidArgumentError for an address with a scheme, a port or a wildcard
 */
function collectHost(text: string, sofar: readonly string[] | undefined): readonly string[] {
  if (!/^([a-z\d_]([\w-]*[a-z\d])?(\.[a-z\d]([\w-]*[a-z\d])?)*|\[[\da-f:.]+\])$/i.test(text)) {
    throw new InvalidArgumentError(
      'Give the name or the address of a host, without http:// and without a port: landfall, 172.17.0.2 or [fd00::2].',
    );
  }
  return collect(text, sofar);
}

const AGENT_HELP = `
A list of servers for --agent needs the column Hostname only; an RVTools vInfo export is such a list too:
  Hostname,FQDN,OS,Disk GiB,VM UUID,AWS Instance ID,Imported,Install After
  erp-db1,erp-db1.example.com,Red Hat Enterprise Linux 8,200,,,,
  erp-app1,,Windows Server 2019,80,,,yes,2h
The first server replicates at once. The second is listed as PENDING_INSTALLATION for two hours of the
endpoint's clock (without "Imported", it is not listed until then); "never" leaves its agent out.
To install an agent again, on a server that was disconnected, load its list again.
`;

const FAULT_HELP = `
A file with faults. Each field is optional:
  throttling: 0.2                              # share of requests that are throttled
  internalErrors: { rate: 0.1, operations: [GetServers] }
  unhealthyConnectors: [c-415fef98f4c66c487]   # connectors of SMS that are down
  failures:                                    # runs of SMS that fail
    - { server: 'awsscrum-*', stage: Uploading }
  launchFailures:                              # launches of MGN that fail
    - { server: 'awsscrum-*', of: test }

\`landfall schema faults\` prints the schema of all fields; src/local/SPEC.md in the package describes them.
`;

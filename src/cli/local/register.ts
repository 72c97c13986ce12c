import { type Command, Option } from 'commander';
import type { RegisterCommand } from '../context.ts';
import { collect, parsePort, parsePositiveNumber, parseRate, parseWholeNumber } from '../flags.ts';

/** Registers the commands on the built-in endpoint. */
export function registerLocalCommands(program: Command, runs: RegisterCommand): void {
  const local = program
    .command('local')
    .description('the built-in endpoint: AWS SMS and AWS MGN on this machine, for trials and tests');
  runs(
    local
      .command('start')
      .description('start it for any AWS client, until Ctrl-C')
      .option('--port <number>', 'the port on 127.0.0.1 (default: a free one)', parsePort)
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
      .option('--mgn-initialized', 'start with AWS MGN initialised (default: run `landfall mgn init`)'),
    async () => (await import('./local.ts')).localStart,
  );
  runs(
    local
      .command('load')
      .description('replace its data centre by the VMs of an RVTools vInfo export (CSV)')
      .argument('<file>', 'the export'),
    async () => (await import('./local.ts')).localLoad,
  );
  runs(
    local
      .command('advance')
      .description('advance its clock')
      .argument('<span>', 'how far: 90s, 30m, 12h, 7d'),
    async () => (await import('./local.ts')).localAdvance,
  );
  runs(
    local
      .command('reset')
      .description('delete its jobs, inventory and clock')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./local.ts')).localReset,
  );
}

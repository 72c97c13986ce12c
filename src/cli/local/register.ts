import { type Command, Option } from 'commander';
import type { RegisterCommand } from '../context.ts';
import { collect, parsePort, parsePositiveNumber, parseRate, parseWholeNumber } from '../flags.ts';

/** Registers the commands on the built-in endpoint. */
export function registerLocalCommands(program: Command, runs: RegisterCommand): void {
  const local = program
    .command('local')
    .description('the built-in endpoint: AWS SMS and AWS MGN on this machine, for trying out and testing');
  runs(
    local
      .command('start')
      .description('serve it until Ctrl-C, for any AWS client')
      .option('--port <number>', 'the port on 127.0.0.1 (default: a free one)', parsePort)
      .option('--speed <factor>', 'how much faster than real time its clock runs', parsePositiveNumber)
      .addOption(
        new Option('--wire-style <style>', 'how it spells enum values: as the API’s model, or as the console')
          .choices(['model', 'console'])
          .default('model'),
      )
      .option('--faults <file>', 'what is to go wrong, in YAML or JSON')
      .option('--seed <number>', 'which requests the rates below hit', parseWholeNumber)
      .option('--latency <ms>', 'hold every answer back', parseWholeNumber)
      .option('--throttling <rate>', 'share of requests that are throttled, 0 to 1', parseRate)
      .option('--internal-errors <rate>', 'share of requests that end in a 500', parseRate)
      .option('--lost-replies <rate>', 'share of changes that are made without an answer', parseRate)
      .option('--cut-replies <rate>', 'share of answers that are cut in the middle', parseRate)
      .option('--unhealthy-connector <id>', 'a connector that is down, repeatable', collect)
      .option('--mgn-initialized', 'AWS MGN is initialised already (default: `landfall mgn init` does that)'),
    async () => (await import('./local.ts')).localStart,
  );
  runs(
    local
      .command('load')
      .description('take the VMs of an RVTools vInfo export (CSV) for its data centre')
      .argument('<file>', 'the export'),
    async () => (await import('./local.ts')).localLoad,
  );
  runs(
    local
      .command('advance')
      .description('move its clock forward')
      .argument('<span>', 'how far: 90s, 30m, 12h, 7d'),
    async () => (await import('./local.ts')).localAdvance,
  );
  runs(
    local
      .command('reset')
      .description('drop its jobs, inventory and clock')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./local.ts')).localReset,
  );
}

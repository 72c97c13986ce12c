import type { Command } from 'commander';
import { formatFlag } from '../flags.ts';
import { addLockFlags } from './lock.ts';
import type { Registrar } from './registrar.ts';

/** The commands on accounts of AWS MGN. */
export function registerMgnCommands(program: Command, runs: Registrar): void {
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
    async () => (await import('../commands/mgn-init.ts')).mgnInit,
  );
}

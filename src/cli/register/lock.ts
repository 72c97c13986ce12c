import { type Command, Option } from 'commander';
import { timeSpan } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** The command on locks themselves. */
export function registerLockCommands(program: Command, runs: Registrar): void {
  runs(
    program
      .command('force-unlock')
      .description('remove a lock whose run is gone for good, after asking')
      .argument('<id>', 'the id of the lock, as the run that was refused has shown it')
      .option('--target <name>', 'the target (default: the project’s defaultTarget)')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('../commands/force-unlock.ts')).forceUnlock,
  );
}

/** Flags of what changes a target. */
export function addLockFlags(command: Command): Command {
  return command
    .option(
      '--lock-timeout <span>',
      'wait that long for a lock that another run holds (default: 0)',
      timeSpan,
    )
    .addOption(
      new Option('--lock <choice>', 'whether to lock the targets').choices(['true', 'false']).default('true'),
    )
    .option('--no-lock', 'do not lock the targets: where nothing else changes them');
}

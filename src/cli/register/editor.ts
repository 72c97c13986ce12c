import type { Command } from 'commander';
import { formatFlag } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** The commands for those who write manifests: explanations, schemas, completion, a project to begin with. */
export function registerEditorCommands(program: Command, runs: Registrar): void {
  runs(
    program
      .command('explain')
      .description('tell what a concern or error means, why it matters and what to do')
      .argument('[id]', 'its id, such as licence.linux-aws or PLAN_STALE (default: list all)')
      .addOption(formatFlag('text', 'json', 'markdown')),
    async () => (await import('../commands/explain.ts')).explain,
  );
}

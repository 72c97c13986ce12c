import type { Command } from 'commander';
import { addSelectionFlags, formatFlag, maxBytesFlag } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** The command that holds git and the accounts against each other. */
export function registerDriftCommand(program: Command, runs: Registrar): void {
  runs(
    addSelectionFlags(
      program
        .command('drift')
        .description('say where the accounts differ from the manifests, and who says what; changes nothing')
        .option('--ref <revision>', 'the manifests as of a git revision (default: those on disk)')
        .addOption(formatFlag('text', 'json', 'markdown'))
        .addOption(maxBytesFlag('waves')),
    ).addHelpText('after', HELP),
    async () => (await import('../commands/drift.ts')).drift,
  );
}

const HELP = `
Exit codes: 0 no drift · 1 error · 2 drift

A VM that is new in git and has no job yet is drift too, of a kind of its own: not applied yet.
Caps, guards and what validation refuses play no part. For a nightly check: landfall drift --ref origin/main
`;

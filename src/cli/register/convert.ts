import { type Command, Option } from 'commander';
import { collect, formatFlag, onlySaid } from '../flags.ts';
import type { Registrar } from './registrar.ts';

/** The command that takes waves from one service to the other. */
export function registerConvertCommand(program: Command, runs: Registrar): void {
  runs(
    program
      .command('convert')
      .description(
        'rewrite waves of AWS SMS for AWS MGN: comments and formatting stay, each thing dropped is told',
      )
      .argument('[files...]', 'wave files (default: those of the project)')
      .addOption(
        new Option('--to <provider>', 'the service to rewrite them for')
          .choices(['mgn'])
          .makeOptionMandatory(),
      )
      .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
      .addOption(onlySaid(new Option('--target <name>', 'the target of MGN that the waves are to name')))
      .addOption(new Option('--in-place', 'change the files').conflicts(['out', 'dryRun']))
      .addOption(
        new Option('--out <folder>', 'write the results as new files into a folder').conflicts([
          'inPlace',
          'dryRun',
        ]),
      )
      .addOption(
        new Option('--dry-run', 'say what would become of them, and write nothing (the default)').conflicts([
          'inPlace',
          'out',
        ]),
      )
      .addOption(formatFlag('text', 'json'))
      .addHelpText('after', HELP),
    async () => (await import('../commands/convert.ts')).convert,
  );
}

const HELP = `
Exit codes: 0 done · 1 error, or something is left that only a person can solve

Lines that nothing is taken from stay as they are, byte for byte; so does a file that is not well-formed.
`;

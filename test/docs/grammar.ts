import { Command, CommanderError } from 'commander';
import { addCommonFlags } from '../../src/cli/flags.ts';
import { declareCommands } from '../../src/cli/program.ts';

/** What is wrong with a command line of landfall, as the program's own parser has it; undefined: nothing. */
export async function faultOf(argv: readonly string[]): Promise<CommanderError | undefined> {
  try {
    await (await grammar()).parseAsync([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error;
  }
}

/** The program with commands that do nothing. */
async function grammar(): Promise<Command> {
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  const program = new Command('landfall')
    .version('0')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput(quiet);
  await declareCommands(program, (command) => {
    addCommonFlags(command).action(() => undefined);
  });
  for (const group of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    addCommonFlags(group);
  }
  return program;
}

/**
 * The command lines that a mention in running text stands for: `catalog import|list` is two, `[NAME…]` may be left out,
 * and `…` stands for anything.
 */
export function spelledOut(mention: string): readonly (readonly string[])[] {
  const words = mention
    .split(/ [|>] /)[0]
    ?.split(' ')
    .slice(1)
    .filter((word) => !/^(?:\[.*\]|…|\.\.\.)$/.test(word));
  return (words ?? []).reduce<readonly (readonly string[])[]>(
    (lines, word) => lines.flatMap((line) => word.split('|').map((choice) => [...line, choice])),
    [[]],
  );
}

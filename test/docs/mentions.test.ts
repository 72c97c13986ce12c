import { expect, it } from '@jest/globals';
import { Command } from 'commander';
import { commandTree, flattenCommands } from '../../src/cli/editor/command-tree.ts';
import { declareCommands } from '../../src/cli/program.ts';
import { mentionsOf, PAGES } from './command-lines.ts';
import { faultOf, spelledOut } from './grammar.ts';

/** In running text a group of commands may stand alone, an argument may be left out, and a name in capitals stands for any value. */
const LOOSE = [
  'commander.help',
  'commander.missingArgument',
  'commander.invalidArgument',
  'commander.optionMissingArgument',
];

/** The reference is made from what its commands would be held against. */
const WRITTEN = PAGES.filter((page) => !page.startsWith('docs/reference/'));

it.each(WRITTEN)('%s speaks of commands and flags that are there', async (page) => {
  const wrong: string[] = [];
  for (const { line, text } of mentionsOf(page)) {
    for (const argv of spelledOut(text)) {
      const fault = await faultOf(argv);
      const isLoose =
        fault !== undefined &&
        LOOSE.includes(fault.code) &&
        (fault.code !== 'commander.invalidArgument' || /argument '[A-Z…]+'/.test(fault.message));
      if (fault !== undefined && !isLoose) wrong.push(`${page}:${line}: ${text}: ${fault.message}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('the README names every command', async () => {
  const program = new Command('landfall');
  await declareCommands(program, () => undefined);
  const told = mentionsOf('README.md').flatMap(({ text }) => spelledOut(text).map((argv) => argv.join(' ')));
  const names = flattenCommands(commandTree(program))
    .filter(({ path, commands }) => path.length > 0 && commands.length === 0)
    .map(({ path }) => path.join(' '));
  expect(names.filter((name) => !told.some((argv) => `${argv} `.startsWith(`${name} `)))).toEqual([]);
});

it('finds what is wrong', async () => {
  for (const mention of [
    'plna',
    'plan --formt json',
    'plan x',
    'plan --format xml',
    'local stop',
    'init --ci x',
  ]) {
    expect(await faultOf(mention.split(' '))).toBeDefined();
  }
  expect(await faultOf(['plan', '--format', 'json', '--quiet'])).toBeUndefined();
  expect(spelledOut('landfall catalog import|list [NAME…] --wait')).toEqual([
    ['catalog', 'import', '--wait'],
    ['catalog', 'list', '--wait'],
  ]);
});

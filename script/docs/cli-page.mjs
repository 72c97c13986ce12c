// docs/reference/cli.md: the command line as commander has it.
import { Command } from 'commander';
import { commandTree, flattenCommands } from '../../src/cli/editor/command-tree.ts';
import { EXIT_CODES } from '../../src/cli/program.ts';
import { addCommonFlags } from '../../src/cli/flags.ts';
import { EXAMPLES } from '../../src/cli/help.ts';
import { declareCommands } from '../../src/cli/program.ts';
import { VARIABLES } from './environment.mjs';
import { code, codes, GENERATED, prose as plain, sentence, table, toHeading } from './markdown.mjs';

const DEFAULT = /\s*\(default: (.*)\)$/;

const choicesOf = new Map();
const prose = (text) => plain(text, (flag) => choicesOf.get(flag) ?? []);

/** The commands, by path as commander has them, and as plain data: groups and what is in them. */
async function readCommands() {
  const program = new Command('landfall');
  const declared = new Map();
  await declareCommands(program, (command) => declared.set(pathOf(command), command));
  return { declared, commands: flattenCommands(commandTree(program)).slice(1) };
}

const commonFlags = () => commandTree(addCommonFlags(new Command('common'))).flags;

/** The variables that stand for flags. */
export async function flagVariables() {
  const flags = [...commonFlags(), ...(await readCommands()).commands.flatMap((command) => command.flags)];
  return new Set(flags.map(({ variable }) => variable));
}

/** The page; throws where a command, flag or argument is not described. */
export async function cliPage() {
  const { declared, commands } = await readCommands();
  for (const { long, choices } of commands.flatMap(({ flags }) => flags)) {
    choicesOf.set(long, [...(choicesOf.get(long) ?? []), ...choices]);
  }
  const missing = commands.flatMap((command) => undescribed(command));
  if (missing.length > 0) throw new Error(`no description: ${missing.join(', ')}`);

  return [
    '# Command line',
    GENERATED,
    '`landfall COMMAND [ARGUMENTS] [FLAGS]`. On the terminal: `landfall help COMMAND`, or `--help` after any command.',
    table(
      ['command', 'what it does'],
      commands.map(({ path, description }) => [toHeading(titleOf(path)), prose(description)]),
    ),
    ...commands.map((command) => section(command, declared.get(command.path.join(' ')))),
    '## Flags of every command',
    'They may stand before the command as well: `landfall --quiet plan`.',
    flagTable(commonFlags()),
    '## Environment variables',
    'Every flag of every command can be given as `LANDFALL_` and its name: the tables above have them. The command line ' +
      'comes first. Flags without a value take `true` or `false`; those that may be repeated take values with commas ' +
      'between them. Beside those, landfall looks at these:',
    table(
      ['variable', 'what it is for'],
      VARIABLES.map(([name, what]) => [code(name), what]),
    ),
    '## Exit codes',
    table(
      ['code', 'what it says'],
      EXIT_CODES.map(({ code: number, meaning }) => [String(number), meaning]),
    ),
    '',
  ].join('\n\n');
}

function titleOf(path) {
  return `landfall ${path.join(' ')}`;
}

function pathOf(command) {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();
}

/** A command's part of the page. A group of commands has no flags, and no command of its own behind it. */
function section({ path, description, args, flags: all, commands }, command) {
  const flags = all.filter(({ long }) => long !== '--help');
  const words = args.map(({ name, required, variadic }) => {
    const word = `${name.toUpperCase()}${variadic ? '…' : ''}`;
    return required ? word : `[${word}]`;
  });
  return [
    `${'#'.repeat(path.length + 1)} ${code(titleOf(path))}`,
    sentence(prose(description)),
    ...(commands.length === 0 ? [code([titleOf(path), ...words, '[FLAGS]'].join(' '))] : []),
    ...(args.length > 0 ? [table(['argument', 'what it is', 'default'], args.map(argumentRow))] : []),
    ...(flags.length > 0 ? [flagTable(flags, command)] : []),
    ...examplesOf(path),
    ...epilogueOf(command),
  ].join('\n\n');
}

function argumentRow({ name, required, variadic, description, choices }) {
  const { words, fallback } = split(description);
  const what = [words, ...among(choices), ...(variadic ? ['one or more'] : [])].filter((part) => part !== '');
  return [
    code(name.toUpperCase()),
    what.map(prose).join('; '),
    required ? 'required' : prose(fallback ?? '–'),
  ];
}

/** @param command where the flags are declared, for what their data do not tell */
function flagTable(flags, command) {
  const declared = new Map(command?.options.map((option) => [option.long, option]));
  return table(
    ['flag', 'what it does', 'default', 'in the environment'],
    flags.map(({ long, short, value, description, choices, fallback, variable }) => {
      const { words, fallback: told } = split(description);
      const names = [short, `${long}${value === undefined ? '' : ` ${value}`}`].filter((name) => name);
      const what = [prose(words), ...among(choices), ...besides(long, declared)].filter(
        (part) => part !== '',
      );
      const standard = fallback === undefined ? prose(told ?? '–') : code(fallback);
      return [
        codes(names),
        what.join('; '),
        declared.get(long)?.mandatory ? 'required' : standard,
        long === '--help' || variable === undefined ? '–' : code(variable),
      ];
    }),
  );
}

/** Flags that a flag does not go with, whichever of them says so. */
function besides(long, declared) {
  const excludes = (one, other) => one.conflictsWith?.includes(other.attributeName()) ?? false;
  const own = declared.get(long);
  const others = [...declared.values()].filter(
    (other) => own !== undefined && (excludes(own, other) || excludes(other, own)),
  );
  return others.length > 0 ? [`not with ${codes(others.map((other) => other.long))}`] : [];
}

function among(choices) {
  return choices.length > 0 ? [`one of ${codes(choices)}`] : [];
}

/** A description may tell its default at its end. */
function split(description) {
  return { words: description.replace(DEFAULT, ''), fallback: DEFAULT.exec(description)?.[1] };
}

/** The examples of a command, as a script that can be run. */
function examplesOf(path) {
  const examples = EXAMPLES[path.join(' ')] ?? [];
  const lines = examples.map(([line, what]) => `# ${what}\n${line}`);
  return lines.length === 0 ? [] : [`\`\`\`sh\n${lines.join('\n')}\n\`\`\``];
}

/** What a command's help says behind its flags, as it stands there. */
function epilogueOf(command) {
  let text = '';
  const write = (part) => (text += part);
  command?.emit('afterHelp', { error: false, command, write });
  return text.trim() === '' ? [] : [`\`\`\`text\n${text.trim()}\n\`\`\``];
}

function undescribed({ path, description, flags, args }) {
  const name = titleOf(path);
  return [
    ...(description === '' ? [name] : []),
    ...flags.filter((flag) => flag.description === '').map(({ long }) => `${name} ${long}`),
    ...args.filter((arg) => arg.description === '').map((arg) => `${name} <${arg.name}>`),
  ];
}

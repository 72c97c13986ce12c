import { type CommandNode, everyCommand, quoted, valueWords } from './tree.ts';

/**
 * Two functions that bash and zsh read alike. `_landfall_at WHERE` sets `commands`, `flags` and `valued` (flags that
 * take a value) of a command; `_landfall_value WHERE FLAG-OR-POSITION` sets what can stand there.
 */
export function tables(root: CommandNode): string {
  const all = everyCommand(root);
  const at = all.map((command) => {
    const flags = command.flags.flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [short])]);
    const valued = command.flags.flatMap(({ long, value }) => (value === undefined ? [] : [long]));
    const commands = command.commands.map(({ path }) => path.at(-1) ?? '');
    return `    ${where(command)}) commands=${list(commands)} flags=${list(flags)} valued=${list(valued)} ;;`;
  });
  const values = all.flatMap((command) => [
    ...command.flags.flatMap((flag) =>
      flag.value === undefined
        ? []
        : [`    ${where(command, flag.long)}) value=${quoted(valueWords(flag))} ;;`],
    ),
    ...command.args.map(
      (argument, index) =>
        `    ${where(command, argument.variadic ? '*' : String(index))}) value=${quoted(valueWords(argument))} ;;`,
    ),
  ]);
  return `_landfall_at() {
  commands='' flags='' valued=''
  case $1 in
${at.join('\n')}
  esac
}

_landfall_value() {
  value=nothing
  case "$1|$2" in
${values.join('\n')}
  esac
}`;
}

/** The pattern of a command in `case`; `*` behind the bar stands for any position of a list of arguments. */
function where({ path }: CommandNode, what?: string): string {
  if (what === undefined) return quoted(path.join(' '));
  return what === '*' ? `${quoted(`${path.join(' ')}|`)}[0-9]*` : quoted(`${path.join(' ')}|${what}`);
}

/** Words with spaces around them, so that one can be looked for with its own. */
function list(words: readonly string[]): string {
  return words.length === 0 ? "''" : quoted(` ${words.join(' ')} `);
}

/**
 * The inside of the loop over the words before the cursor, which bash and zsh read alike: what each word means where it
 * stands, and where the next one stands. It ends the loop.
 */
export const WALK = `    if [[ -n $flag ]]; then
      flag=''
      continue
    fi
    _landfall_at "$where"
    case $word in
      -*=*) ;;
      -*) if [[ $valued == *" $word "* ]]; then flag=$word; fi ;;
      *)
        if [[ $commands == *" $word "* ]]; then
          where=\${where:+$where }$word
        else
          position=$((position + 1))
        fi
        ;;
    esac
  done`;

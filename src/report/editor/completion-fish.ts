import {
  type CommandNode,
  DYNAMIC_KINDS,
  type FlagNode,
  flattenCommands,
  type ValueKind,
} from './completion.ts';

/** Completion for fish 3 and later. Names of the project come from `landfall __complete`; fish quotes them. */
export function renderFish(root: CommandNode): string {
  const all = flattenCommands(root);
  const valued = new Set(
    all.flatMap(({ flags }) => flags.flatMap((flag) => (flag.value === undefined ? [] : [flag.long]))),
  );
  const paths = all.slice(1).map(({ path }) => quoteForFish(path.join(' ')));
  return `# fish completion for landfall. To load it: landfall completion fish | source
# To keep it: landfall completion fish > ~/.config/fish/completions/landfall.fish

# The command that the line has come to, such as "catalog list".
function __landfall_where
    set -l where
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case '-*=*'
            case '-*'
                if contains -- $word ${[...valued].join(' ')}
                    set skip 1
                end
            case '*'
                if contains -- (string join ' ' -- $where $word) ${paths.join(' ')}
                    set -a where $word
                end
        end
    end
    string join ' ' -- $where
end

function __landfall_at
    # In quotes: a list of nothing would be no word at all.
    set -l where (__landfall_where)
    test "$where" = "$argv[1]"
end

function __landfall_ask
    # Of --flag=value the value alone.
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '')
    command landfall __complete fish $argv[1] -- "$typed" (commandline -opc)[2..-1] 2>/dev/null
end

complete -c landfall -f
${all.flatMap(completeLines).join('\n')}
`;
}

function completeLines({ path, flags, args, commands }: CommandNode): string[] {
  const at = `complete -c landfall -n ${quoteForFish(`__landfall_at ${quoteForFish(path.join(' '))}`)}`;
  return [
    ...commands.map(
      (command) =>
        `${at} -a ${quoteForFish(command.path.at(-1) ?? '')} -d ${quoteForFish(command.description)}`,
    ),
    ...flags.map((flag) => {
      const short = flag.short === undefined ? '' : ` -s ${flag.short.slice(1)}`;
      const value = flag.value === undefined ? '' : ` -r${valueOptions(flag)}`;
      return `${at} -l ${flag.long.slice(2)}${short}${value} -d ${quoteForFish(flag.description)}`;
    }),
    ...args.flatMap((argument) => {
      const what = valueOptions(argument);
      return what === '' ? [] : [`${at}${what} -d ${quoteForFish(argument.description)}`];
    }),
  ];
}

function valueOptions({ kind, choices }: { kind: ValueKind; choices: FlagNode['choices'] }): string {
  if (choices.length > 0) return ` -f -a ${quoteForFish(choices.join(' '))}`;
  if (DYNAMIC_KINDS.includes(kind)) return ` -f -a ${quoteForFish(`(__landfall_ask ${kind})`)}`;
  if (kind === 'folder') return " -f -a '(__fish_complete_directories)'";
  return kind === 'file' ? ' -F' : ' -f';
}

/** Text in single quotes, as fish reads it. */
function quoteForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

import { type CommandNode, flattenCommands, quoteForShell, valueSpec } from './completion.ts';

/**
 * Two functions that bash and zsh read alike. `_landfall_at WHERE` sets `commands`, `flags` and `valued` (flags that
 * take a value) of a command; `_landfall_value WHERE FLAG-OR-POSITION` sets what can stand there.
 */
function lookupFunctions(root: CommandNode): string {
  const all = flattenCommands(root);
  const at = all.map((command) => {
    const flags = command.flags.flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [short])]);
    const valued = command.flags.flatMap(({ long, value }) => (value === undefined ? [] : [long]));
    const commands = command.commands.map(({ path }) => path.at(-1) ?? '');
    return `    ${casePattern(command)}) commands=${spacedWords(commands)} flags=${spacedWords(flags)} valued=${spacedWords(valued)} ;;`;
  });
  const values = all.flatMap((command) => [
    ...command.flags.flatMap((flag) =>
      flag.value === undefined
        ? []
        : [`    ${casePattern(command, flag.long)}) value=${quoteForShell(valueSpec(flag))} ;;`],
    ),
    ...command.args.map(
      (argument, index) =>
        `    ${casePattern(command, argument.variadic ? '*' : String(index))}) value=${quoteForShell(valueSpec(argument))} ;;`,
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
function casePattern({ path }: CommandNode, what?: string): string {
  if (what === undefined) return quoteForShell(path.join(' '));
  return what === '*'
    ? `${quoteForShell(`${path.join(' ')}|`)}[0-9]*`
    : quoteForShell(`${path.join(' ')}|${what}`);
}

/** Words with spaces around them, so that one can be looked for with its own. */
function spacedWords(words: readonly string[]): string {
  return words.length === 0 ? "''" : quoteForShell(` ${words.join(' ')} `);
}

/**
 * The inside of the loop over the words before the cursor, which bash and zsh read alike: what each word means where it
 * stands, and where the next one stands. It ends the loop.
 */
const WORD_LOOP = `    if [[ -n $flag ]]; then
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

/**
 * Completion for bash 3.2 and later, without the bash-completion package. Names of the project come from
 * `landfall __complete`, already quoted: they are put into COMPREPLY as they are, and never expanded.
 */
export function renderBash(root: CommandNode): string {
  return `# bash completion for landfall. To load it: source <(landfall completion bash)
# To keep it: landfall completion bash > ~/.local/share/bash-completion/completions/landfall

${lookupFunctions(root)}

_landfall() {
  local commands flags valued value where='' flag='' position=0 glue='' word cur i
  local -a words
  COMPREPLY=()

  # bash breaks --flag=value into three words.
  words=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $glue || ( $word == '=' && i -gt 1 && \${words[\${#words[@]} - 1]} == --* ) ]]; then
      words[\${#words[@]} - 1]+=$word
      if [[ -z $glue && $word == '=' ]]; then glue=1; else glue=''; fi
    else
      words[\${#words[@]}]=$word
    fi
  done
  cur=\${words[\${#words[@]} - 1]}

  for ((i = 0; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
${WORD_LOOP}

  local prefix=''
  _landfall_at "$where"
  if [[ -n $flag ]]; then
    _landfall_value "$where" "$flag"
  elif [[ $cur == --*=* ]]; then
    flag=\${cur%%=*}
    _landfall_value "$where" "$flag"
    cur=\${cur#*=}
    if [[ $COMP_WORDBREAKS != *=* ]]; then prefix=$flag=; fi
  elif [[ $cur == -* ]]; then
    value="choices $flags"
  elif [[ -n $commands ]]; then
    value="choices $commands"
  else
    _landfall_value "$where" "$position"
  fi

  # With nothing to say, bash itself completes files.
  if [[ $value == files || $value == folders ]]; then return 0; fi
  if type compopt > /dev/null 2>&1; then compopt +o default +o bashdefault 2> /dev/null; fi
  case $value in
    'choices '*)
      for word in \${value#choices }; do
        if [[ $word == "$cur"* ]]; then COMPREPLY[\${#COMPREPLY[@]}]=$prefix$word; fi
      done
      ;;
    'ask '*)
      while IFS= read -r word; do
        COMPREPLY[\${#COMPREPLY[@]}]=$prefix$word
      done < <(command landfall __complete bash "\${value#ask }" -- "$cur" "\${words[@]}" 2> /dev/null)
      ;;
  esac
}

complete -o default -o bashdefault -F _landfall landfall
`;
}

/** Completion for zsh. Names of the project come from `landfall __complete`; compadd quotes them. */
export function renderZsh(root: CommandNode): string {
  return `#compdef landfall
# zsh completion for landfall. To load it: source <(landfall completion zsh)
# To keep it: landfall completion zsh > a file named _landfall in a folder of $fpath

${lookupFunctions(root)}

_landfall_describe() {
  said=()
  case $1 in
${flattenCommands(root).map(describeCase).join('\n')}
  esac
}

_landfall() {
  local commands flags valued value where='' flag='' position=0 word cur
  local -a said names
  cur=$words[CURRENT]

  for word in "\${(@)words[2,CURRENT-1]}"; do
${WORD_LOOP}

  _landfall_at "$where"
  if [[ -n $flag ]]; then
    _landfall_value "$where" "$flag"
  elif [[ $cur == --*=* ]]; then
    _landfall_value "$where" "\${cur%%=*}"
    compset -P '*='
    cur=\${cur#*=}
  elif [[ $cur == -* ]]; then
    _landfall_describe "$where|flags"
    _describe -o flag said
    return
  elif [[ -n $commands ]]; then
    _landfall_describe "$where|commands"
    _describe command said
    return
  else
    _landfall_value "$where" "$position"
  fi

  case $value in
    files) _files ;;
    folders) _files -/ ;;
    'choices '*) compadd -- \${=value#choices } ;;
    'ask '*)
      names=("\${(@f)$(command landfall __complete zsh "\${value#ask }" -- "\${(Q)cur}" "\${(@Q)words[2,-1]}" 2> /dev/null)}")
      names=("\${(@)names:#}")
      compadd -- "\${(@)names}"
      ;;
  esac
}

if [[ $funcstack[1] == _landfall ]]; then
  _landfall "$@"
else
  compdef _landfall landfall
fi
`;
}

/** What _describe shows: `name:what it is`. */
function describeCase({ path, flags, commands }: CommandNode): string {
  const pair = (name: string, text: string) => quoteForShell(`${name}:${text}`);
  const at = path.join(' ');
  const lines = [
    `    ${quoteForShell(`${at}|flags`)}) said=(${flags.map(({ long, description }) => pair(long, description)).join(' ')}) ;;`,
  ];
  if (commands.length > 0) {
    const all = commands.map((command) => pair(command.path.at(-1) ?? '', command.description));
    lines.push(`    ${quoteForShell(`${at}|commands`)}) said=(${all.join(' ')}) ;;`);
  }
  return lines.join('\n');
}

import type { CommandNode } from './tree.ts';
import { tables, WALK } from './walk.ts';

/**
 * Completion for bash 3.2 and later, without the bash-completion package. Names of the project come from
 * `landfall __complete`, already quoted: they are put into COMPREPLY as they are, and never expanded.
 */
export function renderBash(root: CommandNode): string {
  return `# bash completion for landfall. To load it: source <(landfall completion bash)
# To keep it: landfall completion bash > ~/.local/share/bash-completion/completions/landfall

${tables(root)}

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
${WALK}

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

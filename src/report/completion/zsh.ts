import { type CommandNode, everyCommand, quoted } from './tree.ts';
import { tables, WALK } from './walk.ts';

/** Completion for zsh. Names of the project come from `landfall __complete`; compadd quotes them. */
export function renderZsh(root: CommandNode): string {
  return `#compdef landfall
# zsh completion for landfall. To load it: source <(landfall completion zsh)
# To keep it: landfall completion zsh > a file named _landfall in a folder of $fpath

${tables(root)}

_landfall_describe() {
  said=()
  case $1 in
${everyCommand(root).map(described).join('\n')}
  esac
}

_landfall() {
  local commands flags valued value where='' flag='' position=0 word cur
  local -a said names
  cur=$words[CURRENT]

  for word in "\${(@)words[2,CURRENT-1]}"; do
${WALK}

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
function described({ path, flags, commands }: CommandNode): string {
  const pair = (name: string, text: string) => quoted(`${name}:${text}`);
  const at = path.join(' ');
  const lines = [
    `    ${quoted(`${at}|flags`)}) said=(${flags.map(({ long, description }) => pair(long, description)).join(' ')}) ;;`,
  ];
  if (commands.length > 0) {
    const all = commands.map((command) => pair(command.path.at(-1) ?? '', command.description));
    lines.push(`    ${quoted(`${at}|commands`)}) said=(${all.join(' ')}) ;;`);
  }
  return lines.join('\n');
}

import { escapeTerminal } from '../text/escape.ts';

/** A word that a shell may offer, and what it means. */
export interface Candidate {
  readonly text: string;
  readonly description?: string;
}

/**
 * Renders the candidates that begin with the word `current`, one a line, in a form that is safe to insert. bash inserts
 * what it gets, so a backslash precedes every character that bash could interpret; zsh and fish quote by themselves, and
 * get the description behind a tab. Names come from files of strangers: names with invisible characters and names that
 * look like flags are left out.
 * @param candidates returns the candidates, given what has been typed of the word
 * @param prefix what the shell replaces together with the word, such as `--wave=`
 */
export function renderCandidates(
  candidates: (typed: string) => readonly Candidate[],
  current: string,
  shell: string,
  prefix = '',
): string {
  const isFlag = current.startsWith('-');
  const fitting = (typed: string): readonly Candidate[] =>
    candidates(typed).filter(
      ({ text }) =>
        text !== '' &&
        text.startsWith(typed) &&
        (isFlag || !text.startsWith('-')) &&
        escapeTerminal(text) === text,
    );
  const lines =
    shell === 'bash'
      ? bashWords(fitting, current)
      : fitting(current).map(({ text, description }) =>
          description === undefined ? text : `${text}\t${description}`,
        );
  return lines.map((line) => `${prefix}${line}\n`).join('');
}

function bashWords(fitting: (typed: string) => readonly Candidate[], current: string): readonly string[] {
  const texts = (typed: string) => fitting(typed).map(({ text }) => text);
  // Behind an opening quote bash wants the text between the quotes: only what needs no backslash there is offered.
  if (current.startsWith("'")) return texts(current.slice(1)).filter((text) => !text.includes("'"));
  if (current.startsWith('"')) return texts(current.slice(1)).filter((text) => !/["$`\\!]/.test(text));
  return texts(unquoteBash(current)).map((text) => text.replace(/[^\p{L}\p{N}_./,@%+-]/gu, '\\$&'));
}

/** Removes the backslashes and quotes from a word of bash. Expansions stay as they are written. */
export function unquoteBash(word: string): string {
  return word.replace(
    /\\(.)|'([^']*)'?|"((?:\\.|[^"\\])*)"?/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replace(/\\(["$`\\])/g, '$1'),
  );
}

/** Returns the script that makes a shell call `landfall __complete` when the user presses TAB. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  return SCRIPTS[shell];
}

const SCRIPTS = {
  // For bash 3.2 and later, without the bash-completion package. The words are put into COMPREPLY as they are, and
  // never expanded. Without an answer, and for files and folders, bash completes files by itself.
  bash: `# bash completion for landfall. To load it: source <(landfall completion bash)
# To keep it: landfall completion bash > ~/.local/share/bash-completion/completions/landfall

_landfall() {
  local kind='' word
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r word; do COMPREPLY[\${#COMPREPLY[@]}]=$word; done
  } < <(command landfall __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  if [[ $kind == words ]] && type compopt > /dev/null 2>&1; then
    compopt +o default +o bashdefault 2> /dev/null
  fi
}

complete -o default -o bashdefault -F _landfall landfall
`,
  zsh: `#compdef landfall
# zsh completion for landfall. To load it: source <(landfall completion zsh)
# To keep it: landfall completion zsh > a file named _landfall in a folder of $fpath

_landfall() {
  local line
  local -a lines names shown
  lines=("\${(@f)$(command landfall __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ $words[CURRENT] == --*=* ]]; then compset -P '*='; fi
  case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
    *)
      for line in "\${(@)lines[2,-1]}"; do
        names+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
      done
      if [[ $lines[2] == *$'\\t'* ]]; then
        compadd -l -d shown -- "\${(@)names}"
      else
        compadd -- "\${(@)names}"
      fi
      ;;
  esac
}

if [[ $funcstack[1] == _landfall ]]; then
  _landfall "$@"
else
  compdef _landfall landfall
fi
`,
  fish: `# fish completion for landfall. To load it: landfall completion fish | source
# To keep it: landfall completion fish > ~/.config/fish/completions/landfall.fish

# Asks for the words that fit; fails where fish has to complete files.
function __landfall_complete
    set -l current (commandline -ct)
    set -g __landfall_words (command landfall __complete fish -- (commandline -opc)[2..-1] "$current" 2>/dev/null)
    set -l kind $__landfall_words[1]
    set -e __landfall_words[1]
    if test "$kind" = folders
        set __landfall_words (__fish_complete_directories)
    end
    test "$kind" != files
end

complete -c landfall -n __landfall_complete -f -a '$__landfall_words'
`,
};

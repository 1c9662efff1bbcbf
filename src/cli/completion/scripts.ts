// The completion scripts. Each passes the words before the cursor to `paracosm completion words` and offers its output;
// without output, the shell completes file names.

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const BASH = `# paracosm completion for bash. Load it with: source <(paracosm completion bash)
_paracosm() {
  local IFS=$'\\n' line current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    if [[ $line == "$current"* ]]; then COMPREPLY+=("$line"); fi
  done < <("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _paracosm paracosm`

const ZSH = `#compdef paracosm
# paracosm completion for zsh. Load it with: source <(paracosm completion zsh)
_paracosm() {
  local -a candidates
  local line
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then _describe 'paracosm' candidates; else _files; fi
}
if [[ $funcstack[1] == _paracosm ]]; then _paracosm "$@"; else compdef _paracosm paracosm; fi`

const FISH = `# paracosm completion for fish. Load it with: paracosm completion fish | source
function __paracosm_words
  set -l words (commandline -opc) (commandline -ct)
  $words[1] completion words -- $words[2..-1] 2>/dev/null
end
complete -c paracosm -a '(__paracosm_words)'`

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }

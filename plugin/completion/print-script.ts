import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';

// kubectl asks kubectl_complete-dr by itself; these scripts do the same for kubectl-dr called by its own name.

const bash = `# bash completion for kubectl-dr
__kubectl_dr() {
  local word=\${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) ;;
      *) line=\${line%%$'\\t'*}; [[ $line == "$word"* ]] && COMPREPLY+=("$line") ;;
    esac
  done < <(kubectl_complete-dr "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F __kubectl_dr kubectl-dr
`;

const zsh = `#compdef kubectl-dr
__kubectl_dr() {
  local line
  local -a candidates
  while IFS= read -r line; do
    [[ $line == :* ]] || candidates+=("\${line/$'\\t'/:}")
  done < <(kubectl_complete-dr "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe 'kubectl dr' candidates
}
if [ "$funcstack[1]" = "_kubectl-dr" ]; then
  __kubectl_dr
else
  compdef __kubectl_dr kubectl-dr
fi
`;

const fish = `# fish completion for kubectl-dr
function __kubectl_dr
    set -l words (commandline -opc) (commandline -ct)
    kubectl_complete-dr $words[2..-1] 2>/dev/null | string match -v -r '^:'
end
complete -c kubectl-dr -f -a '(__kubectl_dr)'
`;

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish };

/** `kubectl dr completion SHELL`. */
export const printCompletionScript = async (flags: { shell: string }, io: Io): Promise<ExitCode> => {
  io.stdout.write(scripts[flags.shell] ?? '');
  return exitCode.ok;
};

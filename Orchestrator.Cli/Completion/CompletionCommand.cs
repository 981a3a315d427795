using System.CommandLine;
using Orchestrator.Cli.Invocation;

namespace Orchestrator.Cli.Completion;

/// <summary><c>orc completion</c>: a script that asks <c>orc</c> itself, so that it knows agents too and never grows old.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # orc completion for bash: eval "$(orc completion bash)"
        _orc_completion() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(orc "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _orc_completion orc
        """;

    private const string Zsh = """
        # orc completion for zsh: eval "$(orc completion zsh)"
        _orc_completion() {
            local -a found
            found=("${(@f)$(orc "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
        }
        compdef _orc_completion orc
        """;

    private const string Fish = """
        # orc completion for fish: orc completion fish | source
        complete -f -c orc -a '(orc "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new OrcCommand("completion", "Print a completion script for a shell.", "eval \"$(orc completion bash)\"", "orc completion fish | source") { shell }.Runs(async (context, _) =>
        {
            await Console.Out.WriteLineAsync(context.Get(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCodes.Happened;
        });
    }
}

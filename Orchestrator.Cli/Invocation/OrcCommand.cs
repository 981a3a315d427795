using System.CommandLine;

namespace Orchestrator.Cli.Invocation;

/// <summary>A command with examples for its help.</summary>
internal sealed class OrcCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that a user would type.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>What the command does; its result is the exit code.</summary>
    public OrcCommand Runs(Func<CliContext, CancellationToken, Task<int>> action)
    {
        SetAction((parse, cancellationToken) => CliContext.RunAsync(parse, action, cancellationToken));
        return this;
    }
}

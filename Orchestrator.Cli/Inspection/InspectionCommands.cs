using System.CommandLine;
using Orchestrator.Cli.History;
using Orchestrator.Cli.Inspection.Interactive;
using Orchestrator.Cli.Invocation;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm</c> (also <c>orc pbm</c>): looks into the actor system. Its palettes are commands of <c>orc</c> too.</summary>
internal static class InspectionCommands
{
    /// <summary><c>pbm</c> with its palettes; without one, a prompt.</summary>
    public static Command Pbm() => new OrcCommand(
        "pbm",
        "Look into the actor system: pbm [HOST:PORT] PALETTE COMMAND (also started as pbm). Without a palette it takes commands from a prompt, or line by line from its standard input.",
        "pbm cluster show", "pbm 127.0.0.1:7717 actor hierarchy", "pbm journal show agent/a1", "echo 'cluster status' | pbm --json")
    {
        ClusterCommands.Create(), ActorCommands.Create(), ShardingCommands.Create(), LogCommands.Create(), HoconCommands.Create(), DeadLetterCommands.Create(),
        new OrcCommand("journal", "The history of all entities.") { EventCommands.JournalTail(), EventCommands.JournalShow() },
        new OrcCommand("inbox", "Stored commands that are not yet processed.") { InboxRowsCommand.Ls() },
    }.Runs(PbmShell.RunAsync);

    /// <summary>The palettes as commands of <c>orc</c>, beside those that are part of other commands: <c>journal</c> and <c>inbox</c>.</summary>
    public static IEnumerable<Command> Palettes() =>
        [ClusterCommands.Create(), ActorCommands.Create(), ShardingCommands.Create(), LogCommands.Create(), HoconCommands.Create(), DeadLetterCommands.Create()];
}

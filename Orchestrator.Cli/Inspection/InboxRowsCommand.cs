using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm inbox ls</c>, also <c>orc inbox ls</c>.</summary>
internal static class InboxRowsCommand
{
    public static Command Ls()
    {
        var entity = InspectionArguments.AnyEntity("Only for this entity, kind/id.");
        return new OrcCommand("ls", "List stored commands that are not yet processed, of all kinds of entities.", "pbm inbox ls", "pbm inbox ls agent/a1") { entity }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListInboxAsync(context.Get(entity), cancellationToken), ApiJson.Readable.ImmutableArrayInboxRowInfo, static rows => Tables.Write(
                ["ID", "TO", "COMMAND", "FROM", "AT"],
                rows.Select(static r => new Cell[] { InspectionText.Number(r.Id), r.To, r.Manifest, r.Sender, AgentText.Time(r.At) }))));
    }
}

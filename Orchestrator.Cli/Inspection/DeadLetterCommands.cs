using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm dead-letters</c>: commands that were set aside.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new OrcCommand("dead-letters", "Commands that were set aside.") { Ls(), Resend(), Drop() };

    private static OrcCommand Ls() => new OrcCommand("ls", "List commands that were set aside, the oldest first.", "pbm dead-letters ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListDeadLettersAsync(limit: 1000, cancellationToken: cancellationToken), ApiJson.Readable.ImmutableArrayDeadLetterInfo, static letters => Tables.Write(
            ["ID", "AT", "TO", "COMMAND", "ATTEMPTS", "REASON"],
            letters.Select(static l => new Cell[] { InspectionText.Number(l.Id), AgentText.Time(l.At), l.To, l.Manifest, InspectionText.Number(l.Attempts), SafeText.Line(l.Reason, 120) }))));

    private static OrcCommand Resend() => OnOne("resend", "Put one back into its entity's inbox.", static (client, id, token) => client.ResendDeadLetterAsync(id, token));

    private static OrcCommand Drop() => OnOne("drop", "Remove one for good.", static (client, id, token) => client.DropDeadLetterAsync(id, token));

    private static OrcCommand OnOne(string verb, string description, Func<OrchestratorClient, long, CancellationToken, Task> act)
    {
        var id = new Argument<long>("ID") { Description = "Its number, from pbm dead-letters ls." }
            .CompletedBy(static async (client, token) => (await client.ListDeadLettersAsync(cancellationToken: token)).Select(static l => l.Id.ToString(CultureInfo.InvariantCulture)));
        return new OrcCommand(verb, description, $"pbm dead-letters {verb} 7") { id }.Runs(async (context, cancellationToken) =>
        {
            await act(context.Client, context.Get(id), cancellationToken);
            return ExitCodes.Happened;
        });
    }
}

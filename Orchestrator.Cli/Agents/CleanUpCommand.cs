using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc cleanup</c>.</summary>
internal static class CleanUpCommand
{
    public static Command Create()
    {
        var inactiveFor = Durations.Option("--inactive-for", "How long nothing must have happened to an agent (24h, or what is configured).");
        var apply = new Option<bool>("--apply") { Description = "Do what is safe; without it the list is only shown." };
        var force = new Option<bool>("--force", "-f") { Description = "With --apply: also what ends a running program, or loses messages that wait." };
        return new OrcCommand(
            "cleanup",
            "List agents and panes that nobody seems to need any more, and do away with them.",
            "orc cleanup",
            "orc cleanup --inactive-for 7d --apply",
            "orc cleanup --apply --force")
        {
            inactiveFor, apply, force,
        }.Runs(async (context, cancellationToken) =>
        {
            if (context.Get(force) && !context.Get(apply))
            {
                throw new UsageException("--force is for --apply: without it nothing is done");
            }

            if (!context.Get(apply))
            {
                return context.Print(await context.Client.ListCleanUpAsync(context.Get(inactiveFor), cancellationToken), ApiJson.Readable.ImmutableArrayCleanUpInfo, static found =>
                {
                    if (found.IsEmpty)
                    {
                        Tables.Line(new Cell("nothing to clean up", Tone.Quiet));
                        return;
                    }

                    Tables.Write(
                        ["KIND", "AGENT", "PANE", "WOULD", "SAFE", "REASON"],
                        found.Select(static f => new Cell[] { f.Kind, f.Agent, f.Pane, f.Action, f.Hindrance is null ? new("yes", Tone.Good) : new($"no: {f.Hindrance}", Tone.Attention), f.Reason }));
                });
            }

            var done = await context.Client.CleanUpAsync(new CleanUpRequest(context.Get(inactiveFor)?.TotalSeconds, context.Get(force)), cancellationToken);
            return context.Print(done, ApiJson.Readable.ImmutableArrayCleanUpInfo, static list => Tables.Write(
                ["KIND", "AGENT", "PANE", "DONE", "OUTCOME"],
                list.Select(static f => new Cell[] { f.Kind, f.Agent, f.Pane, f.Done ? new("yes", Tone.Good) : new("no", Tone.Attention), f.Outcome })));
        });
    }
}

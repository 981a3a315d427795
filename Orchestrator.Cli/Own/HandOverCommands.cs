using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Own;

/// <summary><c>orc handover</c>, <c>orc end</c> and <c>orc stop --handover</c>.</summary>
internal static class HandOverCommands
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(60);

    public static Command Create() => new OrcCommand("handover", "What agents leave for whoever takes over their work.", "orc handover show alice", "orc spawn bob --profile qwen --successor-of alice") { Show(), Write(), Ask() };

    public static Command End()
    {
        var (name, limit) = (AgentArguments.Name(), LimitOption());
        return new OrcCommand("end", "Ask an agent for a hand-over note, keep its screen, then end it for good.", "orc end alice", "orc end alice --limit 2m") { name, limit }.Runs((context, cancellationToken) =>
            EndAsync(context, context.Get(name)!, "end", context.Get(limit), cancellationToken));
    }

    /// <summary>Asks an agent for a note and waits until it is stopped or ended.</summary>
    public static async Task<int> EndAsync(CliContext context, string name, string then, TimeSpan? within, CancellationToken cancellationToken)
    {
        var limit = within ?? Limit;
        await context.Client.AskHandOverAsync(name, new AskHandOverRequest { Then = then, LimitSeconds = limit.TotalSeconds }, cancellationToken);
        var ended = await context.WaitAsync(
            $"waiting for the hand-over of {name}",
            limit + StopWithin,
            token => context.Client.WaitForAgentAsync(name, a => a.State == "terminated" || (then == "stop" && a.State == "offline"), token),
            cancellationToken);
        return ended is null
            ? context.Fail("timeout", $"{name} has not ended: look with orc handover show {name} and orc explain {name}", ExitCodes.Unknown)
            : context.Print(await context.Client.GetHandOverAsync(name, cancellationToken), ApiJson.Readable.HandOverInfo, Details);
    }

    /// <summary>The option for the time that an agent has.</summary>
    public static Option<TimeSpan?> LimitOption() => Durations.Option("--limit", "How long the agent has for its note (5m).");

    private static OrcCommand Show()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("show", "Show what an agent has left; orc output NAME shows its whole screen, orc transcript NAME what its program wrote down.", "orc handover show alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetHandOverAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.HandOverInfo, Details));
    }

    private static OrcCommand Write()
    {
        var (name, text) = (AgentArguments.Name(), new Argument<string>("TEXT") { Description = "The note.", HelpName = "TEXT" });
        return new OrcCommand("write", "Leave a note for whoever takes over the work of an agent.", "orc handover write alice \"the parser is done, the tests are not\"") { name, text }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.LeaveNoteAsync(context.Get(name)!, context.Get(text)!, cancellationToken), ApiJson.Readable.HandOverInfo, static h => Tables.Line($"stored as note {h.Notes[^1].Number} of {h.Agent}")));
    }

    private static OrcCommand Ask()
    {
        var (name, limit) = (AgentArguments.Name(), LimitOption());
        return new OrcCommand("ask", "Ask an agent for a note; it goes on afterwards.", "orc handover ask alice") { name, limit }.Runs(async (context, cancellationToken) =>
            context.Print(
                await context.Client.AskHandOverAsync(context.Get(name)!, new AskHandOverRequest { LimitSeconds = (context.Get(limit) ?? Limit).TotalSeconds }, cancellationToken),
                ApiJson.Readable.HandOverInfo,
                static h => Tables.Line($"{h.Agent} is asked: orc handover show {h.Agent}")));
    }

    private static void Details(HandOverInfo h)
    {
        Tables.Line($"{h.Agent}  {h.State}{(h.Until is { } until ? $" until {AgentText.Time(until)}" : string.Empty)}{(h.AgentState is { } state ? $"  {state}" : string.Empty)}{(h.Successor is { } next ? $"  taken over by {next}" : string.Empty)}");
        if (h.Missed is { } missed)
        {
            Tables.Line(new Cell($"no note when it was asked: {SafeText.Of(missed)}", Tone.Attention));
        }

        if (h.Notes is [.., var last])
        {
            Tables.Line($"note {last.Number}, {AgentText.Time(last.At)}, by {last.By} ({last.Source}):");
            Tables.Line(SafeText.Of(last.Text));
        }
    }
}

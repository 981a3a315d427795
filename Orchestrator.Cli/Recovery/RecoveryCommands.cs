using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Recovery;

/// <summary><c>orc recovery</c>.</summary>
internal static class RecoveryCommands
{
    private const int Preview = 70;

    public static Command Create() => new OrcCommand("recovery", "What is done about agents that crash, and how that went.", "orc recovery ls", "orc recovery pause alice") { Ls(), Show(), Pause(), Resume() };

    private static OrcCommand Ls() => new OrcCommand("ls", "List the agents about which anything was done.", "orc recovery ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRecoveriesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayRecoveryInfo, static list => Tables.Write(
            ["AGENT", "STATE", "ATTEMPTS", "LAST", "NOTE"],
            list.Select(static r => new Cell[]
            {
                r.Agent, new(r.State, ToneOf(r.State)), r.Attempts.Length.ToString(CultureInfo.InvariantCulture),
                r.Attempts is [.., var last] ? $"{last.Strategy} {last.Outcome}" : null, r.Attempts is [.., { Note: { } note }] ? SafeText.Line(note, Preview) : null,
            }))));

    private static OrcCommand Show()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("show", "Show what was done about an agent, and the success rate of each strategy.", "orc recovery show alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetRecoveryAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RecoveryInfo, Details));
    }

    private static OrcCommand Pause()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("pause", "Do nothing about an agent until orc recovery resume.", "orc recovery pause alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.PauseRecoveryAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RecoveryInfo, Details));
    }

    private static OrcCommand Resume()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("resume", "Go on, with a new budget; an agent that is down is recovered now.", "orc recovery resume alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ResumeRecoveryAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RecoveryInfo, Details));
    }

    private static void Details(RecoveryInfo r)
    {
        var detail = r switch
        {
            { PausedBy: { } by } => $" by {by}",
            { OpenUntil: { } until } => $" until {AgentText.Time(until)}",
            { Down: { } down } => $": {down}",
            _ => string.Empty,
        };
        Tables.Line(new Cell($"{r.Agent}: {r.State}{detail}", ToneOf(r.State)));
        foreach (var s in r.Strategies)
        {
            Tables.Line(string.Create(CultureInfo.InvariantCulture, $"  {s.Strategy}: {s.Succeeded} of {s.Succeeded + s.Failed} succeeded ({s.SuccessRate * 100:0} %)"));
        }

        if (!r.Attempts.IsEmpty)
        {
            Tables.Write(
                ["NO", "STRATEGY", "OUTCOME", "AT", "CAUSE", "NOTE"],
                r.Attempts.Select(static a => new Cell[] { a.Number.ToString(CultureInfo.InvariantCulture), a.Strategy, a.Outcome, AgentText.Time(a.At), SafeText.Line(a.Cause, Preview), a.Note is { } note ? SafeText.Line(note, Preview) : null }));
        }
    }

    private static Tone ToneOf(string state) => state switch { "watching" => Tone.Good, "recovering" => Tone.Active, "paused" => Tone.Attention, _ => Tone.Bad };
}

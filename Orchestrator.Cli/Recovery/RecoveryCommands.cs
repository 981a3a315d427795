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
    private const int Line = 200;

    public static Command Create() => new OrcCommand("recovery", "What is done when something is wrong with agents and teams, and how that went.", "orc recovery ls", "orc recovery dry-run alice", "orc recovery pause alice")
    {
        Ls(), Show(), DryRun(), Pause(), Resume(), History(), Stats(), Policies(),
    };

    private static OrcCommand Ls() => new OrcCommand("ls", "List the agents and teams about which anything was done.", "orc recovery ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRecoveriesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayRecoveryInfo, static list => Tables.Write(
            ["AGENT", "STATE", "TROUBLE", "ATTEMPTS", "LAST", "NOTE"],
            list.Select(static r => new Cell[]
            {
                r.Agent, new(r.State, ToneOf(r.State)), string.Join(' ', r.Troubles.Select(static t => t.Kind)), r.Attempts.Length.ToString(CultureInfo.InvariantCulture),
                r.Attempts is [.., var last] ? $"{last.Strategy} {last.Outcome}" : null, r.Attempts is [.., { Note: { } note }] ? SafeText.Line(note, Preview) : null,
            }))));

    private static OrcCommand Show()
    {
        var name = Name();
        return new OrcCommand("show", "Show what was done about an agent, and the success rate of each strategy.", "orc recovery show alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetRecoveryAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RecoveryInfo, Details));
    }

    private static OrcCommand DryRun()
    {
        var name = Name();
        var kind = new Option<string?>("--kind") { Description = "As if this were wrong: crashed, hung, failed_execution and so on.", HelpName = "KIND" };
        return new OrcCommand("dry-run", "Show what would be done now, when and why. Nothing is done.", "orc recovery dry-run alice", "orc recovery dry-run alice --kind crashed") { name, kind }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ForecastRecoveryAsync(context.Get(name)!, context.Get(kind), cancellationToken), ApiJson.Readable.ImmutableArrayRecoveryForecastInfo, static steps =>
            {
                if (steps.IsEmpty)
                {
                    Tables.Line("nothing is wrong, so nothing would be done; --kind crashed shows what would be if it crashed");
                }

                foreach (var s in steps)
                {
                    Tables.Line($"{s.Kind}: {(s.Strategy is null ? "nothing" : $"{s.Strategy}{(s.At is { } at ? $" at {AgentText.Time(at)}" : string.Empty)}")}");
                    Tables.Line($"  cause: {SafeText.Line(s.Cause, Line)}");
                    Tables.Line($"  why: {SafeText.Line(s.Why, Line)}");
                }
            }));
    }

    private static OrcCommand History()
    {
        var name = new Option<string?>("--agent") { Description = "Only for this agent, or team:NAME.", HelpName = "NAME" };
        var limit = new Option<int>("--limit") { Description = "At most so many.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        return new OrcCommand("history", "List what was tried, the newest first.", "orc recovery history", "orc recovery history --agent alice --limit 20") { name, limit }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.RecoveryHistoryAsync(context.Get(name), context.Get(limit), cancellationToken), ApiJson.Readable.ImmutableArrayRecoveryHistoryInfo, static list => Tables.Write(
                ["AT", "AGENT", "NO", "TROUBLE", "STRATEGY", "OUTCOME", "NOTE"],
                list.Select(static h => new Cell[]
                {
                    AgentText.Time(h.Attempt.At), h.Agent, h.Attempt.Number.ToString(CultureInfo.InvariantCulture), h.Attempt.Trouble, h.Attempt.Strategy, h.Attempt.Outcome, NoteOf(h.Attempt),
                }))));
    }

    private static OrcCommand Stats() => new OrcCommand("stats", "Show the success rate of each strategy, for all agents and teams together.", "orc recovery stats").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.RecoveryStatsAsync(cancellationToken), ApiJson.Readable.ImmutableArrayStrategyInfo, static list =>
        {
            if (list.IsEmpty)
            {
                Tables.Line("nothing has come to an end yet");
            }

            foreach (var s in list)
            {
                Tables.Line(Rate(s));
            }
        }));

    private static OrcCommand Policies() => new OrcCommand("policies", "Show what is done about each kind of trouble, for all roles and for some.", "orc recovery policies").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRecoveryPoliciesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayRecoveryPolicyInfo, static list =>
        {
            foreach (var p in list)
            {
                Tables.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(p.Role is null ? "all roles" : $"role {p.Role}")}: {p.Budget} attempts within {p.WindowSeconds:0.#} s, pauses {p.FirstPauseSeconds:0.#} to {p.LastPauseSeconds:0.#} s, cool-down {p.CoolDownSeconds:0.#} s, given up after {p.ReadyWithinSeconds:0.#} s, asked for a note for {p.HandOverSeconds:0.#} s{(p.DryRun ? ", dry run" : string.Empty)}"));
                foreach (var (kind, steps) in p.Ladders)
                {
                    Tables.Line($"  {kind}: {string.Join(", ", steps)}");
                }
            }
        }));

    private static Argument<string> Name() => AgentArguments.Name("The agent, or team:NAME.");

    private static string Rate(StrategyInfo s) => string.Create(CultureInfo.InvariantCulture, $"{s.Strategy}: {s.Succeeded} of {s.Succeeded + s.Failed} succeeded ({s.SuccessRate * 100:0} %)");

    private static OrcCommand Pause()
    {
        var name = Name();
        return new OrcCommand("pause", "Do nothing about an agent or a team until orc recovery resume.", "orc recovery pause alice") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.PauseRecoveryAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.RecoveryInfo, Details));
    }

    private static OrcCommand Resume()
    {
        var name = Name();
        return new OrcCommand("resume", "Go on, with a new budget; what is wrong is recovered now.", "orc recovery resume alice") { name }.Runs(async (context, cancellationToken) =>
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
        foreach (var t in r.Troubles)
        {
            Tables.Line(new Cell($"  {t.Kind} since {AgentText.Time(t.Since)}: {SafeText.Line(t.Cause, Line)}{(t.Left is { } left ? $" (left to a person: {SafeText.Line(left, Line)})" : string.Empty)}", t.Left is null ? Tone.Active : Tone.Bad));
        }

        foreach (var s in r.Strategies)
        {
            Tables.Line($"  {Rate(s)}");
        }

        if (!r.Attempts.IsEmpty)
        {
            Tables.Write(
                ["NO", "TROUBLE", "STRATEGY", "OUTCOME", "AT", "CAUSE", "NOTE"],
                r.Attempts.Select(static a => new Cell[] { a.Number.ToString(CultureInfo.InvariantCulture), a.Trouble, a.Strategy, a.Outcome, AgentText.Time(a.At), SafeText.Line(a.Cause, Preview), NoteOf(a) }));
        }
    }

    private static string? NoteOf(RecoveryAttemptInfo attempt)
        => string.Join("; ", new[] { attempt.HandOver, attempt.Note }.OfType<string>()) is { Length: > 0 } note ? SafeText.Line(note, Preview) : null;

    private static Tone ToneOf(string state) => state switch { "watching" => Tone.Good, "recovering" or "half_open" => Tone.Active, "paused" or "idle" => Tone.Attention, _ => Tone.Bad };
}

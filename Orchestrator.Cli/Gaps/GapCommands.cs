using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Gaps;

/// <summary><c>orc gap</c>.</summary>
internal static class GapCommands
{
    private const int Preview = 70;

    public static Command Create() => new OrcCommand("gap", "What is not as it should be: silent agents, unread messages, late tasks and more.", "orc gap ls", "orc gap close task.t1.failed.1 \"not needed any more\"")
    {
        Ls(), Show(), Close(), Cure(), Expect(), Forget(), Summary(),
    };

    private static OrcCommand Ls()
    {
        var kind = new Option<string?>("--kind") { Description = "Only gaps of this kind.", HelpName = "KIND" };
        var agent = new Option<string?>("--agent") { Description = "Only gaps of this agent.", HelpName = "NAME" };
        var task = new Option<string?>("--task") { Description = "Only gaps of this task.", HelpName = "ID" };
        var all = new Option<bool>("--all", "-a") { Description = "Also closed ones." };
        return new OrcCommand("ls", "List open gaps.", "orc gap ls", "orc gap ls --agent alice --all") { kind, agent, task, all }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListGapsAsync(context.Get(kind), context.Get(agent), context.Get(task), context.Get(all), cancellationToken: cancellationToken),
            ApiJson.Readable.ImmutableArrayGapInfo,
            static gaps =>
            {
                var now = TimeProvider.System.GetUtcNow();
                Tables.Write(
                    ["ID", "SEVERITY", "SINCE", "CLOSED", "CAUSE"],
                    gaps.Select(g => new Cell[] { g.Id, new(g.Severity, ToneOf(g)), Durations.Ago(g.Since, now), g.ClosedBy, SafeText.Line(g.Cause, Preview) }));
            }));
    }

    private static OrcCommand Show()
    {
        var id = Id();
        return new OrcCommand("show", "Show all about a gap.", "orc gap show agent.alice.silent_agent.1") { id }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetGapAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.GapInfo, Details));
    }

    private static OrcCommand Close()
    {
        var id = Id();
        var because = new Argument<string>("WHY") { Description = "Why.", HelpName = "WHY" };
        return new OrcCommand("close", "Close a gap; it is not opened again for the same cause.", "orc gap close task.t1.failed.1 \"not needed any more\"") { id, because }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.CloseGapAsync(context.Get(id)!, context.Get(because)!, cancellationToken), ApiJson.Readable.GapInfo, Details));
    }

    private static OrcCommand Cure()
    {
        var id = Id();
        var strategy = new Argument<string>("STRATEGY") { Description = "What was tried, in a word.", HelpName = "STRATEGY" };
        var outcome = new Argument<string>("OUTCOME") { Description = "What came of it.", HelpName = "OUTCOME" };
        return new OrcCommand("cure", "Note what was tried against a gap.", "orc gap cure agent.alice.silent_agent.1 restart \"its program runs again\"") { id, strategy, outcome }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.NoteCureAsync(context.Get(id)!, new CureRequest(context.Get(strategy)!, context.Get(outcome)!), cancellationToken), ApiJson.Readable.GapInfo, Details));
    }

    private static OrcCommand Expect()
    {
        var agent = AgentArguments.Name();
        var chain = new Argument<string>("CHAIN") { Description = "The chain of tasks, or a task.", HelpName = "CHAIN" };
        var within = Durations.Option("--in", "When it is to begin.");
        within.Required = true;
        var expires = Durations.Option("--expires", "For how long after that it is expected (1h).");
        return new OrcCommand("expect", "Expect that an agent begins a task of a chain; if it does not, that is a gap.", "orc gap expect alice nightly --in 10m") { agent, chain, within, expires }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ExpectAsync(
                new ExpectRequest { Agent = context.Get(agent)!, Chain = context.Get(chain)!, InSeconds = context.Get(within)!.Value.TotalSeconds, ExpiresInSeconds = context.Get(expires)?.TotalSeconds }, cancellationToken),
            ApiJson.Readable.ExpectationInfo,
            static e => Tables.Line($"{e.Id}: expected at {AgentText.Time(e.Due)}, until {AgentText.Time(e.ExpiresAt)}")));
    }

    private static OrcCommand Forget()
    {
        var id = new Argument<string>("ID") { Description = "What is expected, as orc gap expect has named it.", HelpName = "ID" };
        return new OrcCommand("forget", "Expect an execution no more.", "orc gap forget alice.nightly.3k9x2mq4") { id }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ForgetExpectationAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.ExpectationInfo, static e => Tables.Line($"{e.Id} is expected no more")));
    }

    private static OrcCommand Summary() => new OrcCommand("summary", "Count gaps by kind.", "orc gap summary").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.GetGapSummaryAsync(cancellationToken), ApiJson.Readable.GapSummaryInfo, static s =>
        {
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"{s.Open} open, {s.Closed} closed"), s.Open == 0 ? Tone.Good : Tone.Attention));
            Tables.Write(["KIND", "OPEN", "EVER"], s.ByKind.Select(static k => new Cell[] { k.Kind, k.Open.ToString(CultureInfo.InvariantCulture), k.Found.ToString(CultureInfo.InvariantCulture) }));
        }));

    private static void Details(GapInfo g)
    {
        Tables.Line(new Cell($"{g.Id} is {(g.Open ? "open" : "closed")}: {g.Cause}", ToneOf(g)));
        List<(string, Cell)> pairs = [("kind", g.Kind), ("severity", g.Severity), ("evidence", g.Evidence), ("since", AgentText.Time(g.Since)), ("found", AgentText.Time(g.OpenedAt))];
        pairs.AddRange(g.Cures.Select(static c => ("tried", (Cell)$"{AgentText.Time(c.At)} by {c.By}: {c.Strategy}, {c.Outcome}")));
        if (g is { ClosedAt: { } at, ClosedBy: { } by, ClosedBecause: { } because })
        {
            pairs.Add(("closed", $"{AgentText.Time(at)} by {by}: {because}"));
        }

        Tables.Pairs(pairs);
    }

    private static Tone ToneOf(GapInfo g) => g switch { { Open: false } => Tone.Quiet, { Severity: "error" or "critical" } => Tone.Bad, _ => Tone.Attention };

    private static Argument<string> Id() => new("ID") { Description = "The gap.", HelpName = "ID" };
}

using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("explain", "Say why an agent is shown as it is, and why its next message waits.", "orc explain a1", "orc explain a1 --json | jq .rules") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ExplainAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.ExplainInfo, Write));
    }

    private static void Write(ExplainInfo explained)
    {
        Tables.Line(new Cell(AgentText.Summary(explained.Agent), Tables.ToneOf(explained.Agent.Activity ?? explained.Agent.State)));
        Tables.Line($"decided by {explained.Decided}");
        if (explained.Waiting is { } waiting)
        {
            Tables.Line(new Cell($"the next message waits: {waiting}", Tone.Attention));
        }

        if (explained.Facts.Length > 0)
        {
            Console.Out.WriteLine();
            Tables.Write(["SOURCE", "RULE", "SEEN", "EVIDENCE"], explained.Facts.Select(static f => new Cell[] { f.Source, f.Rule, AgentText.Time(f.At), SafeText.Line(f.Evidence, 100) }));
        }

        if (explained.Rules.Length > 0)
        {
            Console.Out.WriteLine();
            Tables.Write(
                ["SCREEN RULE", "MEANS", "PRIORITY", "MATCHES", "BY WHAT, WHERE"],
                explained.Rules.Select(static r => new Cell[] { r.Name, r.Activity, r.Priority.ToString(CultureInfo.InvariantCulture), new(r.Won ? "yes, and decides" : r.Matched ? "yes" : "no", r.Won ? Tone.Good : r.Matched ? Tone.Plain : Tone.Quiet), SafeText.Line(r.Evidence ?? string.Empty, 100) }));
        }

        if (explained.Screen.Length > 0)
        {
            Console.Out.WriteLine();
            foreach (var line in explained.Screen)
            {
                Tables.Line(new Cell($"| {line}", Tone.Quiet));
            }
        }
    }
}

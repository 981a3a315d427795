using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc transcript</c>.</summary>
internal static class TranscriptCommand
{
    public static Command Create()
    {
        var name = AgentArguments.Name();
        var lines = new Option<int?>("--lines", "-n") { Description = "The last so many lines.", HelpName = "N" };
        var generation = new Option<long?>("--generation", "-g") { Description = "That of an earlier program; the last five are kept.", HelpName = "G" };
        return new OrcCommand(
            "transcript",
            "Show what an agent's program has written down of its conversation, or what was kept of it when it ended.",
            "orc transcript a1",
            "orc transcript a1 --generation 2 --lines 50",
            "orc transcript a1 --json | jq .type")
        {
            name, lines, generation,
        }.Runs(async (context, cancellationToken) =>
        {
            if (context.Get(lines) is < 1 || context.Get(generation) is < 1)
            {
                throw new UsageException("--lines and --generation take a number from 1");
            }

            var transcript = await context.Client.GetTranscriptAsync(context.Get(name)!, context.Get(generation), context.Get(lines), cancellationToken);
            await Console.Error.WriteLineAsync($"orc: {About(transcript)}");
            foreach (var line in transcript.Lines)
            {
                await Console.Out.WriteLineAsync(context.Json ? line : SafeText.Of(line));
            }

            return ExitCodes.Happened;
        });
    }

    private static string About(TranscriptInfo t)
    {
        var cut = t.LeftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $"; the first {t.LeftOut} bytes were left out") : string.Empty;
        var shown = t.Lines.Length < t.Total ? string.Create(CultureInfo.InvariantCulture, $"; the last {t.Lines.Length} of {t.Total} lines") : string.Empty;
        return $"generation {t.Generation} of {t.Agent}, {(t.Source == "kept" ? $"kept {AgentText.Time(t.At)}" : "so far")}, from {SafeText.Of(t.From)} on {t.Node}{cut}{shown}";
    }
}

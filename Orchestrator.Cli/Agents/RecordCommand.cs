using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc record</c>.</summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        var name = AgentArguments.Name();
        var file = new Option<string?>("--output", "-o") { Description = "The file; - is the standard output. NAME.cast unless said.", HelpName = "FILE" };
        var duration = Durations.Option("--for", "For how long; until Ctrl-C or the end of its pane unless said, at most a day.");
        var force = new Option<bool>("--force", "-f") { Description = "Overwrite the file if it is there." };
        return new OrcCommand(
            "record",
            "Record an agent's screen live, as an asciicast for asciinema and other players.",
            "orc record a1",
            "orc record a1 -o demo.cast --for 30s",
            "orc record a1 -o - --for 10s | wc -l")
        {
            name, file, duration, force,
        }.Runs(async (context, cancellationToken) =>
        {
            var (agent, path) = (context.Get(name)!, context.Get(file) ?? $"{context.Get(name)}.cast");
            if (path != "-" && File.Exists(path) && !context.Get(force))
            {
                throw new UsageException($"{path} is there already: give another name with -o, or --force");
            }

            StreamWriter? writer = null;
            var lines = 0;
            try
            {
                await foreach (var line in context.Client.RecordAsync(agent, context.Get(duration), cancellationToken))
                {
                    // Only once there is something: a recording that is refused leaves no file, nor an old one empty.
                    writer ??= path == "-" ? new StreamWriter(Console.OpenStandardOutput()) : new StreamWriter(path);
                    await writer.WriteAsync(line + "\n");
                    await writer.FlushAsync(cancellationToken);
                    lines++;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && lines > 0)
            {
                // Ctrl-C is how a recording without --for ends.
                return ExitCodes.Happened;
            }
            finally
            {
                if (writer is not null)
                {
                    await writer.DisposeAsync();
                }
            }

            if (path != "-")
            {
                Tables.Line(new Cell($"{path}: {Math.Max(0, lines - 1)} steps"));
            }

            return ExitCodes.Happened;
        });
    }
}

using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc output</c>.</summary>
internal static class OutputCommand
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(700);

    public static Command Create()
    {
        var name = AgentArguments.Name();
        var lines = new Option<int?>("--lines", "-n") { Description = "The last so many lines, with what has scrolled away.", HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Show it again whenever it changes, until Ctrl-C." };
        return new OrcCommand("output", "Show what is on an agent's screen, or was when it ended.", "orc output a1", "orc output a1 --lines 500 | less", "orc output a1 -f") { name, lines, follow }.Runs(async (context, cancellationToken) =>
        {
            if (context.Get(lines) is < 1)
            {
                throw new UsageException("--lines takes a number from 1");
            }

            return context.Get(follow)
                ? await FollowAsync(context, context.Get(name)!, context.Get(lines), cancellationToken)
                : context.Print(await context.Client.GetOutputAsync(context.Get(name)!, context.Get(lines), cancellationToken), ApiJson.Readable.OutputInfo, Text);
        });
    }

    private static async Task<int> FollowAsync(CliContext context, string name, int? lines, CancellationToken cancellationToken)
    {
        var repaint = !context.Json && !Console.IsOutputRedirected;
        string? shown = null;
        while (true)
        {
            var output = await context.Client.GetOutputAsync(name, lines, cancellationToken);
            if (output.Text != shown)
            {
                shown = output.Text;
                Show(context, output, repaint);
            }

            if (output.Source == "ended")
            {
                return ExitCodes.Happened;
            }

            await Task.Delay(Between, cancellationToken);
        }
    }

    private static void Show(CliContext context, OutputInfo output, bool repaint)
    {
        if (context.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(output, ApiJson.Wire.OutputInfo));
            return;
        }

        Console.Out.Write(repaint ? "\e[H\e[2J" : $"--- {AgentText.Time(output.CapturedAt)}\n");
        Text(output);
    }

    private static void Text(OutputInfo output)
    {
        // Programs that keep their input at the bottom leave the rest of the screen empty: one empty line says as much as thirty.
        var blank = false;
        foreach (var line in SafeText.Of(output.Text.TrimEnd('\n')).Split('\n'))
        {
            var empty = string.IsNullOrWhiteSpace(line);
            if (!empty || !blank)
            {
                Console.Out.WriteLine(line);
            }

            blank = empty;
        }
    }
}

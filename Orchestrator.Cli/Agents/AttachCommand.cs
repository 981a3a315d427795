using System.CommandLine;
using System.ComponentModel;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Machine;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc attach</c>.</summary>
internal static class AttachCommand
{
    /// <summary>The tmux session that all agents' windows are in.</summary>
    private const string Session = "agents";

    public static Command Create()
    {
        var name = AgentArguments.Name();
        var write = new Option<bool>("--write") { Description = "Your keys reach the agent's program, and the history says that you came; without it you only watch." };
        return new OrcCommand("attach", "Watch an agent's screen in tmux, or work on it. Leave with Ctrl-B d.", "orc attach a1", "orc attach a1 --write") { name, write }.Runs(async (context, cancellationToken) =>
        {
            if (Console.IsInputRedirected || Console.IsOutputRedirected)
            {
                throw new UsageException($"attach needs a terminal; orc output {context.Get(name)} prints the screen without one");
            }

            var agent = await context.Client.GetAgentAsync(context.Get(name)!, cancellationToken);
            if (agent.Pane is not { } pane)
            {
                return context.Fail("illegal-state", $"{AgentText.Summary(agent)} and has no pane: orc start {agent.Name}");
            }

            if (!File.Exists(pane.Socket))
            {
                return context.Fail("illegal-state", $"the pane of {agent.Name} is on node {agent.Node}, and there is no {pane.Socket} here: attach works on that machine only");
            }

            if (context.Get(write))
            {
                // Who may type is on record before the first key.
                await context.Client.ReportAttachedAsync(agent.Name, cancellationToken);
            }

            try
            {
                return await Programs.OnTerminalAsync("tmux", Arguments(pane, context.Get(write))) == 0
                    ? ExitCodes.Happened
                    : context.Fail("failed", $"tmux could not attach to {pane.Window} in {pane.Socket}");
            }
            catch (Win32Exception)
            {
                return context.Fail("failed", "tmux is not installed on this machine");
            }
        });
    }

    // A session of the person's own in the same group: a current window of their own, gone when they leave, and the window keeps its size.
    internal static IReadOnlyList<string> Arguments(PaneInfo pane, bool write)
    {
        var view = $"view-{Guid.NewGuid():n}"[..21];
        return
        [
            "-u", "-S", pane.Socket, "-f", "/dev/null", "-N",
            "new-session", "-t", $"={Session}", "-s", view, "-f", write ? "ignore-size" : "read-only,ignore-size", ";",
            "set-option", "destroy-unattached", "on", ";",
            "select-window", "-t", $"={view}:{pane.Window}",
        ];
    }
}

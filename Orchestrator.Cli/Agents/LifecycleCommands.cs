using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Own;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc start</c>, <c>stop</c>, <c>restart</c>, <c>rm</c> and <c>adopt</c>: each returns once it has happened.</summary>
internal static class LifecycleCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Start() => Create(
        "start",
        "Start an agent that is offline or in error.",
        static (client, name, how, token) => client.StartAgentAsync(name, how.Mode, token),
        static (before, now) => now.Generation > before.Generation && now.Pane is not null,
        force: null,
        modes: true,
        "orc start a1",
        "orc start a1 --fresh");

    public static Command Stop() => Create(
        "stop",
        "Stop an agent's program; its messages wait.",
        static (client, name, how, token) => client.StopAgentAsync(name, how.Force, token),
        static (_, now) => now.State is "offline" or "terminated",
        Force(),
        modes: false,
        "orc stop a1",
        "orc stop a1 --force",
        "orc stop a1 --handover");

    public static Command Restart() => Create(
        "restart",
        "Stop and start an agent's program; its messages wait.",
        static (client, name, how, token) => client.RestartAgentAsync(name, how.Force, how.Mode, token),
        static (before, now) => now.Generation > before.Generation && now.Pane is not null,
        Force(),
        modes: true,
        "orc restart a1",
        "orc restart a1 --fresh");

    public static Command Remove() => Create(
        "rm",
        "End an agent for good: its screen is kept, its program stopped.",
        static (client, name, how, token) => client.EndAgentAsync(name, how.Force, token),
        static (_, now) => now.State == "terminated",
        Force(),
        modes: false,
        "orc rm a1",
        "orc rm a1 --force");

    public static Command Adopt()
    {
        var name = AgentArguments.Name();
        var pane = new Argument<string>("PANE") { Description = "The pane: %n, as tmux shows it.", HelpName = "PANE" };
        var timeout = Durations.Option("--timeout", "How long to wait for it (60s).");
        return new OrcCommand("adopt", "Give an agent that has no pane one that is there already in the node's tmux server.", "orc adopt a1 %7") { name, pane, timeout }.Runs((context, cancellationToken) => OneAsync(
            context,
            "adopt",
            context.Get(name)!,
            token => context.Client.AdoptAgentAsync(context.Get(name)!, context.Get(pane)!, token),
            static (before, now) => now.Generation > before.Generation && now.Pane is not null,
            context.Get(timeout) ?? Patience,
            cancellationToken));
    }

    public static Command Rebrief()
    {
        var name = AgentArguments.Name();
        return new OrcCommand("rebrief", "Tell an agent again who it is, what is noted about its work, and what it was at.", "orc rebrief a1") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.RebriefAgentAsync(context.Get(name)!, cancellationToken), ApiJson.Readable.AgentInfo, static a => Tables.Line($"{a.Name} is briefed by its next message; {a.QueueLength} in its queue")));
    }

    private static Option<bool> Force() => new("--force", "-f") { Description = "Kill its program at once instead of asking it to end first." };

    private static OrcCommand Create(
        string verb,
        string description,
        Func<OrchestratorClient, string, (bool Force, string? Mode), CancellationToken, Task<AgentInfo>> act,
        Func<AgentInfo, AgentInfo, bool> hasHappened,
        Option<bool>? force,
        bool modes,
        params string[] examples)
    {
        var names = new Argument<string[]>("NAME") { Description = "The agents.", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.AddRange(AgentArguments.Name().CompletionSources);
        var timeout = Durations.Option("--timeout", "How long to wait for it (60s).");
        var command = new OrcCommand(verb, description, examples) { names, timeout };
        if (force is not null)
        {
            command.Add(force);
        }

        var fresh = new Option<bool>("--fresh") { Description = "Begin a new conversation." };
        var resume = new Option<bool>("--resume") { Description = "Take up the conversation again, or brief the agent anew; as a rule it is taken up where that is possible." };
        if (modes)
        {
            command.Add(fresh);
            command.Add(resume);
        }

        var handover = new Option<bool>("--handover") { Description = "Ask it for a hand-over note first." };
        var limit = HandOverCommands.LimitOption();
        if (verb == "stop")
        {
            command.Add(handover);
            command.Add(limit);
        }

        return command.Runs(async (context, cancellationToken) =>
        {
            if (modes && context.Get(fresh) && context.Get(resume))
            {
                throw new UsageException("--fresh and --resume exclude each other");
            }

            if (context.Get(handover) && force is not null && context.Get(force))
            {
                throw new UsageException("--force kills the program at once, --handover asks it first: choose one");
            }

            var how = (Force: force is not null && context.Get(force), Mode: !modes ? null : context.Get(fresh) ? "fresh" : context.Get(resume) ? "resume" : null);
            var worst = ExitCodes.Happened;
            foreach (var name in context.Get(names)!)
            {
                worst = Math.Max(worst, context.Get(handover) ? await HandOverCommands.EndAsync(context, name, "stop", context.Get(limit), cancellationToken) : await OneAsync(context, verb, name, token => act(context.Client, name, how, token), hasHappened, context.Get(timeout) ?? Patience, cancellationToken));
            }

            return worst;
        });
    }

    private static async Task<int> OneAsync(
        CliContext context,
        string verb,
        string name,
        Func<CancellationToken, Task<AgentInfo>> act,
        Func<AgentInfo, AgentInfo, bool> hasHappened,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var before = await context.Client.GetAgentAsync(name, cancellationToken);
        await act(cancellationToken);
        var after = await context.WaitAsync(
            $"waiting for {verb} of {name}",
            timeout,
            token => context.Client.WaitForAgentAsync(name, now => hasHappened(before, now) || Failed(verb, before, now), token),
            cancellationToken);
        if (after is null)
        {
            return context.Fail("timeout", $"{verb} of {name} had not happened within {Durations.Short(timeout)}: look with orc explain {name}", ExitCodes.Unknown);
        }

        context.Print(after, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell(AgentText.Summary(a), Tables.ToneOf(a.State))));
        return hasHappened(before, after) ? ExitCodes.Happened : context.Fail("failed", $"{verb} of {name} failed: orc explain {name} says why");
    }

    private static bool Failed(string verb, AgentInfo before, AgentInfo now)
        => verb is "start" or "restart" or "adopt" && now.Position > before.Position && now.State is "error" or "terminated" && now.Generation > before.Generation;
}

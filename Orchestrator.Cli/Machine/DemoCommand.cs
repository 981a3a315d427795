using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Messages;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Machine;

/// <summary><c>orc demo</c>: a look at everything in half a minute, with agents that need no account.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the two agents running at the end." };
        return new OrcCommand("demo", "See it work: two demo agents, messages, a question, what the history says of it.", "orc demo", "orc demo --keep") { keep }.Runs(async (context, cancellationToken) =>
        {
            if (context.Json)
            {
                throw new UsageException("the demo is for people: it has no --json");
            }

            var suffix = MessageId.New(TimeProvider.System)[^4..].ToLowerInvariant();
            string[] names = [$"demo-a-{suffix}", $"demo-b-{suffix}"];
            try
            {
                return await ShowAsync(context, names, cancellationToken);
            }
            finally
            {
                if (!context.Get(keep))
                {
                    await RemoveAsync(context, names);
                }
            }
        });
    }

    private static async Task<int> ShowAsync(CliContext context, string[] names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            Step($"orc spawn {name} --profile demo --wait", "Each agent is a program in a tmux pane of its own.");
            var request = new SpawnRequest { Name = name, Profile = "demo", Folder = Directory.GetCurrentDirectory(), Role = "temporary" };
            await context.Client.SpawnAsync(request, cancellationToken);
            if (await UntilAsync(context, name, static a => AgentConditions.IsReady(a) || AgentConditions.HasFailed(a), "ready", cancellationToken) is not { State: "idle" })
            {
                return context.Fail("failed", $"{name} did not become ready: orc explain {name}");
            }
        }

        Step($"orc send {names[0]} \"hello\" --wait idle", "A message is stored, typed, submitted, and its delivery proved; then we wait for the answer.");
        if (await SendAsync(context, names[0], "hello", "idle", cancellationToken) is not ExitCodes.Happened and var failed)
        {
            return failed;
        }

        Step($"orc output {names[0]}", "What is on its screen:");
        var output = await context.Client.GetOutputAsync(names[0], cancellationToken: cancellationToken);
        foreach (var line in output.Text.Split('\n').Where(static l => l.Trim().Length > 0))
        {
            Tables.Line(new Cell($"  {line}", Tone.Quiet));
        }

        Step($"orc send {names[1]} \"ask, then work 2s\"", "This one is told to ask for permission: its state shows that it waits for a person, and nothing is typed over the question.");
        await SendAsync(context, names[1], "ask, then work 2s", "submitted", cancellationToken);
        await UntilAsync(context, names[1], static a => a.Activity == "awaiting_approval", "awaiting_approval", cancellationToken);

        Step("orc ls", "All agents at a glance. (To answer the question: orc attach NAME --write, then y.)");
        AgentText.List([.. (await context.Client.ListAgentsAsync(cancellationToken: cancellationToken)).Where(a => names.Contains(a.Name, StringComparer.Ordinal))]);

        Step($"orc logs {names[0]}", "Nothing is forgotten: the history of an agent is never rewritten.");
        foreach (var e in await context.Client.GetHistoryAsync(names[0], cancellationToken: cancellationToken))
        {
            History.EventText.Line(e, withEntity: false);
        }

        return ExitCodes.Happened;
    }

    private static async Task<int> SendAsync(CliContext context, string name, string text, string until, CancellationToken cancellationToken)
    {
        var message = await context.Client.SendMessageAsync(new SendRequest { To = name, Text = text }, cancellationToken);
        return await DeliveryWait.UntilAsync(context, message, until, Patience, cancellationToken);
    }

    private static async Task<AgentInfo?> UntilAsync(CliContext context, string name, Func<AgentInfo, bool> until, string what, CancellationToken cancellationToken)
    {
        var agent = await context.WaitAsync($"waiting for {name} to be {what}", Patience, token => context.Client.WaitForAgentAsync(name, until, token), cancellationToken);
        if (agent is not null)
        {
            Tables.Line(new Cell(AgentText.Summary(agent), Tables.ToneOf(agent.Activity ?? agent.State)));
        }

        return agent;
    }

    private static async Task RemoveAsync(CliContext context, string[] names)
    {
        Step($"orc rm {string.Join(' ', names)} --force", "The agents are ended; their last screens and their history stay.");
        foreach (var name in names)
        {
            try
            {
                await context.Client.EndAgentAsync(name, force: true, CancellationToken.None);
            }
            catch (ApiException e) when (e.Code == "not-found")
            {
                // The demo ended before it was spawned.
            }
        }
    }

    private static void Step(string command, string says)
    {
        Console.Out.WriteLine();
        Tables.Line(says);
        Tables.Line(new Cell($"$ {command}", Tone.Active));
    }
}

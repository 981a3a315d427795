using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Teams;

/// <summary>How large.</summary>
/// <param name="Agents">How many agents in all.</param>
/// <param name="AgentsPerTeam">How many in each team, and so in its conversation.</param>
/// <param name="PerSecond">Messages a second, over all conversations.</param>
/// <param name="During">How long.</param>
public sealed record TeamsSize(int Agents, int AgentsPerTeam, int PerSecond, TimeSpan During);

/// <summary>What was measured.</summary>
/// <param name="Said">Messages said.</param>
/// <param name="Prompts">Prompts that agents got.</param>
/// <param name="Took">How long the saying took.</param>
/// <param name="Untold">Messages that some agent was not told of in the end.</param>
/// <param name="Inbox">From the saying of a message until a reader has seen it in the inbox of an agent, for each agent that was told of it.</param>
/// <param name="Acknowledged">From the saying until it was acknowledged.</param>
/// <param name="Gaps">From the threshold of a planted gap until a reader has seen it.</param>
/// <param name="GapsMissed">Planted gaps whose threshold was over and that were not found.</param>
/// <param name="Memory">Resident bytes when all were there and after each minute (of a shorter run: each half), the last when all had come to rest.</param>
/// <param name="Heap">Bytes on the managed heap then, after a collection.</param>
public sealed record TeamsFigures(int Said, int Prompts, TimeSpan Took, int Untold, Delays Inbox, Delays Acknowledged, Delays Gaps, int GapsMissed, ImmutableArray<long> Memory, ImmutableArray<long> Heap);

/// <summary>
/// The domain and its store with many agents whose programs take every message at once: no panes, no tmux and no HTTP, so that what is measured is conversations, queues, gaps and projections on one node.
/// Messages are urgent, so that none waits for others to be told with.
/// </summary>
public static class TeamsScale
{
    private const string Node = "bench";
    private const int AtOnce = 32;
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PlantEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(15);
    // These programs take what they are given and never show that they work.
    private static readonly RecoverySettings ToRest = RecoverySettings.Default with { IdleTeams = new IdleTeamPolicy(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero) };
    private static readonly Sender Person = new("client:benchmark");
    private static readonly Sender Worker = new($"worker:{Node}");

    /// <summary>Runs it.</summary>
    /// <param name="size">How large.</param>
    /// <param name="say">Hears what is done.</param>
    /// <param name="load">Hears what the runtime did meanwhile; null: nothing of it is counted, which costs least.</param>
    public static async Task<TeamsFigures> RunAsync(TeamsSize size, Action<string> say, Action<string, string>? load = null)
    {
        var folder = Directory.CreateTempSubdirectory("orc-bench-");
        try
        {
            var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = folder.FullName, Node = Node, MinimumFreeDisk = 0 } };
            var thresholds = GapThresholds.Default with { Missing = Threshold };
            await using var system = await ActorSystem.StartAsync(builder.AddDomain(new GapSettings(thresholds, GapSettings.Default.Roles), ToRest));
            using var ending = new CancellationTokenSource();
            var programs = Task.Run(() => TakeAsync(system, ending.Token));
            say($"making {size.Agents} agents");
            await Parallel.ForEachAsync(Enumerable.Range(0, size.Agents), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await SpawnAsync(system, Agent(i), Team(i / size.AgentsPerTeam)));
            var teams = size.Agents / size.AgentsPerTeam;
            await Parallel.ForEachAsync(Enumerable.Range(0, teams), async (team, _) => await AskAsync(system, Conversation.Entity(Team(team)), Starting(team, size), Person));

            var readings = new TeamsReadings(system, size.AgentsPerTeam);
            var reading = Task.Run(() => readings.FollowAsync(ending.Token));
            var (memory, heap) = (new List<long>(), new List<long>());
            Weigh(memory, heap);
            say($"{size.PerSecond} messages a second for {size.During}");
            using var saying = new CancellationTokenSource();
            var planting = Task.Run(() => PlantAsync(system, readings, size, saying.Token));
            using var counted = load is null ? null : new RuntimeLoad();
            var (watch, said) = (Stopwatch.StartNew(), 0);
            var parts = Math.Max(2, (int)size.During.TotalMinutes);
            for (var part = 1; part <= parts; part++)
            {
                said += await SayAsync(system, readings, size with { During = size.During / parts }, teams);
                if (part < parts)
                {
                    Weigh(memory, heap);
                }
            }

            var took = watch.Elapsed;
            foreach (var (what, figure) in counted?.Rows() ?? [])
            {
                load!(what, figure);
            }

            await saying.CancelAsync();
            await planting;
            await Task.Delay(Settles);
            Weigh(memory, heap);
            await ending.CancelAsync();
            await Task.WhenAll(programs, reading);
            return new TeamsFigures(said, readings.Prompts, took, readings.Untold, readings.Inbox, readings.Acknowledged, readings.Gaps, readings.GapsMissed, [.. memory], [.. heap]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static AgentName Agent(int number) => AgentName.Parse(string.Create(CultureInfo.InvariantCulture, $"a{number}"));

    private static string Team(int number) => string.Create(CultureInfo.InvariantCulture, $"team-{number}");

    private static StartConversation Starting(int team, TeamsSize size) => new(
        ConversationKind.Team,
        string.Empty,
        [Person.Value, .. Enumerable.Range(team * size.AgentsPerTeam, size.AgentsPerTeam).Select(static i => Agent(i).Entity.ToString())],
        Parent: null,
        ParentNumber: null,
        TimeSpan.FromHours(1),
        TimeSpan.FromSeconds(1));

    private static async Task SpawnAsync(ActorSystem system, AgentName agent, string team)
    {
        var traits = new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false);
        await AskAsync(system, agent.Entity, new Register("shell", "/tmp", AgentRole.Default, DisplayName: null, WorktreeBranch: null, [], ImmutableSortedDictionary<string, string>.Empty.Add(Addressee.TeamKey, team), ReportsTo: null, traits), Person);
        await AskAsync(system, agent.Entity, new Start(Node), Person);
        var generation = new Generation(1);
        await AskAsync(system, agent.Entity, new BindPane(generation, new AgentPane("%1", "@1", 2, new TmuxServerFact(1, 2, "/tmp/none")), traits, Worktree: null, Adopted: false, 0), Worker);
        await AskAsync(system, agent.Entity, new ReportActivity(generation, AgentActivity.Ready, Detail: null, Until: null, new AgentFact("screen", Rule: null, "ready", system.Clock.Now)), Worker);
    }

    /// <summary>The programs: each takes what it is given at once.</summary>
    private static async Task TakeAsync(ActorSystem system, CancellationToken cancellation)
    {
        var open = new OpenTasks();
        try
        {
            await foreach (var command in system.Workers.FollowAsync(Node, cancellation))
            {
                Command? report = command.Command is DeliverMessage deliver ? new ReportDelivery(deliver.Message, deliver.Generation, deliver.Attempt, DeliveryStep.Submitted, "taken") : null;
                open.Add(system.Workers.CompleteAsync(command, report, Worker, CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end.
        }

        await open.AllAsync();
    }

    private static async Task<int> SayAsync(ActorSystem system, TeamsReadings readings, TeamsSize size, int teams)
    {
        var watch = Stopwatch.StartNew();
        var (open, number) = (new OpenTasks(), 0);
        for (; watch.Elapsed < size.During; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / size.PerSecond) - watch.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }

            open.Add(OneAsync(system, readings, Team(number % teams)));
        }

        await open.AllAsync();
        return number;
    }

    private static async Task OneAsync(ActorSystem system, TeamsReadings readings, string team)
    {
        var began = readings.Now;
        var say = new Say(MessageId.New(system.Clock.Now), Person.Value, "How far are you with what we talked about this morning?", MessagePriority.Urgent, Hops: 0);
        readings.Begin(say.Id, began);
        await AskAsync(system, Conversation.Entity(team), say, Person);
        readings.Acknowledged.Add(readings.Now - began);
    }

    /// <summary>Every second an execution is expected of another agent, and none begins.</summary>
    private static async Task PlantAsync(ActorSystem system, TeamsReadings readings, TeamsSize size, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PlantEvery);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(cancellation); number++)
            {
                var due = system.Clock.Now;
                var chain = string.Create(CultureInfo.InvariantCulture, $"planted-{number}");
                readings.Plant(chain, due + Threshold);
                await AskAsync(system, WorkChain.Of(Agent(number * 7 % size.Agents), chain), new ExpectExecution(new Expectation("one", due, due.AddHours(1)), AgentRole.Default), Person);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Enough are planted.
        }
    }

    private static void Weigh(List<long> memory, List<long> heap)
    {
        heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        using var process = Process.GetCurrentProcess();
        memory.Add(process.WorkingSet64);
    }

    private static async Task<Reply> AskAsync(ActorSystem system, EntityId to, Command command, Sender sender)
        => (await system.AskAsync(to, command, CommandId.New(TimeProvider.System), sender)).Reply is var reply and not Refused ? reply : throw new InvalidOperationException($"{to} refuses {command}");
}

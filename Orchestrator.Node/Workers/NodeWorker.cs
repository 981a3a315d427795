using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Node.Git;
using Orchestrator.Node.Workers.Checks;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>The worker of this node: owns its tmux server, adopts what runs, works off the commands of agents, and keeps what it knows of panes true.</summary>
internal sealed partial class NodeWorker(WorkerContext context, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan InventoryEvery = TimeSpan.FromSeconds(1);

    // Screens that change at about the same time are looked at together: one round to tmux and one waking of threads serve many.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StaleBuffers = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<AgentName, AgentHands> _hands = new();
    private readonly Errands _errands = new(context, logger);
    private readonly CheckProgram _checks = new(context.Folders, context.Time);
    private readonly GitOrders _git = new(context, logger);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private DateTimeOffset _startedAt;

    /// <summary>The start of this node, in its cluster, as which it took up its panes; null for a node on its own.</summary>
    public long? Incarnation { get; private set; }

    /// <summary>The hands of an agent that has been touched since this node started, or null.</summary>
    public AgentHands? Find(AgentName agent) => _hands.GetValueOrDefault(agent);

    /// <summary>Starts or adopts the tmux server, adopts its panes, and begins to work.</summary>
    public async Task StartAsync(ServerIdentity? known, CancellationToken cancellation)
    {
        (_startedAt, Incarnation) = (context.System.Clock.Now, context.Incarnation());
        var server = await context.Tmux.EnsureStartedAsync(known, cancellation);
        await ReportServerAsync(server.Identity, cancellation);
        await new Reconciliation(context, HandsOf, logger).RunAsync(server, cancellation);
        await context.Deliveries.DiscardStaleAsync(StaleBuffers, cancellation);
        _loops.Add(Task.Run(() => ForeverAsync("commands", FollowAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => ForeverAsync("changes", WatchAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => ForeverAsync("inventory", InventoryAsync), CancellationToken.None));
    }

    /// <summary>Takes up its panes again: the cluster had given this node up, and it has joined anew.</summary>
    public async Task TakeUpAgainAsync(CancellationToken cancellation)
    {
        var server = await context.Tmux.EnsureStartedAsync(cancellation: cancellation);
        await ReportServerAsync(server.Identity, cancellation);
        await new Reconciliation(context, HandsOf, logger).RunAsync(server, cancellation);
    }

    /// <summary>May be called again: the node ends it before the container of its services does.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await _errands.DisposeAsync();
        await _git.DisposeAsync();
        foreach (var hands in _hands.Values)
        {
            await hands.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private AgentHands HandsOf(AgentName agent) => _hands.GetOrAdd(agent, name => new AgentHands(name, _startedAt, context, logger));

    private async Task ForeverAsync(string name, Func<CancellationToken, Task> loop)
    {
        var cancellation = _stopping.Token;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await loop(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogLoopFailed(logger, exception, name);
                await Task.Delay(RetryAfter, context.Time, CancellationToken.None);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await foreach (var command in context.Queue.FollowAsync(context.Node, cancellation))
        {
            if (command.Command is RunCheck check)
            {
                _errands.Begin(command, $"the check of task {check.Task}", async stopping =>
                {
                    var result = await _checks.RunAsync(check, stopping);
                    return (new ReportCheck(result), result.Reason);
                });
            }
            else if (command.Command is RunCustom custom)
            {
                _errands.Begin(command, $"the recovery {custom.Name} for {custom.Agent}", async stopping =>
                {
                    var report = await context.Customs.RunAsync(custom, stopping);
                    return (report, report.Worked ? "has worked" : "has not worked");
                });
            }
            else if (GitOrders.Takes(command.Command))
            {
                _git.Begin(command);
            }
            else if (AgentName.TryParse(command.From.Id, out var agent))
            {
                HandsOf(agent).Enqueue(command);
            }
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        await foreach (var changes in context.Tmux.Control.WatchAsync(Gather, cancellation))
        {
            if (changes.ServerLost)
            {
                // The news may be late: the inventory may have dealt with it, and what runs on the next server is well.
                if (!context.Tmux.IsAlive())
                {
                    await ServerLostAsync(cancellation);
                }

                continue;
            }

            if (changes.Output.Count > 0 || changes.Resynchronise)
            {
                foreach (var hands in _hands.Values)
                {
                    if (hands.Pane is { } pane && (changes.Resynchronise || changes.Output.Contains(pane.Pane)))
                    {
                        hands.Watch?.Touch();
                    }
                }
            }

            if (changes.PanesChanged)
            {
                await CompareAsync(cancellation);
            }
        }
    }

    private async Task InventoryAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(InventoryEvery, context.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (!context.Tmux.IsAlive())
            {
                await ServerLostAsync(cancellation);
            }
            else if (!context.Tmux.Control.IsConnected || !File.Exists(context.Tmux.SocketPath))
            {
                await context.Tmux.EnsureStartedAsync(cancellation: cancellation);
            }
            else
            {
                await CompareAsync(cancellation);
            }
        }
    }

    /// <summary>What is watched against what is there: a pane without a sound may be gone, or have another title.</summary>
    private async Task CompareAsync(CancellationToken cancellation)
    {
        // Taken before the inventory: a pane that is made meanwhile must not be missed in it.
        var watched = _hands.Values.Where(static h => h.Pane is not null).Select(static h => (Hands: h, Pane: h.Pane!)).ToList();
        var panes = (await context.Tmux.Panes.ListAsync(cancellation)).ToDictionary(static p => p.Pane);
        foreach (var (hands, pane) in watched)
        {
            if (panes.TryGetValue(pane.Pane, out var facts) && pane.Is(facts))
            {
                hands.Watch?.Compare(facts);
            }
            else
            {
                hands.PaneGone(pane.Generation, new PaneExit(ExitCode: null, Signal: null, "its pane was closed"));
            }
        }
    }

    private async Task ServerLostAsync(CancellationToken cancellation)
    {
        LogServerLost(logger);
        foreach (var hands in _hands.Values)
        {
            if (hands.Pane is { } pane)
            {
                hands.PaneGone(pane.Generation, new PaneExit(ExitCode: null, Signal: null, "the tmux server is gone, and every pane with it"));
            }
        }

        var server = await context.Tmux.EnsureStartedAsync(cancellation: cancellation);
        await ReportServerAsync(server.Identity, cancellation);
    }

    private Task ReportServerAsync(ServerIdentity server, CancellationToken cancellation)
        => context.System.TellAsync(
            NodeRecord.Entity(context.Node),
            new ReportTmuxServer(new TmuxServerFact(server.StartTime, server.Pid, context.Tmux.SocketPath)),
            CommandId.New(context.Time),
            context.Sender,
            cancellation);

    [LoggerMessage(Level = LogLevel.Error, Message = "the worker's loop over {Name} failed, and begins again")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "the tmux server is gone; its agents are reported, and another one is started")]
    private static partial void LogServerLost(ILogger logger);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>
/// Tells the agents of a node that is down. Of all nodes the one does it that owns the entity of the lost one; if that is lost too, its next owner. What is told carries ids that follow from the lost start of the
/// node, so that it happens once however often it is told.
/// </summary>
internal sealed partial class LossSupervisor(ActorSystem system, NodeSettings settings, ILogger<LossSupervisor> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ViewsWithin = TimeSpan.FromSeconds(5);

    // Agents may be placed on a node in the moment in which it is lost, so they are looked for again; after a while hardly ever.
    private static readonly TimeSpan Freshly = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookLater = TimeSpan.FromSeconds(30);
    private static readonly Sender Self = new("cluster");
    private readonly Dictionary<string, (long Incarnation, long FirstAt, long LookedAt, bool Moving)> _done = new(StringComparer.Ordinal);
    private readonly HashSet<(AgentName Agent, Generation Generation)> _unplaced = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = system.ClusterChanged;
            try
            {
                await LookAsync(stoppingToken);
                await Task.WhenAny(changed, Task.Delay(LookEvery, time, stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The store or a peer is away: what is not told now is told at the next look.
                NotTold(logger, e.Message);
                await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        foreach (var row in system.Cluster.Members)
        {
            var (name, incarnation) = (row.Member.Name, row.Member.Incarnation);
            if (row.State is MemberState.Down && system.Owns(NodeRecord.Entity(name)))
            {
                await TellAsync(name, incarnation, cancellation);
            }
            else
            {
                _done.Remove(name);
            }
        }
    }

    private async Task TellAsync(string node, long incarnation, CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        var done = _done.GetValueOrDefault(node);
        var first = done.Incarnation == incarnation ? done.FirstAt : now;
        if (done.Incarnation == incarnation && time.GetElapsedTime(done.LookedAt, now) < (done.Moving || time.GetElapsedTime(first, now) < Freshly ? LookEvery : LookLater))
        {
            return;
        }

        await SeenAsync(await system.Events.GetHeadAsync(cancellation), cancellation);
        var loss = await LossAsync(node, incarnation, cancellation);
        var agents = await system.Views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: cancellation).Select(static row => row.Value).ToListAsync(cancellation);
        var told = 0;
        foreach (var agent in agents.Where(agent => agent.Node == node && agent.Activity != AgentActivity.NodeLost && (agent.Pane is not null || agent.State == AgentState.Active)))
        {
            var id = new CommandId($"node-lost/{node}/{incarnation}/{agent.Name}/{agent.Generation}");
            await system.TellAsync(agent.Name.Entity, new LoseNode(agent.Generation, incarnation, loss.Reason, settings.Cluster!.OnNodeLoss, loss.Guarded), id, Self, cancellation);
            told++;
        }

        var moving = agents.Where(agent => agent.Node == node && agent is { Activity: AgentActivity.NodeLost, Loss.Policy: LossPolicy.RePlace }).ToList();
        var drained = await system.Views.AllAsync<NodeView>(NodeView.ViewName, cancellationToken: cancellation).Where(static row => row.Value.Drained).Select(static row => row.Key).ToHashSetAsync(StringComparer.Ordinal, cancellation);
        foreach (var (agent, to) in RePlacement.Of(moving.Where(agent => agent.Loss!.RePlaceAt <= system.Clock.Now), agents, system.Cluster, drained))
        {
            if (to is null)
            {
                if (_unplaced.Add((agent.Name, agent.Generation)))
                {
                    NoPlace(logger, agent.Name.Value, string.Join(", ", agent.Labels));
                }

                continue;
            }

            RePlaced(logger, agent.Name.Value, node, to);
            await system.TellAsync(agent.Name.Entity, new RePlace(agent.Generation, to), CommandId.New(time), Self, cancellation);
        }

        _done[node] = (incarnation, first, now, moving.Count > 0);
        if (told > 0)
        {
            Told(logger, node, incarnation, told, loss.Reason);
        }
    }

    private async Task<NodeLoss> LossAsync(string node, long incarnation, CancellationToken cancellation)
    {
        var answer = await system.AskAsync(NodeRecord.Entity(node), new ReportNodeLost(incarnation, settings.Cluster!.AlertAfter), new CommandId($"node-lost/{node}/{incarnation}"), Self, cancellation);
        return answer.Reply as NodeLoss ?? new NodeLoss($"its node {node} is down");
    }

    // The runner of a view may have been on the lost node: another takes over within seconds, and meanwhile what is there is enough.
    private async Task SeenAsync(JournalPosition head, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ViewsWithin);
        try
        {
            await system.Views.WaitForAsync(head, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            ViewsBehind(logger, head.Value);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} ({Incarnation}) is down; {Agents} agents are told: {Reason}")]
    private static partial void Told(ILogger logger, string node, long incarnation, int agents, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The agents of a node that is down could not be told yet: {Reason}")]
    private static partial void NotTold(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} goes on elsewhere: from {Node}, which is lost, to {To}")]
    private static partial void RePlaced(ILogger logger, string agent, string node, string to);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} should go on elsewhere, and no node is up that takes agents with the labels [{Labels}]; looking again")]
    private static partial void NoPlace(ILogger logger, string agent, string labels);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The views have not seen position {Position} yet")]
    private static partial void ViewsBehind(ILogger logger, long position);
}

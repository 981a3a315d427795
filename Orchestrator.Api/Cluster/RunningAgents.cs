using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>How many agents have a program on which node: counted from the view when it is first asked for, and kept from the events since, so that a placement does not read all agents there are.</summary>
internal sealed partial class RunningAgents(IViews views, IEventLog log, Commands commands, ILogger<RunningAgents> logger) : IAsyncDisposable
{
    private static readonly AgentProjection Projection = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<AgentName, AgentView> _running = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly CancellationTokenSource _stopping = new();

    // Completed: nobody follows, and what is here is nothing or old.
    private volatile Task _following = Task.CompletedTask;

    /// <summary>How many there are on each node that has some, as far as this node has heard.</summary>
    /// <param name="except">These are not counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">The views are too far behind to begin with.</exception>
    public async Task<Dictionary<string, int>> CountAsync(IEnumerable<AgentName> except, CancellationToken cancellationToken)
    {
        if (_following.IsCompleted)
        {
            await _reading.WaitAsync(cancellationToken);
            try
            {
                if (_following.IsCompleted)
                {
                    await ReadAsync(cancellationToken);
                }
            }
            finally
            {
                _reading.Release();
            }
        }

        lock (_gate)
        {
            var counts = new Dictionary<string, int>(_counts, StringComparer.Ordinal);
            foreach (var name in except)
            {
                if (_running.TryGetValue(name, out var agent))
                {
                    counts[agent.Node!]--;
                }
            }

            return counts;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
        _reading.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // What the view shows is at least as new as where the following begins.
        var head = await log.GetHeadAsync(cancellationToken);
        await commands.SeenAsync(head, cancellationToken);
        lock (_gate)
        {
            _running.Clear();
            _counts.Clear();
        }

        await foreach (var row in views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: cancellationToken))
        {
            Keep(row.Value.Name, row.Value);
        }

        _following = Task.Run(() => FollowAsync(head), CancellationToken.None);
    }

    private async Task FollowAsync(JournalPosition after)
    {
        try
        {
            await foreach (var e in log.FollowAsync(after, new EventFilter(Kind: AgentName.Kind), _stopping.Token))
            {
                Note(e);
            }
        }
        catch (OperationCanceledException)
        {
            // This node ends.
        }
        catch (Exception e)
        {
            // The next one who asks reads them anew.
            NotFollowed(logger, e);
        }
    }

    private void Note(EventEnvelope e)
    {
        AgentView? before;
        var name = AgentName.Parse(e.Entity.Id);
        lock (_gate)
        {
            before = _running.GetValueOrDefault(name);
        }

        // An agent without a program gets one only by being placed; what was read from the view already shows what came before.
        if (e.Event is not null && (before is null ? e.Event is PlacedOnNode : before.Position < e.Position.Value))
        {
            Keep(name, Projection.Fold(e.Entity.Id, before, e));
        }
    }

    private void Keep(AgentName name, AgentView? agent)
    {
        lock (_gate)
        {
            if (_running.Remove(name, out var before))
            {
                _counts[before.Node!]--;
            }

            if (agent is not null && Placement.HasProgram(agent))
            {
                // What is not needed to tell where it is would only take memory.
                _running[name] = agent with { Output = null, Metadata = ImmutableSortedDictionary<string, string>.Empty };
                _counts[agent.Node!] = _counts.GetValueOrDefault(agent.Node!) + 1;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where agents run is not followed any more; it is read anew at the next placement")]
    private static partial void NotFollowed(ILogger logger, Exception e);
}

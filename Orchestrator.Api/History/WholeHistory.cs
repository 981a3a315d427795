using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Api.History;

/// <summary>What has happened to a thing and to what belongs to it, in one order: of a team its members, their tasks, conversations, gaps and recoveries; of an agent the same of itself; of a task its gaps.</summary>
internal sealed class WholeHistory(IEventLog log, IViews views)
{
    private const int Page = 1000;
    private const int MostEntities = 2000;

    /// <summary>Events in order, at most <paramref name="limit"/>, up to <paramref name="until"/>.</summary>
    public async Task<IReadOnlyList<EventEnvelope>> ReadAsync(EntityId entity, JournalPosition after, Until until, int limit, CancellationToken cancellationToken)
    {
        // Of each no more than what could come first is needed.
        var found = new List<EventEnvelope>();
        foreach (var of in await BelongingAsync(entity, cancellationToken))
        {
            found.AddRange((await log.ReadAsync(after, new EventFilter(Entity: of), limit, cancellationToken)).TakeWhile(until.Covers));
        }

        return [.. found.OrderBy(static e => e.Position.Value).Take(limit)];
    }

    /// <summary>Every event of one thing up to <paramref name="until"/>.</summary>
    public async IAsyncEnumerable<EventEnvelope> ReplayAsync(EntityId entity, Until until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = JournalPosition.Start;
        while (await log.ReadAsync(after, new EventFilter(Entity: entity), Page, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var e in page)
            {
                if (!until.Covers(e))
                {
                    yield break;
                }

                yield return e;
                after = e.Position;
            }
        }
    }

    /// <summary>The thing itself, and what belongs to it.</summary>
    public async Task<ImmutableArray<EntityId>> BelongingAsync(EntityId entity, CancellationToken cancellationToken)
    {
        var agents = entity.Kind switch
        {
            TeamName.Kind => (await views.GetAsync<Team>(Team.ViewName, entity.Id, cancellationToken))?.Ever ?? [],
            AgentName.Kind => [entity.Id],
            _ => ImmutableSortedSet<string>.Empty,
        };
        var found = new List<EntityId> { entity };
        found.AddRange(agents.Select(static name => new EntityId(AgentName.Kind, name)));
        found.AddRange(agents.Select(static name => new EntityId(AgentRecovery.Kind, name)));
        if (!agents.IsEmpty)
        {
            await foreach (var (_, _, task) in views.AllAsync<TaskView>(TaskView.ViewName, cancellationToken: cancellationToken))
            {
                if (task.Task.Executions.Exists(e => e.Agent is { } agent && agents.Contains(agent.Value)) || (task.Task.Assignee?.Agent is { } assigned && agents.Contains(assigned.Value)))
                {
                    found.Add(task.Task.Id.Entity);
                }
            }

            await foreach (var (_, _, conversation) in views.AllAsync<ConversationView>(ConversationView.ViewName, cancellationToken: cancellationToken))
            {
                if (conversation.Participants.Any(p => p.Name.StartsWith("agent/", StringComparison.Ordinal) && agents.Contains(p.Name["agent/".Length..])))
                {
                    found.Add(Conversation.Entity(conversation.Id));
                }
            }
        }

        await foreach (var (_, _, gap) in views.AllAsync<Gap>(Gap.ViewName, cancellationToken: cancellationToken))
        {
            if (gap.Condition is { } condition && ((condition.Agent is { } about && agents.Contains(about.Value)) || (entity.Kind == TaskId.Kind && condition.Task?.Value == entity.Id)))
            {
                found.Add(Gap.Entity(gap.Id));
            }
        }

        if (entity.Kind == TeamName.Kind)
        {
            found.AddRange(await views.AllAsync<MergeRequest>(MergeRequest.ViewName, entity.Id, cancellationToken: cancellationToken).Select(static row => MergeRequest.Entity(row.Key)).ToListAsync(cancellationToken));
        }

        return [.. found.Distinct().Take(MostEntities)];
    }
}

/// <summary>A point in the history: a time, or a position.</summary>
/// <param name="Time">The time.</param>
/// <param name="Position">The position.</param>
internal sealed record Until(DateTimeOffset? Time, long? Position)
{
    /// <summary>No end.</summary>
    public static readonly Until Now = new(Time: null, Position: null);

    /// <summary>Whether an event is not after it.</summary>
    public bool Covers(EventEnvelope e) => (Time is not { } time || e.At <= time) && (Position is not { } position || e.Position.Value <= position);
}

using System.Collections.Concurrent;
using System.Collections.Immutable;

using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Teams;

/// <summary>What a reader of the history sees, and when.</summary>
internal sealed class TeamsReadings(ActorSystem system)
{
    private readonly ConcurrentDictionary<(string Team, long Number), DateTimeOffset> _said = new();
    private readonly ConcurrentQueue<(string Team, long Through, string Agent, DateTimeOffset At)> _told = new();
    private readonly ConcurrentQueue<TimeSpan> _acknowledged = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _planted = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TimeSpan> _gaps = new();

    /// <summary>The time of the store.</summary>
    public DateTimeOffset Now => system.Clock.Now;

    /// <summary>A message was said.</summary>
    public void SaidAt(string team, long number, DateTimeOffset began, TimeSpan acknowledged)
    {
        _said[(team, number)] = began;
        _acknowledged.Enqueue(acknowledged);
    }

    /// <summary>A gap will be one from this time on.</summary>
    public void Plant(string chain, DateTimeOffset at) => _planted[chain] = at;

    /// <summary>Reads until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var e in system.Events.FollowAsync(await system.Events.GetHeadAsync(cancellation), EventFilter.All, cancellation))
            {
                switch (e.Event)
                {
                    case MessageAccepted { Message: { Conversation: { } team, Through: { } through } }:
                        _told.Enqueue((team, through, e.Entity.Id, Now));
                        break;
                    case GapOpened { Condition: { Kind: GapKind.Missing } } opened when e.Entity.Id.Split('.') is [_, _, var chain, ..] && _planted.TryRemove(chain, out var due):
                        _gaps.Enqueue(Now - due);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>What was measured: a prompt is about all that was said since the one before it to the same agent.</summary>
    public TeamsFigures Figures(TimeSpan took, ImmutableArray<long> memory, ImmutableArray<long> heap)
    {
        var inbox = new List<TimeSpan>();
        foreach (var told in _told.GroupBy(static t => (t.Team, t.Agent)))
        {
            var before = 0L;
            foreach (var (team, through, _, at) in told.OrderBy(static t => t.Through))
            {
                for (var number = before + 1; number <= through; number++)
                {
                    if (_said.TryGetValue((team, number), out var began))
                    {
                        inbox.Add(at - began);
                    }
                }

                before = through;
            }
        }

        return new TeamsFigures(_said.Count, _told.Count, took, [.. inbox.Order()], [.. _acknowledged.Order()], [.. _gaps.Order()], _planted.Count(p => p.Value < Now - TimeSpan.FromSeconds(2)), memory, heap);
    }
}

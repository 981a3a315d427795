using System.Collections.Concurrent;

using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Teams;

/// <summary>What a reader of the history sees, and when.</summary>
/// <param name="system">The runtime.</param>
/// <param name="tellings">To how many agents each message is told.</param>
internal sealed class TeamsReadings(ActorSystem system, int tellings)
{
    private readonly ConcurrentDictionary<MessageId, DateTimeOffset> _begun = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _planted = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Team, long Number), (DateTimeOffset Began, int Left)> _said = [];
    private readonly Dictionary<(string Team, string Agent), long> _told = [];

    /// <summary>The time of the store.</summary>
    public DateTimeOffset Now => system.Clock.Now;

    /// <summary>From the saying of a message until it was acknowledged.</summary>
    public Delays Acknowledged { get; } = new();

    /// <summary>From the saying of a message until it is seen in the inbox of an agent, for each agent that is told of it.</summary>
    public Delays Inbox { get; } = new();

    /// <summary>From the threshold of a planted gap until it is seen.</summary>
    public Delays Gaps { get; } = new();

    /// <summary>Prompts that were seen.</summary>
    public int Prompts { get; private set; }

    /// <summary>Messages that were said, each of which has yet to be told to some agent.</summary>
    public int Untold => _begun.Count + _said.Count;

    /// <summary>Planted gaps whose threshold was over and that were not found.</summary>
    public int GapsMissed => _planted.Count(p => p.Value < Now - TimeSpan.FromSeconds(2));

    /// <summary>A message is about to be said.</summary>
    public void Begin(MessageId message, DateTimeOffset at) => _begun[message] = at;

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
                    case MessageSaid { Message: var said } when _begun.TryRemove(said.Id, out var began):
                        _said[(e.Entity.Id, said.Number)] = (began, tellings);
                        break;
                    case MessageAccepted { Message: { Conversation: { } team, Through: { } through } }:
                        Told(team, e.Entity.Id, through);
                        break;
                    case GapOpened { Condition: { Kind: GapKind.Missing } } when e.Entity.Id.Split('.') is [_, _, var chain, ..] && _planted.TryRemove(chain, out var due):
                        Gaps.Add(Now - due);
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

    // A prompt is about all that was said since the one before it to the same agent.
    private void Told(string team, string agent, long through)
    {
        Prompts++;
        for (var number = _told.GetValueOrDefault((team, agent)) + 1; number <= through; number++)
        {
            if (_said.TryGetValue((team, number), out var said))
            {
                Inbox.Add(Now - said.Began);
                _said[(team, number)] = said with { Left = said.Left - 1 };
                if (said.Left == 1)
                {
                    _said.Remove((team, number));
                }
            }
        }

        _told[(team, agent)] = through;
    }
}

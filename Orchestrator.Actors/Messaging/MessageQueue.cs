using System.Collections.Immutable;

namespace Orchestrator.Actors.Messaging;

/// <summary>A message that waits.</summary>
/// <param name="Message">The message.</param>
/// <param name="Arrival">Its place in the order of arrival.</param>
/// <param name="Attempts">How often typing has been started.</param>
/// <param name="AcceptedAt">When it was stored; null if an older version stored it.</param>
public sealed record WaitingMessage(NewMessage Message, long Arrival, int Attempts, DateTimeOffset? AcceptedAt)
{
    /// <summary>When it is a gap that it has not reached the program; null if an older version stored it, whose watch counts for itself.</summary>
    public DateTimeOffset? OverdueAt { get; init; }
}

/// <summary>A message that is being delivered.</summary>
/// <param name="Waiting">The message.</param>
/// <param name="Number">The value of the pane's mark before it is typed.</param>
/// <param name="State">How far it has come.</param>
public sealed record MessageInFlight(WaitingMessage Waiting, long Number, MessageState State);

/// <summary>Why a queue waits although the program could take a message.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">Until when, if that is known.</param>
public sealed record QueueHold(string Reason, DateTimeOffset? Until);

/// <summary>The durable queue of one agent: by priority, people before agents, then arrival.</summary>
public sealed record MessageQueue
{
    /// <summary>How many messages may wait.</summary>
    public const int Capacity = 1000;

    /// <summary>How many bytes of text may wait.</summary>
    public const int CapacityBytes = 16 * 1024 * 1024;

    /// <summary>The messages, in order of arrival.</summary>
    public ImmutableList<WaitingMessage> Waiting { get; init; } = [];

    /// <summary>The one that is being delivered.</summary>
    public MessageInFlight? InFlight { get; init; }

    /// <summary>How many wait or are being delivered.</summary>
    public int Length => Waiting.Count + (InFlight is null ? 0 : 1);

    /// <summary>The one that came first of those that wait or are being delivered.</summary>
    public WaitingMessage? Oldest()
    {
        var oldest = InFlight?.Waiting;
        foreach (var waiting in Waiting)
        {
            oldest = oldest is null || waiting.Arrival < oldest.Arrival ? waiting : oldest;
        }

        return oldest;
    }

    /// <summary>The message to be typed next.</summary>
    public WaitingMessage? Next() => Waiting
        .OrderByDescending(static w => w.Message.Priority)
        .ThenByDescending(static w => w.Message.FromPerson)
        .ThenBy(static w => w.Arrival)
        .FirstOrDefault();

    /// <summary>The waiting message of this id, or the one in flight.</summary>
    public WaitingMessage? Find(MessageId id)
        => InFlight?.Waiting.Message.Id == id ? InFlight.Waiting : Waiting.Find(w => w.Message.Id == id);

    /// <summary>Whether <paramref name="message"/> still fits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="most">How many may wait.</param>
    public bool Takes(NewMessage message, int most = Capacity)
        => Length < Math.Min(most, Capacity) && Waiting.Sum(static w => (long)w.Message.Bytes) + message.Bytes <= CapacityBytes;

    internal MessageQueue With(WaitingMessage waiting) => this with { Waiting = Waiting.Add(waiting) };

    internal MessageQueue Sent(MessageId id, long number)
    {
        var waiting = Waiting.Find(w => w.Message.Id == id)
            ?? throw new InvalidOperationException($"message {id} is not waiting");
        return this with { Waiting = Waiting.Remove(waiting), InFlight = new MessageInFlight(waiting with { Attempts = waiting.Attempts + 1 }, number, MessageState.Queued) };
    }

    internal MessageQueue Returned()
        => InFlight is { } flight ? this with { InFlight = null, Waiting = Waiting.Insert(PlaceOf(flight.Waiting), flight.Waiting) } : this;

    internal MessageQueue Without(MessageId id)
        => InFlight?.Waiting.Message.Id == id ? this with { InFlight = null } : this with { Waiting = Waiting.RemoveAll(w => w.Message.Id == id) };

    private int PlaceOf(WaitingMessage returned)
    {
        var place = Waiting.FindIndex(w => w.Arrival > returned.Arrival);
        return place < 0 ? Waiting.Count : place;
    }
}

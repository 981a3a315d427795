using System.Collections.Immutable;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>What one party sent and got within a minute or an hour: a row of the view <c>message_statistics</c>, keyed by length, time and party.</summary>
public sealed record MessageCounts
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "message_statistics";

    /// <summary>Who: <c>agent/a1</c>, <c>client:ann</c>.</summary>
    public string Party { get; init; } = string.Empty;

    /// <summary>Messages that it sent.</summary>
    public int Sent { get; init; }

    /// <summary>Messages that its queue took.</summary>
    public int Received { get; init; }

    /// <summary>The received ones by type.</summary>
    public ImmutableSortedDictionary<string, int> ByType { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>The received ones by priority.</summary>
    public ImmutableSortedDictionary<string, int> ByPriority { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Steps of deliveries to it, by state: submitted, confirmed, failed, expired, dead_letter; and answered.</summary>
    public ImmutableSortedDictionary<string, int> Outcomes { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Messages of it that were refused.</summary>
    public int Refused { get; init; }

    /// <summary>Messages of it that nobody got.</summary>
    public int Undeliverable { get; init; }

    /// <summary>These and <paramref name="other"/>.</summary>
    public MessageCounts Plus(MessageCounts other) => this with
    {
        Sent = Sent + other.Sent,
        Received = Received + other.Received,
        ByType = Sum(ByType, other.ByType),
        ByPriority = Sum(ByPriority, other.ByPriority),
        Outcomes = Sum(Outcomes, other.Outcomes),
        Refused = Refused + other.Refused,
        Undeliverable = Undeliverable + other.Undeliverable,
    };

    /// <summary>The key of a row of an hour, without its party.</summary>
    public static string HourKey(DateTimeOffset at) => "h/" + at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    /// <summary>The key of a row of a minute, without its party.</summary>
    public static string MinuteKey(DateTimeOffset at) => "m/" + at.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    private static ImmutableSortedDictionary<string, int> Sum(ImmutableSortedDictionary<string, int> a, ImmutableSortedDictionary<string, int> b)
        => b.Aggregate(a, static (all, one) => all.SetItem(one.Key, all.GetValueOrDefault(one.Key) + one.Value));
}

/// <summary>Folds what happens to messages into counts.</summary>
public sealed class MessageStatisticsProjection : Projection<MessageCounts>
{
    /// <inheritdoc/>
    public override string Name => MessageCounts.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [AgentName.Kind, MessageDispatch.Kind, SenderRecord.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event switch
    {
        MessageAccepted accepted => Keys(e, accepted.At, accepted.Message.From),
        DeliveryAdvanced { State: MessageState.Submitted or MessageState.Confirmed } advanced => Keys(e, advanced.At, other: null),
        DeliveryEnded ended => Keys(e, ended.At, other: null),
        MessageAnswered { Answer.Text: not null } answered => Keys(e, answered.At, other: null),
        MessageDeadLettered dead => KeysOf(dead.At, dead.From),
        ViolationRecorded recorded => KeysOf(recorded.At, recorded.Sender),
        ViolationRepeated repeated => KeysOf(repeated.At, repeated.Sender),
        _ => [],
    };

    /// <inheritdoc/>
    public override MessageCounts? Fold(string key, MessageCounts? current, EventEnvelope e)
    {
        var party = key[(key.IndexOf('/', 2) + 1)..];
        var counts = current ?? new MessageCounts { Party = party };
        return counts.Plus(e.Event switch
        {
            MessageAccepted accepted => Of(accepted, receives: party == e.Entity.ToString(), sends: party == accepted.Message.From),
            DeliveryAdvanced advanced => new MessageCounts { Outcomes = One(advanced.State.Words()) },
            DeliveryEnded ended => new MessageCounts { Outcomes = One(ended.State.Words()) },
            MessageAnswered => new MessageCounts { Outcomes = One("answered") },
            MessageDeadLettered => new MessageCounts { Undeliverable = 1 },
            _ => new MessageCounts { Refused = 1 },
        });
    }

    private static MessageCounts Of(MessageAccepted accepted, bool receives, bool sends) => new()
    {
        Sent = sends ? 1 : 0,
        Received = receives ? 1 : 0,
        ByType = receives ? One(accepted.Message.Type ?? MessageTypes.Default) : ImmutableSortedDictionary<string, int>.Empty,
        ByPriority = receives ? One(accepted.Message.Priority.Words()) : ImmutableSortedDictionary<string, int>.Empty,
    };

    private static IEnumerable<string> Keys(EventEnvelope e, DateTimeOffset at, string? other)
    {
        var own = e.Entity.ToString();
        return other is null || other == own ? KeysOf(at, own) : [.. KeysOf(at, own), .. KeysOf(at, other)];
    }

    private static string[] KeysOf(DateTimeOffset at, string party) => [$"{MessageCounts.HourKey(at)}/{party}", $"{MessageCounts.MinuteKey(at)}/{party}"];

    private static ImmutableSortedDictionary<string, int> One(string key) => ImmutableSortedDictionary<string, int>.Empty.Add(key, 1);
}

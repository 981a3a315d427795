using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>What a sender has done against the protocol.</summary>
public sealed record SenderRecord
{
    /// <summary>The kind of entity; the id is the sender's name, with characters that ids do not have written as <c>:uXXXX</c>.</summary>
    public const string Kind = "protocol";

    /// <summary>The same violation towards the same recipient within this time is one incident.</summary>
    public static readonly TimeSpan IncidentEnds = TimeSpan.FromMinutes(10);

    private const int LongestId = 150;

    /// <summary>The incident that each violation last belonged to: when it was last seen, by violation and recipient.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Open { get; init; } = ImmutableSortedDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The entity of a sender.</summary>
    public static EntityId Entity(string sender)
    {
        var id = string.Concat(sender.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@' or '/' ? c.ToString() : $":u{((int)c).ToString("x4", CultureInfo.InvariantCulture)}"));
        return new EntityId(Kind, id.Length <= LongestId ? id : id[..LongestId]);
    }
}

/// <summary>A message of the sender was refused.</summary>
/// <param name="Sender">Who sent it.</param>
/// <param name="Violation">Why.</param>
/// <param name="Recipient">Whom it was for; null if that is not known.</param>
/// <param name="Message">Its id, if it had one.</param>
/// <param name="Reason">What it was told.</param>
public sealed record RecordViolation(string Sender, ProtocolViolation Violation, string? Recipient, MessageId? Message, string Reason) : Command;

/// <summary>A violation that begins an incident.</summary>
public sealed record ViolationRecorded(string Sender, ProtocolViolation Violation, string? Recipient, MessageId? Message, string Reason, DateTimeOffset At) : Event;

/// <summary>The same once more.</summary>
public sealed record ViolationRepeated(string Sender, ProtocolViolation Violation, string? Recipient, DateTimeOffset At) : Event;

/// <summary>Counts violations.</summary>
public sealed class SenderRecordBehavior : Behavior<SenderRecord>
{
    private const int MostOpen = 200;

    /// <inheritdoc/>
    public override SenderRecord Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(SenderRecord state, Command command, DecisionContext context) => command switch
    {
        RecordViolation record => state.Open.TryGetValue(KeyOf(record.Violation, record.Recipient), out var last) && context.Now - last < SenderRecord.IncidentEnds
            ? Effects.Persist(new ViolationRepeated(record.Sender, record.Violation, record.Recipient, context.Now))
            : Effects.Persist(new ViolationRecorded(record.Sender, record.Violation, record.Recipient, record.Message, record.Reason, context.Now)),
        _ => throw new UnreachableException($"a sender's record has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override SenderRecord Apply(SenderRecord state, Event e) => e switch
    {
        ViolationRecorded recorded => state with { Open = With(state.Open, KeyOf(recorded.Violation, recorded.Recipient), recorded.At) },
        ViolationRepeated repeated => state with { Open = With(state.Open, KeyOf(repeated.Violation, repeated.Recipient), repeated.At) },
        _ => throw new UnreachableException($"a sender's record has no rule for the event {e.GetType().Name}"),
    };

    private static string KeyOf(ProtocolViolation violation, string? recipient) => $"{violation.Words()} {recipient}";

    private static ImmutableSortedDictionary<string, DateTimeOffset> With(ImmutableSortedDictionary<string, DateTimeOffset> open, string key, DateTimeOffset at)
    {
        var with = open.SetItem(key, at);
        return with.Count <= MostOpen ? with : with.Remove(with.MinBy(static o => o.Value).Key);
    }
}

/// <summary>Violations as they are read: the row of the view <c>protocol_violations</c>, keyed by sender.</summary>
public sealed record ViolationView
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "protocol_violations";

    /// <summary>Who.</summary>
    public required string Sender { get; init; }

    /// <summary>How often, by violation.</summary>
    public ImmutableSortedDictionary<ProtocolViolation, int> Counts { get; init; } = ImmutableSortedDictionary<ProtocolViolation, int>.Empty;

    /// <summary>The last incidents, the newest first, at most 50.</summary>
    public ImmutableList<ViolationIncident> Incidents { get; init; } = [];
}

/// <summary>One violation, or the same again and again.</summary>
public sealed record ViolationIncident(ProtocolViolation Violation, string? Recipient, MessageId? Message, string Reason, DateTimeOffset Since, DateTimeOffset Last, int Count);

/// <summary>Folds violations into the rows of their senders.</summary>
public sealed class ViolationProjection : Projection<ViolationView>
{
    private const int MostIncidents = 50;

    /// <inheritdoc/>
    public override string Name => ViolationView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [SenderRecord.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event switch
    {
        ViolationRecorded recorded => [recorded.Sender],
        ViolationRepeated repeated => [repeated.Sender],
        _ => [],
    };

    /// <inheritdoc/>
    public override ViolationView? Fold(string key, ViolationView? current, EventEnvelope e)
    {
        var view = current ?? new ViolationView { Sender = key };
        return e.Event switch
        {
            ViolationRecorded r => Counted(view, r.Violation) with
            {
                Incidents = view.Incidents.Insert(0, new ViolationIncident(r.Violation, r.Recipient, r.Message, r.Reason, r.At, r.At, 1)) is { Count: > MostIncidents } many ? many.GetRange(0, MostIncidents) : view.Incidents.Insert(0, new ViolationIncident(r.Violation, r.Recipient, r.Message, r.Reason, r.At, r.At, 1)),
            },
            ViolationRepeated r => Counted(view, r.Violation) with { Incidents = Repeated(view.Incidents, r) },
            _ => view,
        };
    }

    private static ViolationView Counted(ViolationView view, ProtocolViolation violation)
        => view with { Counts = view.Counts.SetItem(violation, view.Counts.GetValueOrDefault(violation) + 1) };

    private static ImmutableList<ViolationIncident> Repeated(ImmutableList<ViolationIncident> incidents, ViolationRepeated e)
        => incidents.FindIndex(i => i.Violation == e.Violation && i.Recipient == e.Recipient) is >= 0 and var at
            ? incidents.SetItem(at, incidents[at] with { Last = e.At, Count = incidents[at].Count + 1 })
            : incidents;
}

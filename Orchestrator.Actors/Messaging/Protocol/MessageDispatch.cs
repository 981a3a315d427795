using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>One message on its way to all whom it is for, or to nobody: the entity <c>dispatch/ID</c>.</summary>
public sealed record MessageDispatch
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "dispatch";

    /// <summary>Who sent it; null before it was.</summary>
    public string? From { get; init; }

    /// <summary>The recipients, and whether their queue has taken it; null while that is not known.</summary>
    public ImmutableSortedDictionary<string, bool?> Recipients { get; init; } = ImmutableSortedDictionary<string, bool?>.Empty;

    /// <summary>Nobody has got it.</summary>
    public bool DeadLettered { get; init; }

    /// <summary>The entity of a message.</summary>
    public static EntityId Entity(MessageId id) => new(Kind, id.Value);
}

/// <summary>Send a message to all of these.</summary>
/// <param name="Message">The message; each recipient gets it under an id of its own, unless there is only one.</param>
/// <param name="Address">What it was addressed to; null where routes decided.</param>
/// <param name="Routes">The routes that decided.</param>
/// <param name="Recipients">The agents.</param>
/// <param name="Reason">Without recipients: why there are none.</param>
public sealed record DispatchMessage(NewMessage Message, string? Address, ImmutableArray<string> Routes, ImmutableArray<AgentName> Recipients, string? Reason) : Command;

/// <summary>An agent's queue has taken a message that another entity sent it, or not.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Message">The message, as it has it.</param>
/// <param name="Refused">Why not; null if it has.</param>
public sealed record ReportEnqueued(AgentName Agent, MessageId Message, string? Refused) : Command;

/// <summary>A message is on its way.</summary>
public sealed record MessageDispatched(MessageId Message, string Type, string From, MessagePriority Priority, string Text, string? Address, ImmutableArray<string> Routes, ImmutableArray<DispatchTarget> Recipients, DateTimeOffset At) : Event;

/// <summary>One recipient and the id under which it gets the message.</summary>
public sealed record DispatchTarget(AgentName Agent, MessageId Message);

/// <summary>A recipient's queue has taken it, or not.</summary>
public sealed record DispatchReported(AgentName Agent, string? Refused, DateTimeOffset At) : Event;

/// <summary>Nobody gets it.</summary>
public sealed record MessageDeadLettered(MessageId Message, string From, string Reason, DateTimeOffset At) : Event;

/// <summary>The rules of a dispatch.</summary>
public sealed class MessageDispatchBehavior : Behavior<MessageDispatch>
{
    /// <inheritdoc/>
    public override MessageDispatch Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(MessageDispatch state, Command command, DecisionContext context) => command switch
    {
        DispatchMessage when state.From is not null => Effects.Refuse(RefusalCodes.AlreadyExists, $"the message id {context.Self.Id} was dispatched before: use a new id"),
        DispatchMessage dispatch => Dispatching(dispatch, context),
        ReportEnqueued report => Reporting(state, report, context),
        _ => throw new UnreachableException($"a dispatch has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override MessageDispatch Apply(MessageDispatch state, Event e) => e switch
    {
        MessageDispatched dispatched => state with { From = dispatched.From, Recipients = dispatched.Recipients.ToImmutableSortedDictionary(static r => r.Agent.Value, static _ => (bool?)null, StringComparer.Ordinal) },
        DispatchReported reported => state with { Recipients = state.Recipients.SetItem(reported.Agent.Value, reported.Refused is null) },
        MessageDeadLettered => state with { DeadLettered = true },
        _ => throw new UnreachableException($"a dispatch has no rule for the event {e.GetType().Name}"),
    };

    private static Effects Dispatching(DispatchMessage dispatch, DecisionContext context)
    {
        var message = dispatch.Message;
        var recipients = dispatch.Recipients.Distinct().ToArray();
        ImmutableArray<DispatchTarget> targets = [.. recipients.Select(agent => new DispatchTarget(agent, recipients.Length == 1 ? message.Id : MessageId.Derived(context.Now, Hash(message.Id.Value, agent))))];
        var effects = Effects.Persist(new MessageDispatched(message.Id, message.Type ?? MessageTypes.Default, message.From, message.Priority, message.Text, dispatch.Address, dispatch.Routes, targets, context.Now));
        if (targets.IsEmpty)
        {
            return effects.ThenPersist(new MessageDeadLettered(message.Id, message.From, dispatch.Reason ?? "nobody is there to get it", context.Now));
        }

        return targets.Aggregate(effects, (all, target) => all.ThenTell(target.Agent.Entity, new EnqueueMessage(message with { Id = target.Message, Seal = Seal.Derived(Hash(message.Seal, target.Agent)) }) { ReportTo = context.Self }));
    }

    private static Effects Reporting(MessageDispatch state, ReportEnqueued report, DecisionContext context)
    {
        if (!state.Recipients.TryGetValue(report.Agent.Value, out var known) || known is not null)
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new DispatchReported(report.Agent, report.Refused, context.Now));
        var others = state.Recipients.Remove(report.Agent.Value);
        return report.Refused is null || others.Values.Any(static taken => taken is null or true)
            ? effects
            : effects.ThenPersist(new MessageDeadLettered(MessageId.Parse(context.Self.Id), state.From!, others.IsEmpty ? report.Refused : $"none of its {state.Recipients.Count} recipients took it; the last: {report.Refused}", context.Now));
    }

    private static byte[] Hash(string what, AgentName agent) => SHA256.HashData(Encoding.UTF8.GetBytes($"{what}/{agent}"));
}

/// <summary>A dispatch as it is read: the row of the view <c>dispatches</c>, keyed by the message's id.</summary>
public sealed record DispatchView
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "dispatches";

    /// <summary>The partition of those that nobody got.</summary>
    public const string Dead = "dead";

    /// <summary>The message's id.</summary>
    public required MessageId Id { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Who sent it.</summary>
    public required string From { get; init; }

    /// <summary>How urgent.</summary>
    public MessagePriority Priority { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>What it was addressed to.</summary>
    public string? Address { get; init; }

    /// <summary>The routes that decided.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>What became of it at each recipient.</summary>
    public ImmutableArray<DispatchResult> Recipients { get; init; } = [];

    /// <summary>Why nobody got it; null unless so.</summary>
    public string? DeadLetter { get; init; }

    /// <summary>When it was dispatched.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>What became of a message at one recipient.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Message">The id under which it has it.</param>
/// <param name="Taken">Its queue has taken it; null while that is not known.</param>
/// <param name="Reason">Why it has not.</param>
public sealed record DispatchResult(AgentName Agent, MessageId Message, bool? Taken, string? Reason);

/// <summary>Folds dispatches into their rows.</summary>
public sealed class DispatchProjection : Projection<DispatchView>
{
    /// <inheritdoc/>
    public override string Name => DispatchView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [MessageDispatch.Kind];

    /// <inheritdoc/>
    public override string PartitionOf(string key, DispatchView value) => value.DeadLetter is null ? string.Empty : DispatchView.Dead;

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => [e.Entity.Id];

    /// <inheritdoc/>
    public override DispatchView? Fold(string key, DispatchView? current, EventEnvelope e) => e.Event switch
    {
        MessageDispatched d => new DispatchView
        {
            Id = d.Message,
            Type = d.Type,
            From = d.From,
            Priority = d.Priority,
            Text = d.Text,
            Address = d.Address,
            Routes = d.Routes,
            Recipients = [.. d.Recipients.Select(static r => new DispatchResult(r.Agent, r.Message, Taken: null, Reason: null))],
            At = d.At,
        },
        DispatchReported r when current is not null => current with { Recipients = [.. current.Recipients.Select(known => known.Agent == r.Agent ? known with { Taken = r.Refused is null, Reason = r.Refused } : known)] },
        MessageDeadLettered dead when current is not null => current with { DeadLetter = dead.Reason },
        _ => current,
    };
}

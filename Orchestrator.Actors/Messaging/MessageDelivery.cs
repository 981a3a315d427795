using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging;

/// <summary>How the messages of an agent come to be delivered.</summary>
internal static class MessageDelivery
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    /// <summary>How long the queue waits after a delivery was put off: 1 s, doubled with each attempt, at most 30 s.</summary>
    public static TimeSpan RetryAfter(int attempt)
        => TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Clamp(attempt - 1, 0, 5)));

    public static Effects Enqueueing(Agent agent, EnqueueMessage enqueue, DecisionContext context)
    {
        var message = enqueue.Message;
        if (agent.Queue.Find(message.Id) is { } known)
        {
            return SameMessage(known.Message, message)
                ? Effects.Answer(new MessageQueued(message.Id, Known: true))
                : Effects.Refuse(RefusalCodes.AlreadyExists, $"the message id {message.Id} was used for another text: use a new id");
        }

        var largest = Math.Min(agent.Traits.MaxMessageBytes, agent.Traits.Limits?.MessageBytes ?? int.MaxValue);
        if (message.Bytes is 0 || message.Bytes > largest)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"a message for {agent.Name} has 1 to {largest} bytes of UTF-8, this one has {message.Bytes}: shorten it, or put it into a file and send its path");
        }

        if (message.ExpiresAt <= context.Now)
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"the message would have expired at {message.ExpiresAt:O} already: give it a later time");
        }

        if (!agent.Queue.Takes(message, agent.Traits.Limits?.QueueLength ?? MessageQueue.Capacity))
        {
            return Effects.Refuse(RefusalCodes.Overloaded, $"{agent.Name} has {agent.Queue.Length} messages waiting: wait until it has worked some off, or look at 'orc inbox {agent.Name}'");
        }

        var effects = Effects.Persist(new MessageAccepted(message, context.Now));
        if (message.ExpiresAt is { } expires)
        {
            effects = effects.ThenRemind(ExpiryReminder(message.Id), expires, new ExpireMessage(message.Id));
        }

        return Dispatching(agent, effects, context).ThenReply(new MessageQueued(message.Id, Known: false));
    }

    public static Effects Reporting(Agent agent, ReportDelivery report, DecisionContext context)
    {
        report = report with { Evidence = Secret.Redact(report.Evidence) };
        if (agent.LastSubmitted == report.Message)
        {
            // What comes after it: its program wrote it down, or ended before it could.
            return report.Step switch
            {
                DeliveryStep.Confirmed => Advanced(report, MessageState.Confirmed, context),
                DeliveryStep.Undecidable => Effects.Persist(new DeliveryEnded(report.Message, MessageState.Failed, Undecidable: true, report.Evidence, context.Now)),
                _ => Effects.None,
            };
        }

        if (agent.Queue.InFlight is not { } flight || flight.Waiting.Message.Id != report.Message || flight.Waiting.Attempts != report.Attempt)
        {
            // A report that is repeated after a crash, of a delivery that is over.
            return Effects.None;
        }

        return report.Step switch
        {
            DeliveryStep.Typed => flight.State == MessageState.Typed
                ? Effects.None
                : Advanced(report, MessageState.Typed, context),
            DeliveryStep.Submitted => Dispatching(agent, Arriving(flight, Advanced(report, MessageState.Submitted, context), report, context), context),
            DeliveryStep.Confirmed => Dispatching(agent, Arriving(flight, Advanced(report, MessageState.Confirmed, context), report, context), context),
            DeliveryStep.Deferred => PutOff(flight, report, context),
            DeliveryStep.Failed => Dispatching(agent, Ended(flight.Waiting.Message, MessageState.Failed, report.Evidence, Effects.None, context), context),
            DeliveryStep.Undecidable => Dispatching(agent, Ended(flight.Waiting.Message, MessageState.Failed, report.Evidence, Effects.None, context, undecidable: true), context),
            DeliveryStep.Expired => Dispatching(agent, Ended(flight.Waiting.Message, MessageState.Expired, report.Evidence, Effects.None, context), context),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.Step, "unknown step of a delivery"),
        };
    }

    public static Effects Expiring(Agent agent, ExpireMessage expire, DecisionContext context)
        => agent.Queue.Waiting.Find(w => w.Message.Id == expire.Message) is { } waiting
            ? Ended(waiting.Message, MessageState.Expired, "its time was over before it could be typed", Effects.None, context)
            : Effects.None;

    /// <summary>After <paramref name="effects"/>, the next message is sent on its way if the agent can take one.</summary>
    public static Effects Dispatching(Agent agent, Effects effects, DecisionContext context)
    {
        var after = effects.Events.Aggregate(agent, static (state, e) => state.Apply(e));
        if (after.Queue.InFlight is not null || !CanTake(after) || after.Queue.Next() is not { } next)
        {
            return effects;
        }

        if (after.HoldUntil is { } retry && retry > context.Now)
        {
            return effects.ThenRemind(DispatchReminder, retry, new DispatchNext());
        }

        if (QueueHolds.Of(after, context.Now) is { } hold)
        {
            effects = hold == after.Hold ? effects : effects.ThenPersist(new QueueHeld(hold.Reason, hold.Until, context.Now));
            return hold.Until is { } until ? effects.ThenRemind(DispatchReminder, until, new DispatchNext()) : effects;
        }

        var attempt = next.Attempts + 1;
        var message = next.Message;
        return effects
            .ThenPersist(new DeliveryIntended(message.Id, after.Generation, attempt, after.Writer, after.NextNumber, after.Pane!, context.Now, next.AcceptedAt))
            .ThenWorker(after.Node!, new DeliverMessage(after.Name, after.Generation, message.Id, attempt, after.NextNumber, after.Pane!, message.From, message.Seal, message.Text, message.ExpiresAt));
    }

    /// <summary>A message will not be delivered any more.</summary>
    public static Effects Ended(NewMessage message, MessageState state, string reason, Effects effects, DecisionContext context, bool undecidable = false)
    {
        effects = Telling(message, delivered: false, reason, effects.ThenPersist(new DeliveryEnded(message.Id, state, undecidable, reason, context.Now)), context);
        return message.ExpiresAt is null ? effects : effects.ThenForget(ExpiryReminder(message.Id));
    }

    private const string DispatchReminder = "dispatch";

    private static string ExpiryReminder(MessageId id) => $"expire-{id}";

    private static bool CanTake(Agent agent)
        => agent is { Desired: DesiredState.Running, Pane: not null, Node: not null }
            && (agent.Activity is AgentActivity.Ready or AgentActivity.TurnFailed
                || (agent.Activity is AgentActivity.Working && agent.Traits.TypesWhileWorking));

    private static Effects Advanced(ReportDelivery report, MessageState state, DecisionContext context)
        => Effects.Persist(new DeliveryAdvanced(report.Message, report.Generation, report.Attempt, state, report.Evidence, context.Now));

    private static Effects Arriving(MessageInFlight flight, Effects effects, ReportDelivery report, DecisionContext context)
        => Telling(flight.Waiting.Message, delivered: true, report.Evidence, Forgetting(flight, effects), context);

    // A conversation is told what became of what it said.
    private static Effects Telling(NewMessage message, bool delivered, string reason, Effects effects, DecisionContext context)
        => message is { Conversation: { } conversation, Through: not null } ? effects.ThenTell(Conversation.Entity(conversation), new ReportPrompt(context.Self.ToString(), message.Id, delivered, reason)) : effects;

    private static Effects Forgetting(MessageInFlight flight, Effects effects)
        => flight.Waiting.Message.ExpiresAt is null ? effects : effects.ThenForget(ExpiryReminder(flight.Waiting.Message.Id));

    private static Effects PutOff(MessageInFlight flight, ReportDelivery report, DecisionContext context)
    {
        if (flight.Waiting.Message.ExpiresAt <= context.Now)
        {
            return Ended(flight.Waiting.Message, MessageState.Expired, "its time was over before it could be typed", Effects.None, context);
        }

        var hold = context.Now + RetryAfter(report.Attempt);
        return Effects.Persist(new DeliveryDeferred(report.Message, report.Attempt, report.Evidence, context.Now))
            .ThenRemind(DispatchReminder, hold, new DispatchNext());
    }

    private static bool SameMessage(NewMessage a, NewMessage b)
        => a.Text == b.Text && a.From == b.From && a.Priority == b.Priority && a.Type == b.Type;
}

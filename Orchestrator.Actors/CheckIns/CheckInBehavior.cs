using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.CheckIns;

/// <summary>The rules of a check-in: it is due by a reminder, and what it says goes through the queues of messages. What it says late is said once, however often it would have been due meanwhile.</summary>
public sealed class CheckInBehavior : Behavior<CheckIn>
{
    private const string Reminder = "due";

    // One that is due once is not told a day later; one that comes again not after the next.
    private static readonly TimeSpan OnceExpires = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public override CheckIn Empty(EntityId id) => new() { Id = CheckInId.Parse(id.Id) };

    /// <inheritdoc/>
    public override Effects Decide(CheckIn state, Command command, DecisionContext context)
    {
        var effects = Deciding(state, command, context);
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, After(state, effects), static checkIn => checkIn.Conditions(), effects);
    }

    /// <inheritdoc/>
    public override CheckIn Apply(CheckIn state, Event e) => e switch
    {
        CheckInAdded added => state with { Target = added.Target, Note = added.Note, Schedule = added.Schedule, Secret = added.Secret, By = added.By, CreatedAt = added.At, NextDue = added.NextDue },
        CheckInFired fired => state with
        {
            Fired = fired.Number,
            NextDue = fired.NextDue,
            Missed = state.Last is { Missed: null } ? state.Missed + 1 : state.Missed,
            Unsettled = state.Last is { } last ? Kept(state.Unsettled.Add(last with { Waiting = last.Waiting.Clear(), Missed = last.Missed ?? "it had not when the next one was due" })) : state.Unsettled,
            Last = new CheckInOccurrence(fired.Number, fired.Due, ImmutableSortedDictionary<string, AgentName>.Empty, Missed: null),
        },
        CheckInSent sent => state with { Last = state.Last! with { Waiting = sent.Messages } },
        CheckInReached reached => state with { Last = state.Last! with { Waiting = state.Last.Waiting.Remove(reached.Message) } },
        CheckInDelivered delivered => state with { Delivered = state.Delivered + 1, LastDeliveredAt = delivered.At, Last = null, Unsettled = [] },
        CheckInMissed missed => state with { Missed = state.Last!.Missed is null ? state.Missed + 1 : state.Missed, Last = state.Last with { Waiting = state.Last.Waiting.Remove(missed.Message), Missed = missed.Reason } },
        CheckInRemoved => state with { Removed = true, NextDue = null },
        _ => throw new UnreachableException($"a check-in has no rule for the event {e.GetType().Name}"),
    };

    private Effects Deciding(CheckIn checkIn, Command command, DecisionContext context) => command switch
    {
        AddCheckIn add => Adding(checkIn, add, context),
        _ when checkIn.Target is null => command is RemoveCheckIn ? Effects.Refuse(RefusalCodes.NotFound, $"there is no check-in {checkIn.Id}: 'orc checkin ls' shows those there are") : Effects.None,
        RemoveCheckIn when checkIn.Removed => Effects.None,
        RemoveCheckIn => Effects.Persist(new CheckInRemoved(context.Sender.Value, context.Now)).ThenForget(Reminder),
        FireCheckIn fire => checkIn.NextDue == fire.Due ? Firing(checkIn, fire.Due, context) : Effects.None,
        NoteAudience audience => checkIn.Last is { Waiting.IsEmpty: true, Missed: null } last && last.Number == audience.Number ? Sending(checkIn, audience.Agents, context) : Effects.None,
        NoteReceipt receipt => Receiving(checkIn, receipt, context),
        _ => throw new UnreachableException($"a check-in has no rule for {command.GetType().Name}"),
    };

    private static Effects Adding(CheckIn checkIn, AddCheckIn add, DecisionContext context)
    {
        if (checkIn.Target is not null)
        {
            return Effects.Refuse(RefusalCodes.AlreadyExists, $"there is a check-in {checkIn.Id} already: use another id");
        }

        return add.Schedule.Next(context.Now) is { } due
            ? Effects.Persist(new CheckInAdded(add.Target, add.Note, add.Schedule, add.Secret, due, context.Sender.Value, context.Now)).ThenRemind(Reminder, due, new FireCheckIn(due))
            : Effects.Refuse(RefusalCodes.Invalid, $"it would never be due: the time now is {context.Now:O}");
    }

    private Effects Firing(CheckIn checkIn, DateTimeOffset due, DecisionContext context)
    {
        // After a time in which no node ran it is said once, not once for each time that was missed.
        var next = checkIn.Schedule!.Next(context.Now > due ? context.Now : due);
        var number = checkIn.Fired + 1;
        var effects = Effects.Persist(new CheckInFired(number, due, next, context.Now));
        effects = next is { } again ? effects.ThenRemind(Reminder, again, new FireCheckIn(again)) : effects;
        return checkIn.Audience()! switch
        {
            { Agent: { } agent } => effects.Then(Sending(After(checkIn, effects), [agent], context)),
            { Team: { } team } target => effects.ThenTell(TeamName.Parse(team).Entity, new AskTeamMembers(context.Self, number) { Role = target.Role }),
            var target => effects.ThenTell(WorkQueue.OfRole(target.Role!), new AskMembers(context.Self, number)),
        };
    }

    private static Effects Sending(CheckIn checkIn, ImmutableArray<AgentName> agents, DecisionContext context)
    {
        var number = checkIn.Last!.Number;
        if (agents.IsEmpty)
        {
            return Effects.Persist(new CheckInMissed(number, string.Empty, Nobody(checkIn.Audience()!), context.Now));
        }

        var messages = agents.Select(agent => (Agent: agent, Message: Message(checkIn, agent, context))).ToList();
        var effects = Effects.Persist(new CheckInSent(number, messages.ToImmutableSortedDictionary(static m => m.Message.Id.Value, static m => m.Agent, StringComparer.Ordinal), context.Now));
        return messages.Aggregate(effects, static (all, m) => all.ThenTell(m.Agent.Entity, new EnqueueMessage(m.Message)));
    }

    private static string Nobody(CheckInTarget target) => target switch
    {
        { Team: { } team, Role: { } role } => $"nobody in the team {team} has the role {role}",
        { Team: { } team } => $"nobody is in the team {team}",
        _ => $"nobody has the role {target.Role}",
    };

    private static ImmutableList<CheckInOccurrence> Kept(ImmutableList<CheckInOccurrence> times) => times.Count > CheckIn.MostUnsettled ? times.RemoveAt(0) : times;

    private static NewMessage Message(CheckIn checkIn, AgentName agent, DecisionContext context)
    {
        var last = checkIn.Last!;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{context.Self}/{checkIn.Secret}/{last.Number}/{agent}")));
        var text = string.Create(CultureInfo.InvariantCulture, $"Check-in {checkIn.Id}, due {last.Due:yyyy-MM-dd HH:mm} UTC:\n\n{checkIn.Note}");
        var expires = checkIn.NextDue ?? context.Now + OnceExpires;
        return new NewMessage(MessageId.Derived(context.Now, hash), context.Self.ToString(), FromPerson: false, text, MessagePriority.Medium, expires, Seal.Derived(hash));
    }

    private Effects Receiving(CheckIn checkIn, NoteReceipt receipt, DecisionContext context)
    {
        if (checkIn.Last is not { } last || !last.Waiting.ContainsKey(receipt.Message.Value))
        {
            return Effects.None;
        }

        if (!receipt.Arrived)
        {
            return Effects.Persist(new CheckInMissed(last.Number, receipt.Message.Value, receipt.Reason, context.Now));
        }

        var effects = Effects.Persist(new CheckInReached(last.Number, receipt.Message.Value, receipt.Agent, context.Now));
        return After(checkIn, effects).Last is { Waiting.IsEmpty: true, Missed: null } ? effects.ThenPersist(new CheckInDelivered(last.Number, context.Now)) : effects;
    }

    private CheckIn After(CheckIn checkIn, Effects effects) => effects.Events.Aggregate(checkIn, Apply);
}

/// <summary>Folds the events of check-ins into their rows.</summary>
public sealed class CheckInProjection : Projection<CheckIn>
{
    private readonly CheckInBehavior _behavior = new();

    /// <inheritdoc/>
    public override string Name => CheckIn.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [CheckInId.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is CheckInEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, CheckIn value) => value.IsOpen ? CheckIn.OpenPartition : CheckIn.ClosedPartition;

    /// <inheritdoc/>
    public override CheckIn? Fold(string key, CheckIn? current, EventEnvelope e)
        => e.Event is CheckInEvent checkIn ? _behavior.Apply(current ?? _behavior.Empty(e.Entity), checkIn) : current;
}

using System.Diagnostics;
using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.HandOvers;

/// <summary>
/// The rules of a hand-over: an agent that is asked leaves a note by its tools or as its answer; then, or when its time is over, it is stopped or ended. Its whole pane is captured by that as
/// always.
/// </summary>
public sealed class HandOverBehavior : Behavior<HandOver>
{
    private const string Reminder = "limit";
    private const int MostScreen = 4000;

    /// <inheritdoc/>
    public override HandOver Empty(EntityId id) => new() { Agent = AgentName.Parse(id.Id) };

    /// <inheritdoc/>
    public override Effects Decide(HandOver state, Command command, DecisionContext context) => command switch
    {
        AskHandOver when state.Open is { } open => Effects.Refuse(RefusalCodes.IllegalState, string.Create(CultureInfo.InvariantCulture, $"{state.Agent} has been asked to hand over already, by {open.By}; it has until {open.Until:HH:mm:ss} UTC")),
        AskHandOver { Unable: { } why } ask => Ended(state, ask.Then, Effects.Persist(new HandOverMissed(ask.Then, why, context.Sender.Value, context.Now))),
        AskHandOver ask => Asking(state, ask, context),
        LeaveNote leave when state.Open is null && state.Notes is [.., var last] && last.Text == leave.Text => Effects.None,
        LeaveNote leave => Left(state, leave.Text, "tool", context),
        NoteReply reply when state.Open?.Message != reply.Message => Effects.None,
        NoteReply { Text: { Length: > 0 } text } => Left(state, text, "answer", context),
        NoteReply reply => Missed(state, $"it was asked, and answered nothing: {reply.Evidence}", context),
        NoteReceipt receipt when receipt.Arrived || state.Open?.Message != receipt.Message => Effects.None,
        NoteReceipt receipt => Missed(state, $"it could not be asked: {receipt.Reason}", context),
        GiveUpHandOver give => state.Open?.Message == give.Message ? Missed(state, "its time was over", context) : Effects.None,
        BriefSuccessor brief => Briefing(state, brief, context),
        _ => throw new UnreachableException($"a hand-over has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override HandOver Apply(HandOver state, Event e) => e switch
    {
        HandOverAsked asked => state with { Open = new OpenEnding(asked.Message, asked.Then, asked.Until, asked.By), Missed = null },
        NoteLeft left => state.With(left),
        HandOverMissed missed => state with { Open = null, Missed = missed.Reason },
        SuccessorBriefed briefed => state with { Successor = briefed.Successor },
        _ => throw new UnreachableException($"a hand-over has no rule for the event {e.GetType().Name}"),
    };

    private static Effects Asking(HandOver handOver, AskHandOver ask, DecisionContext context)
    {
        var until = context.Now + ask.Limit;
        var message = new NewMessage(ask.Message, context.Self.ToString(), FromPerson: true, Request(handOver.Agent, ask), MessagePriority.Urgent, until, ask.Seal);
        return Effects.Persist(new HandOverAsked(ask.Message, ask.Then, until, context.Sender.Value, context.Now))
            .ThenRemind(Reminder, until, new GiveUpHandOver(ask.Message))
            .ThenTell(handOver.Agent.Entity, new EnqueueMessage(message));
    }

    private static string Request(AgentName agent, AskHandOver ask) => string.Create(CultureInfo.InvariantCulture, $"""
        Hand over your work: {(ask.Then switch { EndingThen.End => "you are about to be ended", EndingThen.Stop => "your program is about to be stopped", _ => "somebody else may have to go on with it" })}. Write down what your successor must know: what you were asked to do, what is done, what is not, what you decided and why, files and branches, what to do next.
        Use the tool hand_over, or run: orc handover write {agent} "TEXT". If you can do neither, answer with the note and nothing else. You have {ask.Limit.TotalSeconds:0} seconds.
        """);

    private static Effects Left(HandOver handOver, string text, string source, DecisionContext context)
    {
        var effects = Effects.Persist(new NoteLeft(handOver.Notes is [.., var last] ? last.Number + 1 : 1, text, source, source == "answer" ? handOver.Agent.Entity.ToString() : context.Sender.Value, context.Now))
            .ThenTell(AgentRecovery.Of(handOver.Agent), new NoteHandOver(text, context.Now));
        return handOver.Open is { } open ? Ended(handOver, open.Then, effects.ThenForget(Reminder)) : effects;
    }

    private static Effects Missed(HandOver handOver, string reason, DecisionContext context)
        => Ended(handOver, handOver.Open!.Then, Effects.Persist(new HandOverMissed(handOver.Open.Then, reason, handOver.Open.By, context.Now)).ThenForget(Reminder).ThenTell(AgentRecovery.Of(handOver.Agent), new NoteNoHandOver(reason)));

    private static Effects Ended(HandOver handOver, EndingThen then, Effects effects) => then switch
    {
        EndingThen.GoOn => effects,
        EndingThen.Stop => effects.ThenTell(handOver.Agent.Entity, new Stop(Force: false, "it has handed over")),
        EndingThen.End => effects.ThenTell(handOver.Agent.Entity, new End(Force: false)),
        _ => throw new UnreachableException($"there is no rule for {then}"),
    };

    private static Effects Briefing(HandOver handOver, BriefSuccessor brief, DecisionContext context)
    {
        var message = new NewMessage(brief.Message, context.Self.ToString(), FromPerson: false, Brief(handOver, brief), MessagePriority.High, ExpiresAt: null, brief.Seal);
        return Effects.Persist(new SuccessorBriefed(brief.Successor, brief.Message, context.Sender.Value, context.Now))
            .ThenTell(brief.Successor.Entity, new EnqueueMessage(message));
    }

    private static string Brief(HandOver handOver, BriefSuccessor brief)
    {
        var note = handOver.Notes is [.., var last]
            ? string.Create(CultureInfo.InvariantCulture, $"This is what it left at {last.At:yyyy-MM-dd HH:mm} UTC:\n  {Indented(last.Text)}")
            : $"It left no note{(handOver.Missed is { } why ? $": {why}" : string.Empty)}.";
        var screen = brief.Screen?.Trim() is { Length: > 0 } text ? $"\n\nWhat stood last on the screen of its program:\n  {Indented(text.Length <= MostScreen ? text : text[^MostScreen..])}" : string.Empty;
        var transcript = brief.Transcript ? $"\n\nWhat its program wrote down of its conversation was kept: orc transcript {handOver.Agent} shows it." : string.Empty;
        return $"You take over the work of the agent {handOver.Agent}. {note}{screen}{transcript}";
    }

    // What another wrote stands apart from what Orchestrator says.
    private static string Indented(string text) => text.ReplaceLineEndings("\n  ");
}

/// <summary>Folds the events of hand-overs into their rows.</summary>
public sealed class HandOverProjection : Projection<HandOver>
{
    private readonly HandOverBehavior _behavior = new();

    /// <inheritdoc/>
    public override string Name => HandOver.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [HandOver.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is HandOverEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override HandOver? Fold(string key, HandOver? current, EventEnvelope e)
        => e.Event is HandOverEvent handOver ? _behavior.Apply(current ?? _behavior.Empty(e.Entity), handOver) : current;
}

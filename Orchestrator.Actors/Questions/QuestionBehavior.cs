using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Questions;

/// <summary>The rules of a question.</summary>
public sealed class QuestionBehavior : Behavior<Question>
{
    /// <inheritdoc/>
    public override Question Empty(EntityId id) => new() { Id = id.Id };

    /// <inheritdoc/>
    public override Effects Decide(Question state, Command command, DecisionContext context) => command switch
    {
        AskPerson ask when state.Agent is null => Effects.Persist(new QuestionAsked(ask.Agent, ask.Text, ask.Choices, context.Now)).ThenTell(ask.Agent.Entity, new NoteAwaited(context.Self, Waits: true)),
        AskPerson ask when state.Agent == ask.Agent && state.Text == ask.Text => Effects.None,
        AskPerson => Effects.Refuse(RefusalCodes.AlreadyExists, $"there is a question {state.Id} already: use another id"),
        _ when state.Agent is null => Effects.Refuse(RefusalCodes.NotFound, $"there is no question {state.Id}: 'orc question ls' shows those there are"),
        QuestionCommand when state.State != QuestionState.Open => Effects.Refuse(RefusalCodes.IllegalState, $"question {state.Id} is {state.State.Words()} already, by {state.By}"),
        AnswerQuestion answer => Answering(state, answer, context),
        WithdrawQuestion withdraw => Effects.Persist(new QuestionWithdrawn(withdraw.Reason, context.Sender.Value, context.Now)).ThenTell(state.Agent.Value.Entity, new NoteAwaited(context.Self, Waits: false)),
        _ => throw new UnreachableException($"a question has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Question Apply(Question state, Event e) => e switch
    {
        QuestionAsked asked => state with { Agent = asked.Agent, Text = asked.Text, Choices = asked.Choices, AskedAt = asked.At },
        QuestionAnswered answered => state with { State = QuestionState.Answered, Answer = answered.Answer, Message = answered.Message, By = answered.By, EndedAt = answered.At },
        QuestionWithdrawn withdrawn => state with { State = QuestionState.Withdrawn, Answer = withdrawn.Reason, By = withdrawn.By, EndedAt = withdrawn.At },
        _ => throw new UnreachableException($"a question has no rule for the event {e.GetType().Name}"),
    };

    private static Effects Answering(Question question, AnswerQuestion answer, DecisionContext context)
    {
        var text = $"The answer to your question {question.Id} ({Short(question.Text)}):\n\n{answer.Answer}";
        var message = new NewMessage(answer.Message, context.Sender.Value, FromPerson: true, text, MessagePriority.High, ExpiresAt: null, answer.Seal);
        return Effects.Persist(new QuestionAnswered(answer.Answer, answer.Message, context.Sender.Value, context.Now))
            .ThenTell(question.Agent!.Value.Entity, new EnqueueMessage(message))
            .ThenTell(question.Agent.Value.Entity, new NoteAwaited(context.Self, Waits: false));
    }

    private static string Short(string text)
    {
        const int Most = 200;
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= Most ? line : line[..(char.IsHighSurrogate(line[Most - 1]) ? Most - 1 : Most)] + "…";
    }
}

/// <summary>Folds the events of questions into their rows.</summary>
public sealed class QuestionProjection : Projection<Question>
{
    private readonly QuestionBehavior _behavior = new();

    /// <inheritdoc/>
    public override string Name => Question.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Question.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is QuestionEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override string PartitionOf(string key, Question value) => value.State == QuestionState.Open ? Question.OpenPartition : Question.ClosedPartition;

    /// <inheritdoc/>
    public override Question? Fold(string key, Question? current, EventEnvelope e)
        => e.Event is QuestionEvent question ? _behavior.Apply(current ?? _behavior.Empty(e.Entity), question) : current;
}

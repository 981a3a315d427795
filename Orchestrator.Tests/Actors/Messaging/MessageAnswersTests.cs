using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Messaging;

public sealed class MessageAnswersTests
{
    private static readonly AnswerText Said = AnswerText.Of("done", 10, 2, "s1", "transcript x");

    private readonly GivenAgent _agent = Answering();

    [Fact]
    public void An_answer_is_stored_once_for_a_message_that_the_program_was_given()
    {
        var first = Delivered("first", DeliveryStep.Submitted, DeliveryStep.Confirmed);
        Assert.Equal([first], _agent.State.Unanswered);

        Answer(first);
        Answer(first);
        Answer(MessageId.New(GivenAgent.Start));

        Assert.Equal(Said, Assert.Single(_agent.History.OfType<MessageAnswered>()).Answer);
        Assert.Empty(_agent.State.Unanswered);
    }

    [Fact]
    public void A_node_that_takes_over_a_pane_is_told_what_is_unanswered()
    {
        var first = Delivered("first", DeliveryStep.Confirmed);
        var binding = Assert.IsType<PaneBinding>(_agent.Tell(new BindPane(_agent.State.Generation, GivenAgent.Pane(), Traits(), Worktree: null, Adopted: true, 1)));
        Assert.Equal([first], binding.Unanswered);
    }

    [Fact]
    public void A_program_that_ends_leaves_no_message_waiting_for_an_answer()
    {
        var first = Delivered("first", DeliveryStep.Confirmed);
        _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(3, Signal: null, "exited with code 3"), Output: null));
        var ended = _agent.Last<MessageAnswered>();
        Assert.Equal((first, (string?)null), (ended.Message, ended.Answer.Text));
        Assert.Contains("exited with code 3", ended.Answer.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_answers_cannot_be_read_none_is_waited_for()
    {
        var agent = new GivenAgent().Ready();
        agent.Send("first");
        agent.Report(DeliveryStep.Typed);
        agent.Report(DeliveryStep.Confirmed);
        Assert.Empty(agent.State.Unanswered);
    }

    private static ProfileTraits Traits() => GivenAgent.Traits() with { Answers = true };

    private static GivenAgent Answering()
    {
        var agent = new GivenAgent().Started();
        agent.Tell(new BindPane(agent.State.Generation, GivenAgent.Pane(), Traits(), Worktree: null, Adopted: true, 0));
        return agent.Ready();
    }

    private MessageId Delivered(string text, params DeliveryStep[] steps)
    {
        _agent.Send(text);
        var flight = _agent.State.Queue.InFlight!.Waiting;
        foreach (var step in (DeliveryStep[])[DeliveryStep.Typed, .. steps])
        {
            _agent.Tell(new ReportDelivery(flight.Message.Id, _agent.State.Generation, flight.Attempts, step, "…"));
        }

        return flight.Message.Id;
    }

    private void Answer(MessageId message) => Assert.IsNotType<Refused>(_agent.Tell(new ReportAnswer(message, _agent.State.Generation, Said)));
}

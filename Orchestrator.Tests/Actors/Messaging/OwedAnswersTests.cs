using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Messaging;

public sealed class OwedAnswersTests
{
    private readonly GivenWorld _world = new();
    private readonly AgentName _alice;
    private readonly AgentName _bob;

    public OwedAnswersTests() => (_alice, _bob) = (_world.Agent("alice", answers: true), _world.Agent("bob", answers: true));

    [Fact]
    public void What_an_agent_answers_goes_to_the_one_that_asked_by_itself_and_is_not_answered_again()
    {
        var question = Asks();
        Answers(_bob, question, "two tests are left");

        var answer = Assert.Single(_world.DeliverAll());
        Assert.Equal((_alice, "agent/bob"), (answer.Agent, answer.From));
        Assert.Equal($"bob answers your message {question} (How far are you?):\n\ntwo tests are left", answer.Text);
        var stored = _world.Events<MessageAccepted>().Last().Message;
        Assert.Equal(((MessageId?)question, 2, false), (stored.InReplyTo, stored.Hops, stored.FromPerson));

        // What alice says to that is for nobody.
        Answers(_alice, answer.Message, "fine, thank you");
        Answers(_bob, question, "two tests are left");
        Assert.Empty(_world.DeliverAll());
    }

    [Fact]
    public void Who_did_not_ask_for_an_answer_gets_none()
    {
        Answers(_bob, Asks(wants: false), "two tests are left");
        Assert.Empty(_world.DeliverAll());
    }

    [Fact]
    public void Who_has_answered_by_its_tools_does_not_answer_twice()
    {
        var question = Asks(deliver: false);
        Assert.IsType<Permission>(_world.Ask(_bob.Entity, new PermitMessage(MessageId.New(_world.Now), [_alice], StartsTopic: false, AnswersHops: 1, new TalkLimits())));
        _world.DeliverAll();
        Answers(_bob, question, "I have told alice");
        Assert.Empty(_world.DeliverAll());
    }

    [Fact]
    public void That_there_is_no_answer_is_told_with_the_reason()
    {
        var question = Asks();
        _world.Ask(_bob.Entity, new ReportPaneEnded(_world.State<Agent>(_bob.Entity).Generation, new PaneExit(3, Signal: null, "exited with code 3"), Output: null), "worker:n1");
        Assert.Contains($"bob gives no answer to your message {question} (How far are you?): its program ended", Assert.Single(_world.DeliverAll()).Text, StringComparison.Ordinal);

        var second = Asks(deliver: false);
        _world.Ask(_bob.Entity, new End(Force: true), "client:ann");
        Assert.Contains($"bob did not get your message {second}", Assert.Single(_world.DeliverAll()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_answer_is_cut_and_says_where_all_of_it_is()
    {
        var question = Asks();
        Answers(_bob, question, new string('x', 100_000));
        var text = Assert.Single(_world.DeliverAll()).Text;
        Assert.InRange(text.Length, 16_000, 17_000);
        Assert.EndsWith($"(cut: orc show {question} shows all of it)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_that_ask_each_other_for_ever_are_stopped_by_the_limits_of_those_who_talk()
    {
        var (asked, limits) = (0, new TalkLimits());
        for (var turn = 0; turn < 100; turn++)
        {
            var (from, to) = turn % 2 == 0 ? (_alice, _bob) : (_bob, _alice);
            if (_world.Ask(from.Entity, new PermitMessage(MessageId.New(_world.Now), [to], StartsTopic: false, AnswersHops: null, limits)) is Permission { Hops: var hops })
            {
                asked++;
                Answers(to, Asks(hops: hops, from: from, to: to), "why do you ask?");
                _world.DeliverAll();
            }
        }

        Assert.InRange(asked, 2, 2 * (limits.Exchanges + 1));
    }

    private MessageId Asks(bool wants = true, bool deliver = true, int hops = 1, AgentName? from = null, AgentName? to = null)
    {
        var question = new NewMessage(MessageId.New(_world.Now), (from ?? _alice).Entity.ToString(), FromPerson: false, "How far are you?", MessagePriority.Medium, ExpiresAt: null, "SEAL22") { WantsAnswer = wants, Hops = hops };
        _world.Ask((to ?? _bob).Entity, new EnqueueMessage(question));
        if (deliver)
        {
            _world.DeliverAll();
        }

        return question.Id;
    }

    private void Answers(AgentName agent, MessageId question, string text)
        => _world.Ask(agent.Entity, new ReportAnswer(question, _world.State<Agent>(agent.Entity).Generation, AnswerText.Of(text, tokensIn: 10, tokensOut: 2, "s1", "transcript x")), "worker:n1");
}

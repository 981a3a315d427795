using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Questions;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Questions;

/// <summary>What agents want to know of a person.</summary>
public sealed class QuestionTests
{
    private static readonly AgentName Alice = AgentName.Parse("alice");
    private static readonly EntityId Id = Question.Entity("q-1");

    [Fact]
    public void An_answer_reaches_the_agent_as_a_message_of_the_person_who_gave_it()
    {
        var world = new AskingWorld();
        world.Ask(Id, new AskPerson(Alice, "Which database?", ["SQLite", "PostgreSQL"]));
        Assert.Equal(QuestionState.Open, world.State<Question>(Id).State);
        world.Ask(Id, new AnswerQuestion("PostgreSQL", "SEAL22", MessageId.New(world.Now)), "client:ann");
        var message = world.Events<MessageAccepted>().Single().Message;
        Assert.Equal(("client:ann", true), (message.From, message.FromPerson));
        Assert.Contains("Which database?", message.Text, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", message.Text, StringComparison.Ordinal);
        Assert.Equal((QuestionState.Answered, "client:ann", message.Id), (world.State<Question>(Id).State, world.State<Question>(Id).By, world.State<Question>(Id).Message));
    }

    [Fact]
    public void It_is_asked_once_and_answered_once()
    {
        var world = new AskingWorld();
        world.Ask(Id, new AskPerson(Alice, "Which?", []));
        Assert.IsType<Done>(world.Ask(Id, new AskPerson(Alice, "Which?", [])));
        Assert.Equal(RefusalCodes.AlreadyExists, Assert.IsType<Refused>(world.Ask(Id, new AskPerson(Alice, "Another", []))).Code);
        Assert.Single(world.Events<QuestionAsked>());
        world.Ask(Id, new WithdrawQuestion("found it"), "client:agent/alice");
        Assert.Contains("withdrawn already, by client:agent/alice", Assert.IsType<Refused>(world.Ask(Id, new AnswerQuestion("late", "SEAL22", MessageId.New(world.Now)))).Reason, StringComparison.Ordinal);
        Assert.Empty(world.Events<MessageAccepted>());
    }

    private sealed class AskingWorld : EntityWorld
    {
        public AskingWorld()
        {
            Add(AgentName.Kind, new AgentBehavior());
            Add(Question.Kind, new QuestionBehavior());
            Ask(Alice.Entity, GivenAgent.Register());
        }

        protected override void Work(EntityId from, WorkerCommand command)
        {
        }
    }
}

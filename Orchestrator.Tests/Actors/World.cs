using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Questions;
using Orchestrator.Actors.Quotas;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

using HandOver = Orchestrator.Actors.HandOvers.HandOver;

namespace Orchestrator.Tests.Actors;

/// <summary>Agents with their tasks, gaps, check-ins and supervisors.</summary>
internal sealed class World : EntityWorld
{
    /// <summary>Everything is left to people.</summary>
    public static readonly RecoveryPolicy ByHand = RecoveryPolicy.Default.With(TroubleKind.FailedExecution, RecoveryStrategy.Notify);

    public World(GapSettings? gaps = null, RecoveryPolicy? recovery = null, IdleTeamPolicy? teams = null, RecoverySettings? settings = null, int? seed = null)
        : base(seed)
    {
        Add(AgentName.Kind, new AgentBehavior(gaps));
        Add(Quota.Kind, new QuotaBehavior());
        Add(TaskId.Kind, new TaskBehavior());
        Add(WorkQueue.Kind, new QueueBehavior());
        Add(Gap.EntityKind, new GapBehavior());
        Add(GapWatch.Kind, new WatchBehavior(gaps ?? GapSettings.Default));
        Add(WorkChain.Kind, new ChainBehavior());
        Add(CheckInId.Kind, new CheckInBehavior());
        Add(HandOver.Kind, new HandOverBehavior());
        Add(Question.Kind, new QuestionBehavior());
        Add(AgentRecovery.Kind, new RecoveryBehavior((settings ?? RecoverySettings.Default) with { Defaults = recovery ?? ByHand }));
        Add(TeamRecovery.Kind, new TeamRecoveryBehavior(teams ?? IdleTeamPolicy.Default));
    }

    /// <summary>What workers were asked to do.</summary>
    public List<(EntityId From, WorkerCommand Command)> Worker { get; } = [];

    public WorkTask Task(string id) => State<WorkTask>(TaskId.Parse(id).Entity);

    public CheckIn CheckIn(string id) => State<CheckIn>(CheckInId.Parse(id).Entity);

    public AgentRecovery Recovery(string agent) => State<AgentRecovery>(AgentRecovery.Of(AgentName.Parse(agent)));

    public TeamRecovery Team(string team) => State<TeamRecovery>(TeamRecovery.Of(team));

    public WorkQueue Queue(string name) => State<WorkQueue>(new EntityId(WorkQueue.Kind, name));

    public Agent Agent(string name) => State<Agent>(AgentName.Parse(name).Entity);

    /// <summary>The gaps that are open.</summary>
    public IReadOnlyList<Gap> Gaps => [.. States.OfType<Gap>().Where(static g => g.IsOpen).OrderBy(static g => g.Id, StringComparer.Ordinal)];

    public void Does(EntityId to, Command command, string sender = "client:test")
    {
        if (Ask(to, command, sender) is Refused refused)
        {
            Assert.Fail($"{to} refuses {command.GetType().Name}: {refused.Reason}");
        }
    }

    public string Refuses(EntityId to, Command command, string sender = "client:test") => Assert.IsType<Refused>(Ask(to, command, sender)).Reason;

    /// <summary>An agent whose program is at its prompt.</summary>
    public void Ready(string name, string role = AgentRole.Default)
    {
        var id = AgentName.Parse(name).Entity;
        Does(id, GivenAgent.Register() with { Role = role });
        Starts(name);
    }

    public void Starts(string name)
    {
        var id = AgentName.Parse(name).Entity;
        Does(id, new Start(GivenAgent.Node));
        Does(id, new BindPane(Agent(name).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), Worktree: null, Adopted: false, 0));
        Seen(name, AgentActivity.Ready);
    }

    /// <summary>The program that an agent is to have has been started and is at its prompt.</summary>
    public void Rises(string name)
    {
        Does(AgentName.Parse(name).Entity, new BindPane(Agent(name).Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), Worktree: null, Adopted: false, 0, new SessionReport(Agent(name).Session.Plan is { Resume: true }, Id: null, Prompt: null, Continues: true)));
        Seen(name, AgentActivity.Ready);
    }

    public void Seen(string name, AgentActivity activity)
        => Does(AgentName.Parse(name).Entity, new ReportActivity(Agent(name).Generation, activity, null, null, new AgentFact("screen", activity.Words(), "…", Now)), "worker:n1");

    public void Ends(string name, int code = 1)
        => Does(AgentName.Parse(name).Entity, new ReportPaneEnded(Agent(name).Generation, new PaneExit(code, null, "exited"), "output"), "worker:n1");

    /// <summary>The message that is being delivered to an agent reaches its program, or does not.</summary>
    public string Delivered(string name, DeliveryStep step = DeliveryStep.Submitted)
    {
        var flight = Agent(name).Queue.InFlight ?? throw new InvalidOperationException($"nothing is being delivered to {name}");
        Does(AgentName.Parse(name).Entity, new ReportDelivery(flight.Waiting.Message.Id, Agent(name).Generation, flight.Waiting.Attempts, step, "the screen"), "worker:n1");
        return flight.Waiting.Message.Text;
    }

    public void Adds(string id, string? agent = null, string? role = null, Func<TaskDescription, TaskDescription>? change = null)
        => Does(TaskId.Parse(id).Entity, Adding(agent, role, change));

    public static AddTask Adding(string? agent = null, string? role = null, Func<TaskDescription, TaskDescription>? change = null)
    {
        var description = new TaskDescription("repair it", ["it works"], MessagePriority.Medium, Deadline: null, [], Reviewer: null, Check: null, Notes: null, Chain: null, TaskLimits.None);
        return new AddTask(
            change?.Invoke(description) ?? description,
            agent is null && role is null ? null : new TaskAssignee(agent is null ? null : AgentName.Parse(agent), role ?? AgentRole.Default),
            new string('5', 32));
    }

    public void Tells(string task, TaskCommand command) => Does(TaskId.Parse(task).Entity, command);

    public static CompleteTask Completed(string? agent = null) => new(agent is null ? null : AgentName.Parse(agent), "did it", ["commit 1"], new TaskPlace(GivenAgent.Node, "/srv/repo"));

    protected override void Work(EntityId from, WorkerCommand command) => Worker.Add((from, command));
}

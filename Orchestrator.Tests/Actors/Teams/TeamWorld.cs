using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Teams;

/// <summary>A team with its members, tasks, gaps and merge requests. Programs start and stop when a worker is told so; messages are typed when the test says so.</summary>
internal sealed class TeamWorld : EntityWorld
{
    private readonly Queue<SpawnPane> _starting = [];
    private readonly Queue<StopPane> _stopping = [];

    public TeamWorld(int? seed = null)
        : base(seed)
    {
        Add(AgentName.Kind, new AgentBehavior());
        Add(TeamName.Kind, new TeamBehavior());
        Add(StoppedTalk.Kind, new StoppedTalkBehavior());
        Add(MergeRequest.Kind, new MergeBehavior());
        Add(TaskId.Kind, new TaskBehavior());
        Add(WorkQueue.Kind, new QueueBehavior());
        Add(WorkChain.Kind, new ChainBehavior());
        Add(Gap.EntityKind, new GapBehavior());
        Add(GapWatch.Kind, new WatchBehavior(GapSettings.Default));
        Add(CheckInId.Kind, new CheckInBehavior());
        Add(SenderRecord.Kind, new SenderRecordBehavior());
    }

    public static readonly TeamName Shop = TeamName.Parse("shop");

    /// <summary>What workers were asked to do, but for starting and stopping.</summary>
    public List<WorkerCommand> Worker { get; } = [];

    /// <summary>What workers are to type.</summary>
    public Queue<DeliverMessage> Deliveries { get; } = [];

    public Team Team => State<Team>(Shop.Entity);

    public Agent Agent(string name) => State<Agent>(AgentName.Parse(name).Entity);

    public IReadOnlyList<Gap> Gaps => [.. States.OfType<Gap>().Where(static g => g.IsOpen).OrderBy(static g => g.Id, StringComparer.Ordinal)];

    /// <summary>An agent of this role that belongs to no team.</summary>
    public void Stranger(string name, string role = "developer") => Ask(AgentName.Parse(name).Entity, GivenAgent.Register() with { Role = role });

    public static TeamMember Member(string name, string? lead = null, string[]? with = null, string[]? manages = null, bool worktree = false) => new()
    {
        Name = AgentName.Parse(name),
        Section = name,
        Role = "developer",
        Profile = "demo",
        Branch = worktree ? $"agent/{name}" : null,
        ReportsTo = lead is null ? null : AgentName.Parse(lead),
        CollaboratesWith = [.. (with ?? []).Select(AgentName.Parse)],
        Manages = [.. (manages ?? []).Select(AgentName.Parse)],
        Briefing = $"You are {name}.",
    };

    /// <summary>A lead, two developers with worktrees, one who reviews; the developers may speak to that one, not to each other.</summary>
    public static TeamPlan Plan(Func<TeamPlan, TeamPlan>? change = null)
    {
        var plan = new TeamPlan
        {
            Name = Shop,
            Project = ProjectSlug.Of("shop"),
            Folder = "/srv/shop",
            Specification = new TeamSpecification("sell", [], [], []),
            Members = [Member("lead", manages: ["d1", "d2", "review"]), Member("d1", "lead", ["review"], worktree: true), Member("d2", "lead", ["review"], worktree: true), Member("review", "lead", ["d1", "d2"])],
            Git = new TeamGit(TimeSpan.FromMinutes(30), BeforeSwitch: true, 1000, [], "main"),
        };
        return change?.Invoke(plan) ?? plan;
    }

    public Reply Deploys(TeamPlan? plan = null) => Ask(Shop.Entity, new DeployTeam(plan ?? Plan(), Placements(plan ?? Plan()), new string('7', 64)));

    public TeamOrdered Applies(TeamPlan plan, bool restart = false) => Assert.IsType<TeamOrdered>(Ask(Shop.Entity, new ApplyTeam(plan, Placements(plan), restart)));

    /// <summary>An agent speaks, as the API lets it: permitted first, then put into the queues.</summary>
    public Refused? Says(string from, string[] to, bool startsTopic = false, string? type = null, StatusReport? status = null, TalkLimits? limits = null)
    {
        var message = new NewMessage(MessageId.New(Now), $"agent/{from}", FromPerson: false, "hello", MessagePriority.Medium, ExpiresAt: null, "SEAL22") { Type = type };
        ImmutableArray<AgentName> recipients = [.. to.Select(AgentName.Parse)];
        var permit = new PermitMessage(message.Id, recipients, startsTopic, AnswersHops: null, limits ?? new TalkLimits()) { Broadcast = to.Length > 1 || type == MessageTypes.Broadcast, Led = Team.Plan!.Led(AgentName.Parse(from), recipients), Status = status };
        if (Ask(AgentName.Parse(from).Entity, permit) is Refused refused)
        {
            return refused;
        }

        var hops = Events<MessagePermitted>().Last(e => e.Message == message.Id).Hops;
        foreach (var agent in recipients)
        {
            Assert.IsType<MessageQueued>(Ask(agent.Entity, new EnqueueMessage(message with { Hops = hops })));
        }

        return null;
    }

    /// <summary>Types what waits for everybody, until nothing waits.</summary>
    public List<DeliverMessage> Types()
    {
        var typed = new List<DeliverMessage>();
        while (Deliveries.TryDequeue(out var delivery))
        {
            typed.Add(delivery);
            Typed(delivery);
        }

        return typed;
    }

    public void Typed(DeliverMessage delivery) => Ask(delivery.Agent.Entity, new ReportDelivery(delivery.Message, delivery.Generation, delivery.Attempt, DeliveryStep.Submitted, "…"), "worker:n1");

    /// <summary>The programs that are to run are at their prompts.</summary>
    public void Rise()
    {
        while (_starting.TryDequeue(out var spawn))
        {
            var worktree = spawn.WorktreeBranch is { } branch ? new AgentWorktree($"/data/worktrees/{spawn.Agent}", branch) : null;
            Ask(spawn.Agent.Entity, new BindPane(spawn.Generation, GivenAgent.Pane(), new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false), worktree, Adopted: false, 0), "worker:n1");
            Ask(spawn.Agent.Entity, new ReportActivity(spawn.Generation, AgentActivity.Ready, Detail: null, Until: null, new AgentFact("screen", "ready", "…", Now)), "worker:n1");
        }

        while (_stopping.TryDequeue(out var stop))
        {
            Ask(stop.Agent.Entity, new ReportPaneEnded(stop.Generation, new PaneExit(0, null, "stopped"), "output"), "worker:n1");
        }

        if (_starting.Count > 0 || _stopping.Count > 0)
        {
            Rise();
        }
    }

    protected override void Work(EntityId from, WorkerCommand command)
    {
        switch (command)
        {
            case SpawnPane spawn:
                _starting.Enqueue(spawn);
                break;
            case StopPane stop:
                _stopping.Enqueue(stop);
                break;
            case DeliverMessage delivery:
                Deliveries.Enqueue(delivery);
                break;
            default:
                Worker.Add(command);
                break;
        }
    }

    private static ImmutableSortedDictionary<string, MemberPlacement> Placements(TeamPlan plan)
        => plan.Members.ToImmutableSortedDictionary(static m => m.Name.Value, static _ => new MemberPlacement("n1", new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false)), StringComparer.Ordinal);
}

using Orchestrator.Node.Guard;
using Orchestrator.Node.Policies;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Transcripts;
using Orchestrator.Node.Workers.Recoveries;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>What the parts of a worker share.</summary>
internal sealed record WorkerContext(
    string Node,
    IActorSystem System,
    IWorkerQueue Queue,
    IViews Views,
    IEventLog Log,
    TmuxServer Tmux,
    TmuxDeliveries Deliveries,
    IProfileLibrary Profiles,
    RoleLibrary Roles,
    LaunchContexts Launches,
    AgentAccess Access,
    WorkingFolders Folders,
    GitWorktrees Worktrees,
    ActionDeadline Deadline,
    PolicyCatalog Policies,
    ProgramVersions Versions,
    CustomRecoveryRunner Customs,
    TimeProvider Time)
{
    /// <summary>How this worker signs what it reports.</summary>
    public Sender Sender { get; } = new($"worker:{Node}");

    /// <summary>The number of this start of the node in its cluster; null for a node on its own.</summary>
    public Func<long?> Incarnation { get; init; } = static () => null;

    /// <summary>Which panes may be stopped when this node is lost.</summary>
    public required PaneGuards Guards { get; init; }

    /// <summary>What is kept of the transcripts of programs that have ended.</summary>
    public required KeptTranscripts Transcripts { get; init; }

    /// <summary>How often the branches of agents that may go on elsewhere are pushed while they work.</summary>
    public required TimeSpan PushEvery { get; init; }

    /// <summary>Where a test kills this process; null outside of tests.</summary>
    public IDeliveryFailPoints? FailPoints { get; } = Workers.FailPoints.FromEnvironment();
}

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What becomes of an agent whose node is lost.</summary>
public enum LossPolicy
{
    /// <summary>It waits for its node; after a while it is said that the node stays away.</summary>
    Wait,

    /// <summary>The guard of its node stops its program after the grace time, and then it is started on another node as the next generation.</summary>
    RePlace,

    /// <summary>It is left to a person, who is told at once.</summary>
    Leave,
}

/// <summary>What was decided about an agent when its node was lost.</summary>
/// <param name="Policy">Wait, re-place or leave.</param>
/// <param name="RePlaceAt">Not before this time it is started elsewhere: until then its old program may still run. Null unless it is re-placed.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LossPlan(LossPolicy Policy, DateTimeOffset? RePlaceAt, string Reason);

/// <summary>Work that is safe in the remote repository.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Remote">The name of the remote.</param>
/// <param name="Node">The node that it was pushed from.</param>
/// <param name="At">When it was pushed.</param>
public sealed record PushedWork(string Commit, string Remote, string Node, DateTimeOffset At);

/// <summary>Something about the loss of nodes that has happened to an agent.</summary>
public abstract record LossEvent : AgentEvent;

/// <summary>What becomes of it when its node is lost was chosen; null for what the node is set to.</summary>
public sealed record LossPolicyChosen(LossPolicy? Policy, string By, DateTimeOffset At) : LossEvent;

/// <summary>Its pane is watched by the guard of its node from now on, or no longer.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="Grace">For how long its node may be without word from the cluster before the guard stops the pane; null: it is not watched.</param>
/// <param name="At">When.</param>
public sealed record PaneGuarded(Generation Generation, TimeSpan? Grace, DateTimeOffset At) : LossEvent;

/// <summary>Its node is lost, and this is what is done about it.</summary>
public sealed record LossDecided(Generation Generation, LossPlan Plan, DateTimeOffset At) : LossEvent;

/// <summary>What it has committed on its branch was pushed.</summary>
public sealed record BranchPushed(Generation Generation, string Branch, PushedWork Work) : LossEvent;

/// <summary>It goes on elsewhere, and this of its work stayed on the node that it left.</summary>
/// <param name="Generation">The placement that was given up.</param>
/// <param name="Node">The node.</param>
/// <param name="Folder">The folder there.</param>
/// <param name="Branch">The branch of its worktree; null if it has none.</param>
/// <param name="Pushed">Up to where its branch is in the remote repository; null if it is not.</param>
/// <param name="Reason">In words.</param>
/// <param name="At">When.</param>
public sealed record WorkLeft(Generation Generation, string Node, string Folder, string? Branch, PushedWork? Pushed, string Reason, DateTimeOffset At) : LossEvent;

/// <summary>Choose what becomes of it when its node is lost; null for what its node is set to.</summary>
public sealed record ChooseLossPolicy(LossPolicy? Policy) : AgentCommand;

/// <summary>The worker tells whether the guard of its node watches its pane.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="Grace">The grace time; null if it is not watched.</param>
public sealed record ReportGuarded(Generation Generation, TimeSpan? Grace) : AgentCommand;

/// <summary>The worker has pushed what is committed on its branch.</summary>
public sealed record ReportPushed(Generation Generation, string Commit, string Remote) : AgentCommand;

/// <summary>Start it on another node: its own is lost, and the guard there has stopped its program by now. Nothing happens before the time that <see cref="LossPlan.RePlaceAt"/> says.</summary>
/// <param name="Generation">The placement that was lost.</param>
/// <param name="Node">The node to start it on.</param>
public sealed record RePlace(Generation Generation, string Node) : AgentCommand;

/// <summary>Have the guard of this node watch the pane of an agent, or not.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement.</param>
/// <param name="Policy">What was chosen for it; null for what the node is set to.</param>
public sealed record GuardPane(AgentName Agent, Generation Generation, LossPolicy? Policy) : WorkerCommand;

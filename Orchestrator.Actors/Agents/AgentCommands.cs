using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Quotas;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What an agent can be asked.</summary>
public abstract record AgentCommand : Command;

/// <summary>Make the agent known. Refused while there is one of this name that has not been terminated.</summary>
public sealed record Register(
    string Profile,
    string Folder,
    string Role,
    string? DisplayName,
    string? WorktreeBranch,
    ImmutableArray<string> Command,
    ImmutableSortedDictionary<string, string> Metadata,
    AgentName? ReportsTo,
    ProfileTraits Traits,
    string? Model = null,
    double? Temperature = null,
    bool? NoTools = null,
    ImmutableArray<string>? Labels = null) : AgentCommand;

/// <summary>Change what describes it; null leaves a part as it is, an empty value of the metadata removes the key.</summary>
public sealed record Describe(
    string? Role,
    string? DisplayName,
    ImmutableSortedDictionary<string, string>? Metadata,
    string? ReportsTo,
    ImmutableArray<AgentName>? Manages,
    ImmutableArray<AgentName>? CollaboratesWith,
    RoleLimits? Limits = null) : AgentCommand;

/// <summary>Drive it by another profile or model from its next start on; null leaves one as it is. With another profile, words that replaced the command of the old one are gone.</summary>
public sealed record Refit(string? Profile, string? Model) : AgentCommand;

/// <summary>Compare and set: take it from one state to another by hand, if it is in the first and the rules of <see cref="AgentTransition"/> allow it.</summary>
/// <param name="From">The state that it is expected to be in.</param>
/// <param name="To">The state that it is to be in.</param>
/// <param name="Reason">Why, for the history.</param>
public sealed record Transition(AgentState From, AgentState To, string Reason) : AgentCommand;

/// <summary>Start its program on a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Mode">What becomes of the conversation that it had; <see cref="StartMode.Auto"/> unless said.</param>
public sealed record Start(string Node, StartMode? Mode = null) : AgentCommand;

/// <summary>Stop its program: gently first, unless forced. The whole pane is captured before.</summary>
public sealed record Stop(bool Force, string Reason) : AgentCommand;

/// <summary>Stop its program, if it runs, and start it again as the next generation.</summary>
/// <param name="Node">The node.</param>
/// <param name="Force">Kill it at once.</param>
/// <param name="Mode">What becomes of the conversation that it had; <see cref="StartMode.Auto"/> unless said.</param>
public sealed record Restart(string Node, bool Force, StartMode? Mode = null) : AgentCommand;

/// <summary>A person begins to type into its pane.</summary>
public sealed record ReportAttached : AgentCommand;

/// <summary>Tell it again who it is and what it was at.</summary>
/// <param name="Prompt">What its role says.</param>
public sealed record Rebrief(string? Prompt) : AgentCommand;

/// <summary>The worker knows the program's own id of its conversation.</summary>
/// <param name="Generation">The placement that it was seen on.</param>
/// <param name="Session">The id.</param>
/// <param name="Source">hook, transcript or screen.</param>
/// <param name="Used">Something has been said in it, as its record shows.</param>
public sealed record ReportSession(Generation Generation, string Session, string Source, bool Used) : AgentCommand;

/// <summary>The worker has seen that the program has shortened what it remembers.</summary>
public sealed record ReportCompaction(Generation Generation, string Evidence) : AgentCommand;

/// <summary>The worker has read in its transcript how much of a limit of its account is used.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="Use">How much.</param>
/// <param name="Reached">The limit is reached until then: nothing more is answered before.</param>
/// <param name="Evidence">Where it was read.</param>
public sealed record ReportLimitUse(Generation Generation, LimitUse Use, bool Reached, string Evidence) : AgentCommand;

/// <summary>Stop its program and end the agent for good.</summary>
public sealed record End(bool Force) : AgentCommand;

/// <summary>Take over a pane that is there already in the tmux server of the node.</summary>
public sealed record Adopt(string Node, string PaneId) : AgentCommand;

/// <summary>The worker asks for a writer number for the pane before its hands touch it; the reply is <see cref="PaneBinding"/>.</summary>
/// <param name="Generation">The placement that the pane belongs to.</param>
/// <param name="Pane">The pane.</param>
/// <param name="Traits">What of the profile matters, as it is now.</param>
/// <param name="Worktree">The worktree that it runs in.</param>
/// <param name="Adopted">The pane had been there: the node was restarted, not the program.</param>
/// <param name="NextNumber">The number that the pane's mark <c>@n</c> stands at.</param>
/// <param name="Session">The conversation that the program was started with; null where no program was.</param>
/// <param name="Account">The account whose limits its program shares with others; null for none.</param>
/// <param name="Incarnation">The start of the node that asks, in a cluster.</param>
/// <param name="GuardGrace">For how long the node may be without word from the cluster before its guard stops the pane; null: no guard watches it.</param>
public sealed record BindPane(Generation Generation, AgentPane Pane, ProfileTraits Traits, AgentWorktree? Worktree, bool Adopted, long NextNumber, SessionReport? Session = null, string? Account = null, long? Incarnation = null, TimeSpan? GuardGrace = null) : AgentCommand;

/// <summary>It has no pane any more, whatever is in that pane: the pane is gone, or belongs to another agent now. No program is touched.</summary>
public sealed record ReleasePane(Generation Generation, string Reason) : AgentCommand;

/// <summary>The node that it is placed on is down. Its program may run on there: nothing is touched, and the node takes its pane up again when it is back.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="Incarnation">The start of the node that is down; what a later one has bound is not lost.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Default">What becomes of agents for which nothing was chosen; null: they wait.</param>
/// <param name="Guarded">The guard of the node was running when the node was last heard of.</param>
public sealed record LoseNode(Generation Generation, long Incarnation, string Reason, LossPolicy? Default = null, bool Guarded = false) : AgentCommand;

/// <summary>The node that it is placed on does not come back: it has no program any more, and can be started elsewhere.</summary>
public sealed record ForgetNode(Generation Generation, string Reason) : AgentCommand;

/// <summary>Its account has reached a limit: nothing is typed to it for a while.</summary>
/// <param name="Account">The account.</param>
/// <param name="Until">When it goes on; null if nobody knows.</param>
/// <param name="Reason">Why.</param>
public sealed record PauseTyping(string Account, DateTimeOffset? Until, string Reason) : AgentCommand;

/// <summary>The limit of its account is over.</summary>
public sealed record ResumeTyping(string Account) : AgentCommand;

/// <summary>The worker could not start the program.</summary>
public sealed record ReportStartFailed(Generation Generation, string Reason) : AgentCommand;

/// <summary>The worker has seen another activity, or another fact for it.</summary>
/// <param name="Generation">The placement that it was seen on.</param>
/// <param name="Activity">What was seen.</param>
/// <param name="Detail">More of it in words.</param>
/// <param name="Until">For a limit: when it ends.</param>
/// <param name="Fact">What it was derived from.</param>
public sealed record ReportActivity(Generation Generation, AgentActivity Activity, string? Detail, DateTimeOffset? Until, AgentFact Fact) : AgentCommand;

/// <summary>The program is gone, or the pane with it.</summary>
/// <param name="Generation">The placement that it belonged to.</param>
/// <param name="Exit">How it ended.</param>
/// <param name="Output">The whole pane as it was at the end, if it could be captured.</param>
/// <param name="ByGuard">The guard of the node stopped it, because the node had no word from the cluster for too long.</param>
public sealed record ReportPaneEnded(Generation Generation, PaneExit Exit, string? Output, bool ByGuard = false) : AgentCommand
{
    /// <summary>What was kept of its transcript; null if there was none.</summary>
    public KeptTranscript? Transcript { get; init; }
}

/// <summary>Its work is about to be given to somebody else: it is asked for a note, if it can be asked.</summary>
/// <param name="Limit">How long it has.</param>
public sealed record AskToHandOver(TimeSpan Limit) : AgentCommand;

/// <summary>Put a message into the agent's queue. The same id with the same content again is answered as the first time.</summary>
/// <param name="Message">The message.</param>
public sealed record EnqueueMessage(NewMessage Message) : AgentCommand
{
    /// <summary>The entity that is told whether the queue has taken it; null for nobody.</summary>
    public EntityId? ReportTo { get; init; }

    /// <summary>That entity wants to know only that it has not.</summary>
    public bool OnlyRefusal { get; init; }
}

/// <summary>The worker tells how a delivery goes.</summary>
public sealed record ReportDelivery(MessageId Message, Generation Generation, int Attempt, DeliveryStep Step, string Evidence) : AgentCommand;

/// <summary>A message's time is over (a reminder).</summary>
public sealed record ExpireMessage(MessageId Message) : AgentCommand;

/// <summary>Try the next message again (a reminder after a deferred delivery).</summary>
public sealed record DispatchNext : AgentCommand;

/// <summary>The answer to <see cref="BindPane"/>.</summary>
/// <param name="Writer">The writer number for the pane's mark; never given twice.</param>
public sealed record PaneBinding(long Writer) : Reply
{
    /// <summary>Messages that the program in the pane was given and has not answered yet, the oldest first.</summary>
    public ImmutableList<MessageId> Unanswered { get; init; } = [];

    /// <summary>The program has been at its prompt since it was started.</summary>
    public bool HasBeenReady { get; init; }

    /// <summary>Up to where the agent's branch is in the remote repository.</summary>
    public PushedWork? Pushed { get; init; }
}

/// <summary>The answer to <see cref="Start"/>, <see cref="Restart"/> and <see cref="Adopt"/>.</summary>
/// <param name="Generation">The generation that is being placed, or will be once the old program has stopped.</param>
public sealed record Placed(Generation Generation) : Reply;

/// <summary>The answer to <see cref="EnqueueMessage"/>.</summary>
/// <param name="Message">Its id.</param>
/// <param name="Known">It was there already.</param>
public sealed record MessageQueued(MessageId Message, bool Known) : Reply;

using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>Something that has happened to an agent.</summary>
public abstract record AgentEvent : Event;

/// <summary>It was made known.</summary>
public sealed record AgentRegistered(
    AgentName Name,
    string Profile,
    string Folder,
    string Role,
    string? DisplayName,
    string? WorktreeBranch,
    ImmutableArray<string> Command,
    ImmutableSortedDictionary<string, string> Metadata,
    AgentName? ReportsTo,
    ProfileTraits Traits,
    string By,
    DateTimeOffset At,
    string? Model,
    double? Temperature,
    bool? NoTools = null,
    ImmutableArray<string>? Labels = null) : AgentEvent;

/// <summary>It is driven by another profile or model from its next start on.</summary>
public sealed record AgentRefitted(string Profile, string? Model, ImmutableArray<string> Command, string By, DateTimeOffset At) : AgentEvent;

/// <summary>Its describing parts are now these.</summary>
public sealed record AgentDescribed(
    string Role,
    string? DisplayName,
    ImmutableSortedDictionary<string, string> Metadata,
    AgentName? ReportsTo,
    ImmutableArray<AgentName> Manages,
    ImmutableArray<AgentName> CollaboratesWith,
    string By,
    RoleLimits? Limits) : AgentEvent;

/// <summary>It is to run on a node, as this generation.</summary>
public sealed record PlacedOnNode(string Node, Generation Generation, string? AdoptedPane, string By, DateTimeOffset At, SessionPlan? Plan) : AgentEvent;

/// <summary>A pane is bound to it, with a writer number of its own.</summary>
public sealed record PaneBound(Generation Generation, AgentPane Pane, long Writer, long NextNumber, bool Adopted, AgentWorktree? Worktree, ProfileTraits Traits, DateTimeOffset At, string? Account, long? Incarnation = null, TimeSpan? GuardGrace = null) : AgentEvent;

/// <summary>Its program could not be started.</summary>
public sealed record StartFailed(Generation Generation, string Reason, DateTimeOffset At) : AgentEvent;

/// <summary>State or activity changed.</summary>
public sealed record ActivityChanged(Generation Generation, AgentState State, AgentActivity Activity, string? Detail, DateTimeOffset? Until, AgentFact Fact, DateTimeOffset At) : AgentEvent;

/// <summary>It is to stop.</summary>
public sealed record StopRequested(string Reason, bool ThenRestart, bool ThenEnd, string? RestartOn, string By, DateTimeOffset At, StartMode? Mode) : AgentEvent;

/// <summary>Its program is gone.</summary>
public sealed record PaneEnded(Generation Generation, AgentState State, PaneExit Exit, DateTimeOffset At) : AgentEvent;

/// <summary>What was on its pane when it ended, whole.</summary>
public sealed record OutputCaptured(Generation Generation, string Output, DateTimeOffset At) : AgentEvent;

/// <summary>What its program had written down of the conversation was kept when it ended.</summary>
public sealed record TranscriptKept(KeptTranscript Transcript) : AgentEvent;

/// <summary>It was ended for good.</summary>
public sealed record AgentTerminated(string By, DateTimeOffset At) : AgentEvent;

/// <summary>Its account has reached a limit: nothing is typed to it until then.</summary>
public sealed record TypingPaused(string Account, DateTimeOffset? Until, string Reason, DateTimeOffset At) : AgentEvent;

/// <summary>The limit of its account was cleared.</summary>
public sealed record TypingResumed(string Account, DateTimeOffset At) : AgentEvent;

/// <summary>Its program was started with its old conversation, or a new one.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="How">Which.</param>
/// <param name="Session">The program's own id of it, if it is known.</param>
/// <param name="Reason">Why the old one was not taken up again, if that was wanted.</param>
/// <param name="At">When.</param>
public sealed record SessionBegan(Generation Generation, SessionStart How, string? Session, string? Reason, DateTimeOffset At) : AgentEvent;

/// <summary>The program's own id of its conversation was seen.</summary>
public sealed record SessionSeen(Generation Generation, string Session, string Source, bool Used, DateTimeOffset At) : AgentEvent;

/// <summary>The program ended when it should have taken up its conversation again; it is started anew.</summary>
public sealed record ResumeFailed(Generation Generation, string? Session, string Reason, DateTimeOffset At) : AgentEvent;

/// <summary>The program has shortened what it remembers.</summary>
public sealed record ContextCompacted(Generation Generation, string Evidence, DateTimeOffset At) : AgentEvent;

/// <summary>A person began to type into its pane.</summary>
public sealed record PersonAttached(string By, DateTimeOffset At) : AgentEvent;

/// <summary>It is told again who it is, by a message.</summary>
public sealed record AgentBriefed(MessageId Message, string By, DateTimeOffset At) : AgentEvent;

/// <summary>Its queue waits although the program could take a message.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">Until when, if that is known.</param>
/// <param name="At">When.</param>
public sealed record QueueHeld(string Reason, DateTimeOffset? Until, DateTimeOffset At) : AgentEvent;

/// <summary>Its state was set by hand.</summary>
public sealed record StateMarked(AgentState From, AgentState To, string Reason, string By, DateTimeOffset At) : AgentEvent;

/// <summary>Something was asked that its state does not allow; nothing was done.</summary>
public sealed record TransitionRefused(AgentState From, AgentState To, string Reason, string By, DateTimeOffset At) : AgentEvent;

using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>What is to happen once the program that is being stopped is gone.</summary>
/// <param name="RestartOn">Start it again on this node.</param>
/// <param name="End">End the agent.</param>
/// <param name="Mode">What becomes of its conversation when it is started again.</param>
/// <param name="CutOff">Its supervisor stops it in the middle of what it does, so its turn is cut off as by a crash.</param>
public sealed record AfterStop(string? RestartOn, bool End, StartMode? Mode, bool CutOff = false);

/// <summary>One agent: the state that its events add up to.</summary>
public sealed record Agent
{
    /// <summary>The agent before it is registered.</summary>
    public required AgentName Name { get; init; }

    /// <summary>It has been registered and not ended since.</summary>
    public bool Registered { get; init; }

    /// <summary>The public state.</summary>
    public AgentState State { get; init; } = AgentState.Offline;

    /// <summary>The observed detail; null while nothing is observed.</summary>
    public AgentActivity? Activity { get; init; }

    /// <summary>The detail in words.</summary>
    public string? Detail { get; init; }

    /// <summary>For a limit: when it ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The fact that decided.</summary>
    public AgentFact? Fact { get; init; }

    /// <summary>What is wrong with it, until it is seen to be well.</summary>
    public TroubleKind? Trouble { get; init; }

    /// <summary>It has been at its prompt since it was started.</summary>
    public bool HasBeenReady { get; init; }

    /// <summary>What a person wants.</summary>
    public DesiredState Desired { get; init; } = DesiredState.Stopped;

    /// <summary>What is to happen after the stop that is under way.</summary>
    public AfterStop? AfterStop { get; init; }

    /// <summary>How its program is driven.</summary>
    public string Profile { get; init; } = string.Empty;

    /// <summary>Its working folder.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>Its role.</summary>
    public string Role { get; init; } = AgentRole.Default;

    /// <summary>Its name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The branch of its own worktree, if it is to have one.</summary>
    public string? WorktreeBranch { get; init; }

    /// <summary>Its own worktree, once it is there.</summary>
    public AgentWorktree? Worktree { get; init; }

    /// <summary>The words that replace the profile's command.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The model in place of its role's.</summary>
    public string? Model { get; init; }

    /// <summary>The temperature in place of its role's.</summary>
    public double? Temperature { get; init; }

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whom it reports to.</summary>
    public AgentName? ReportsTo { get; init; }

    /// <summary>Whom it manages.</summary>
    public ImmutableArray<AgentName> Manages { get; init; } = [];

    /// <summary>Whom it works with.</summary>
    public ImmutableArray<AgentName> CollaboratesWith { get; init; } = [];

    /// <summary>What of its profile its queue must know.</summary>
    public ProfileTraits Traits { get; init; } = new(NewMessage.MaximumBytes, TypesWhileWorking: false);

    /// <summary>The node that it is placed on.</summary>
    public string? Node { get; init; }

    /// <summary>Its placement.</summary>
    public Generation Generation { get; init; }

    /// <summary>Its pane, while it has one.</summary>
    public AgentPane? Pane { get; init; }

    /// <summary>The start of its node that bound the pane last, in a cluster.</summary>
    public long? Incarnation { get; init; }

    /// <summary>The writer number of the pane.</summary>
    public long Writer { get; init; }

    /// <summary>The number that the pane's mark <c>@n</c> stands at.</summary>
    public long NextNumber { get; init; }

    /// <summary>The conversation with its program.</summary>
    public AgentSession Session { get; init; } = new();

    /// <summary>Its messages.</summary>
    public MessageQueue Queue { get; init; } = new();

    /// <summary>The message that was submitted last and may still be confirmed.</summary>
    public MessageId? LastSubmitted { get; init; }

    /// <summary>Messages that its program was given and has not answered yet, the oldest first.</summary>
    public ImmutableList<MessageId> Unanswered { get; init; } = [];

    /// <summary>Answers of its program that other agents wait for, by the ids of their messages.</summary>
    public ImmutableSortedDictionary<string, OwedAnswer> Owed { get; init; } = ImmutableSortedDictionary.Create<string, OwedAnswer>(StringComparer.Ordinal);

    /// <summary>How many messages have ever been accepted: the order of arrival.</summary>
    public long Accepted { get; init; }

    /// <summary>No message is typed before this time, because the last one could not be.</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>Why its queue waits although the program could take a message.</summary>
    public QueueHold? Hold { get; init; }

    /// <summary>The account whose limits its program shares with others.</summary>
    public string? Account { get; init; }

    /// <summary>The pause because of a limit of that account, if there is one that has not been cleared; it may be over.</summary>
    public TypingPause? Paused { get; init; }

    /// <summary>When messages were typed to it lately, as many as its limit needs, the oldest first.</summary>
    public ImmutableList<DateTimeOffset> TypedAt { get; init; } = [];

    /// <summary>What it has heard and sent lately.</summary>
    public AgentTalk Talk { get; init; } = new();

    /// <summary>The dialog that is on its screen.</summary>
    public OpenDialog? Dialog { get; init; }

    /// <summary>The last decision about a dialog of it.</summary>
    public DialogDecision? Decision { get; init; }

    /// <summary>The policy that decides its dialogs; null for that of its role.</summary>
    public string? Policy { get; init; }

    /// <summary>Its program is not told of the tools of the orchestrator.</summary>
    public bool NoTools { get; init; }

    /// <summary>The SHA-256 of the token that its present program was given.</summary>
    public string? TokenHash { get; init; }

    /// <summary>What becomes of it when its node is lost; null for what its node is set to.</summary>
    public LossPolicy? OnNodeLoss { get; init; }

    /// <summary>For how long its node may be without word from the cluster before the guard there stops its pane; null: no guard watches it.</summary>
    public TimeSpan? GuardGrace { get; init; }

    /// <summary>What was decided when its node was lost last.</summary>
    public LossPlan? Loss { get; init; }

    /// <summary>Up to where its branch is in the remote repository.</summary>
    public PushedWork? Pushed { get; init; }

    /// <summary>Labels that its node must have.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The team that it belongs to, and what it is held to there.</summary>
    public TeamMembership? Membership { get; init; }

    /// <summary>Why it cannot go on, if it cannot.</summary>
    public AgentBlock? Blocked { get; init; }

    /// <summary>Tasks that are its to do: they wait in its queue, or run.</summary>
    public ImmutableSortedSet<string> OpenTasks { get; init; } = [];

    /// <summary>It has had a task since it was registered.</summary>
    public bool HadTasks { get; init; }

    /// <summary>Assignments that have reached it and that it has not acknowledged, by the ids of their messages.</summary>
    public ImmutableSortedDictionary<string, OpenAssignment> Assignments { get; init; } = ImmutableSortedDictionary.Create<string, OpenAssignment>(StringComparer.Ordinal);

    /// <summary>The agent before its first event.</summary>
    public static Agent Empty(EntityId id) => new() { Name = AgentName.Parse(id.Id) };

    /// <summary>The agent after <paramref name="e"/>.</summary>
    public Agent Apply(Event e) => Applied(e) with { Session = Session.Folded(this, e), Trouble = AgentTrouble.Folded(this, e), Assignments = AgentDuties.Folded(this, e), Owed = OwedAnswers.Folded(this, e) };

    private Agent Applied(Event e) => e switch
    {
        AgentRegistered registered => new Agent
        {
            Name = Name,
            Registered = true,
            Profile = registered.Profile,
            Folder = registered.Folder,
            Role = registered.Role,
            DisplayName = registered.DisplayName,
            WorktreeBranch = registered.WorktreeBranch,
            Command = registered.Command,
            Metadata = registered.Metadata,
            ReportsTo = registered.ReportsTo,
            Traits = registered.Traits,
            Model = registered.Model,
            Temperature = registered.Temperature,
            NoTools = registered.NoTools ?? false,
            Labels = registered.Labels ?? [],
            Generation = Generation,
            Accepted = Accepted,
        },
        AgentRefitted refitted => this with { Profile = refitted.Profile, Model = refitted.Model, Command = refitted.Command },
        AgentDescribed described => this with
        {
            Role = described.Role,
            DisplayName = described.DisplayName,
            Metadata = described.Metadata,
            ReportsTo = described.ReportsTo,
            Manages = described.Manages,
            CollaboratesWith = described.CollaboratesWith,
            Traits = described.Limits is { } limits ? Traits with { Limits = limits } : Traits,
        },
        PlacedOnNode placed => this with
        {
            State = AgentState.Active,
            Activity = AgentActivity.Starting,
            Detail = null,
            Until = null,
            Fact = null,
            HasBeenReady = false,
            Desired = DesiredState.Running,
            AfterStop = null,
            Node = placed.Node,
            Generation = placed.Generation,
            Pane = null,
            GuardGrace = null,
            Loss = null,
            HoldUntil = null,
            Dialog = null,
            TokenHash = null,
        },
        TokenGiven given => this with { TokenHash = given.Hash },
        PaneBound bound => this with
        {
            Pane = bound.Pane,
            Incarnation = bound.Incarnation,
            GuardGrace = bound.GuardGrace,
            Loss = null,
            Writer = bound.Writer,
            NextNumber = bound.NextNumber,
            Worktree = bound.Worktree ?? Worktree,
            Traits = bound.Traits,
            Account = bound.Account,
            Paused = Paused?.Account == bound.Account ? Paused : null,
            HoldUntil = null,
        },
        StartFailed failed => this with { State = AgentState.Error, Activity = null, Detail = failed.Reason, Pane = null, TokenHash = null },
        ActivityChanged changed => this with
        {
            State = changed.State,
            Activity = changed.Activity,
            Detail = changed.Detail,
            Until = changed.Until,
            Fact = changed.Fact,
            HasBeenReady = HasBeenReady || changed.Activity == AgentActivity.Ready,
        },
        StopRequested stop => this with { Desired = DesiredState.Stopped, AfterStop = new AfterStop(stop.ThenRestart ? stop.RestartOn : null, stop.ThenEnd, stop.Mode, AgentTrouble.IsSupervisor(stop.By)) },
        PaneEnded ended => this with
        {
            State = ended.State,
            Activity = AgentActivity.Exited,
            Detail = ended.Exit.Reason,
            Until = null,
            Pane = null,
            HasBeenReady = false,
            AfterStop = null,
            Dialog = null,
            TokenHash = null,
        },
        OutputCaptured => this,
        AgentTerminated => this with { Registered = false, State = AgentState.Terminated, Activity = null, Detail = null, Desired = DesiredState.Stopped, Queue = new MessageQueue(), Pane = null, Dialog = null, TokenHash = null, Blocked = null },
        AgentEnlisted enlisted => this with { Membership = enlisted.Membership },
        AgentBlocked blocked => this with { Blocked = new AgentBlock(blocked.Reason, blocked.At, Escalated: false) },
        AgentUnblocked => this with { Blocked = null },
        TaskTakenUp taken => this with { OpenTasks = OpenTasks.Add(taken.Task.Value), HadTasks = true },
        TaskPutDown put => this with { OpenTasks = OpenTasks.Remove(put.Task.Value) },
        BlockEscalated => this with { Blocked = Blocked! with { Escalated = true } },
        // The end that a mark to terminated announces is an event of its own.
        StateMarked { To: AgentState.Terminated } or TransitionRefused => this,
        SessionBegan or SessionSeen or ResumeFailed or ContextCompacted or AgentBriefed or PersonAttached => this,
        StateMarked marked => this with { State = marked.To, Activity = null, Detail = marked.Reason, Until = null, Fact = new AgentFact("person", Rule: null, marked.Reason, marked.At) },
        MessageAccepted accepted => this with { Accepted = Accepted + 1, Talk = Talk.Heard(accepted.Message, accepted.At), Queue = Queue.With(new WaitingMessage(accepted.Message, Accepted + 1, Attempts: 0, accepted.At) { OverdueAt = accepted.OverdueAt }) },
        MessagePermitted permitted => this with { Talk = Talk.Sent(permitted) },
        TypingPaused paused => this with { Paused = new TypingPause(paused.Account, paused.Until, paused.Reason), Hold = new QueueHold(paused.Reason, paused.Until) },
        TypingResumed => this with { Paused = null, Hold = null },
        QueueHeld held => this with { Hold = new QueueHold(held.Reason, held.Until) },
        DeliveryIntended intended => this with { Hold = null, Queue = Queue.Sent(intended.Message, intended.Number) },
        DeliveryAdvanced { State: MessageState.Submitted or MessageState.Confirmed } advanced when Traits.Answers
            => Advanced(advanced) with { Unanswered = advanced.State == MessageState.Confirmed && LastSubmitted == advanced.Message ? Unanswered : MessageAnswers.With(Unanswered, advanced.Message) },
        DeliveryAdvanced advanced => Advanced(advanced),
        MessageAnswered answered => this with { Unanswered = Unanswered.Remove(answered.Message) },
        DeliveryDeferred deferred => this with { Queue = Queue.Returned(), HoldUntil = deferred.At + MessageDelivery.RetryAfter(deferred.Attempt) },
        DeliveryEnded ended => this with { Queue = Queue.Without(ended.Message), LastSubmitted = LastSubmitted == ended.Message ? null : LastSubmitted },
        DialogEvent dialog => With(new DialogFold(Dialog, Decision, Policy).After(dialog)),
        LossEvent loss => LossFold.Into(this, loss),
        _ => throw new System.Diagnostics.UnreachableException($"an agent has no rule for the event {e.GetType().Name}"),
    };

    private Agent With(DialogFold dialogs) => this with { Dialog = dialogs.Dialog, Decision = dialogs.Decision, Policy = dialogs.Policy };

    private Agent Advanced(DeliveryAdvanced advanced)
        => Queue.InFlight is { State: MessageState.Queued } flight && flight.Waiting.Message.Id == advanced.Message && Traits.Limits?.MessagesPerHour is > 0 and var most
            ? Stepped(advanced) with { TypedAt = TypedAt.Add(advanced.At).RemoveRange(0, Math.Max(0, TypedAt.Count + 1 - most)) }
            : Stepped(advanced);

    private Agent Stepped(DeliveryAdvanced advanced) => advanced.State switch
    {
        // Typing moves the mark, once: a report that comes a second time after a crash must not move it again.
        MessageState.Typed when Queue.InFlight is { State: MessageState.Queued } flight
            => this with { NextNumber = flight.Number + 1, Queue = Queue with { InFlight = flight with { State = MessageState.Typed } } },
        MessageState.Typed => this,
        MessageState.Confirmed when LastSubmitted == advanced.Message => this with { LastSubmitted = null },
        _ => this with { LastSubmitted = advanced.State == MessageState.Submitted ? advanced.Message : LastSubmitted, Queue = Queue.Without(advanced.Message), NextNumber = Queue.InFlight is { } sent ? Math.Max(NextNumber, sent.Number + 1) : NextNumber },
    };
}

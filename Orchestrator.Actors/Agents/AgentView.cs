using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>An agent as it is read: the row of the view <c>agents</c>, keyed by name.</summary>
public sealed record AgentView
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "agents";

    /// <summary>The agent's name.</summary>
    public required AgentName Name { get; init; }

    /// <summary>The public state.</summary>
    public AgentState State { get; init; } = AgentState.Offline;

    /// <summary>The observed detail.</summary>
    public AgentActivity? Activity { get; init; }

    /// <summary>The detail in words.</summary>
    public string? Detail { get; init; }

    /// <summary>For a limit: when it ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When state or activity last changed.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The fact that decided.</summary>
    public AgentFact? Fact { get; init; }

    /// <summary>What a person wants.</summary>
    public DesiredState Desired { get; init; }

    /// <summary>How its program is driven.</summary>
    public string Profile { get; init; } = string.Empty;

    /// <summary>Its role.</summary>
    public string Role { get; init; } = AgentRole.Default;

    /// <summary>Its name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Its working folder.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>The words that replace the profile's command.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The model in place of its role's.</summary>
    public string? Model { get; init; }

    /// <summary>The temperature in place of its role's.</summary>
    public double? Temperature { get; init; }

    /// <summary>The account whose limits its program shares with others.</summary>
    public string? Account { get; init; }

    /// <summary>Why its queue waits although the program could take a message.</summary>
    public QueueHold? Hold { get; init; }

    /// <summary>Its own worktree.</summary>
    public AgentWorktree? Worktree { get; init; }

    /// <summary>The node that it is placed on.</summary>
    public string? Node { get; init; }

    /// <summary>Its placement.</summary>
    public Generation Generation { get; init; }

    /// <summary>Its pane.</summary>
    public AgentPane? Pane { get; init; }

    /// <summary>How many messages wait or are being delivered.</summary>
    public int QueueLength { get; init; }

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whom it reports to.</summary>
    public AgentName? ReportsTo { get; init; }

    /// <summary>Whom it manages.</summary>
    public ImmutableArray<AgentName> Manages { get; init; } = [];

    /// <summary>Whom it works with.</summary>
    public ImmutableArray<AgentName> CollaboratesWith { get; init; } = [];

    /// <summary>When it was registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The dialog that is on its screen.</summary>
    public OpenDialog? Dialog { get; init; }

    /// <summary>The last decision about a dialog of it.</summary>
    public DialogDecision? Decision { get; init; }

    /// <summary>The policy that decides its dialogs; null for that of its role.</summary>
    public string? Policy { get; init; }

    /// <summary>What becomes of it when its node is lost; null for what its node is set to.</summary>
    public LossPolicy? OnNodeLoss { get; init; }

    /// <summary>What was decided when its node was lost, while that holds.</summary>
    public LossPlan? Loss { get; init; }

    /// <summary>Labels that its node must have.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The position of its last event.</summary>
    public long Position { get; init; }

    /// <summary>The message that was submitted last: its confirmation does not count a second time.</summary>
    public MessageId? LastSubmitted { get; init; }

    /// <summary>The conversation with its program.</summary>
    public SessionView? Session { get; init; }

    /// <summary>When anything last happened to it: a message, a change of its state, somebody's wish. That a node took its pane up again is nothing.</summary>
    public DateTimeOffset LastActiveAt { get; init; }

    /// <summary>When its pane was bound to it.</summary>
    public DateTimeOffset? PaneSince { get; init; }

    /// <summary>How it has done.</summary>
    public AgentPerformance Performance { get; init; } = AgentPerformance.None;

    /// <summary>What was on the pane when the program last ended.</summary>
    public CapturedOutput? Output { get; init; }
}

/// <summary>The conversation of an agent with its program.</summary>
/// <param name="Id">The program's own id of it, if it is known.</param>
/// <param name="How">How the present or last program began with it; null if nobody knows.</param>
/// <param name="Reason">Why the one before was not taken up again, if that was wanted.</param>
/// <param name="CompactedAt">When the program was last seen to have shortened what it remembers, and nobody has briefed it since.</param>
public sealed record SessionView(string? Id, SessionStart? How, string? Reason, DateTimeOffset? CompactedAt);

/// <summary>The whole pane as it was when a program ended.</summary>
public sealed record CapturedOutput(Generation Generation, DateTimeOffset At, string Text);

/// <summary>Folds the events of agents into their rows.</summary>
public sealed class AgentProjection : Projection<AgentView>
{
    /// <inheritdoc/>
    public override string Name => AgentView.ViewName;

    /// <inheritdoc/>
    public override int Version => 3;

    /// <inheritdoc/>
    public override string PartitionOf(string key, AgentView value) => value.Role;

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is AgentEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override AgentView? Fold(string key, AgentView? current, EventEnvelope e)
    {
        var before = current ?? new AgentView { Name = AgentName.Parse(key) };
        var after = Folded(before, e);
        return after with
        {
            Position = e.Position.Value,
            LastActiveAt = e.Event is PaneBound { Adopted: true } ? before.LastActiveAt : e.At,
            Performance = e.Event is AgentEvent known ? after.Performance.Folded(before.Activity, known) : after.Performance,
        };
    }

    private static readonly SessionView NoSession = new(Id: null, How: null, Reason: null, CompactedAt: null);

    private static AgentView Folded(AgentView view, EventEnvelope e) => e.Event switch
    {
        AgentRegistered registered => new AgentView
        {
            Name = registered.Name,
            Since = registered.At,
            Profile = registered.Profile,
            Role = registered.Role,
            DisplayName = registered.DisplayName,
            Folder = registered.Folder,
            Command = registered.Command,
            Model = registered.Model,
            Temperature = registered.Temperature,
            Metadata = registered.Metadata,
            ReportsTo = registered.ReportsTo,
            CreatedAt = registered.At,
            Labels = registered.Labels ?? [],
            Generation = view.Generation,
        },
        AgentRefitted refitted => view with { Profile = refitted.Profile, Model = refitted.Model },
        AgentDescribed described => view with
        {
            Role = described.Role,
            DisplayName = described.DisplayName,
            Metadata = described.Metadata,
            ReportsTo = described.ReportsTo,
            Manages = described.Manages,
            CollaboratesWith = described.CollaboratesWith,
        },
        PlacedOnNode placed => view with
        {
            State = AgentState.Active,
            Activity = AgentActivity.Starting,
            Detail = null,
            Until = null,
            Fact = null,
            Since = placed.At,
            Desired = DesiredState.Running,
            Node = placed.Node,
            Generation = placed.Generation,
            Pane = null,
            Loss = null,
            Dialog = null,
        },
        PaneBound bound => view with { Loss = null, Pane = bound.Pane, PaneSince = bound.At, Account = bound.Account, Worktree = bound.Worktree ?? view.Worktree },
        StartFailed failed => view with
        {
            State = AgentState.Error,
            Activity = null,
            Detail = failed.Reason,
            Since = failed.At,
            Pane = null,
            Fact = new AgentFact("worker", Rule: null, failed.Reason, failed.At),
        },
        ActivityChanged changed => view with
        {
            State = changed.State,
            Activity = changed.Activity,
            Detail = changed.Detail,
            Until = changed.Until,
            Since = changed.At,
            Fact = changed.Fact,
        },
        TypingPaused paused => view with { Hold = new QueueHold(paused.Reason, paused.Until) },
        TypingResumed => view with { Hold = null },
        QueueHeld held => view with { Hold = new QueueHold(held.Reason, held.Until) },
        DeliveryIntended => view with { Hold = null },
        SessionBegan began => view with { Session = new SessionView(began.Session ?? (began.How == SessionStart.Resumed ? view.Session?.Id : null), began.How, began.Reason, CompactedAt: null) },
        SessionSeen seen => view with { Session = (view.Session ?? NoSession) with { Id = seen.Session } },
        ContextCompacted compacted => view with { Session = (view.Session ?? NoSession) with { CompactedAt = compacted.At } },
        AgentBriefed => view with { Session = (view.Session ?? NoSession) with { CompactedAt = null } },
        StateMarked { To: AgentState.Terminated } => view,
        StateMarked marked => view with
        {
            State = marked.To,
            Activity = null,
            Detail = marked.Reason,
            Until = null,
            Since = marked.At,
            Fact = new AgentFact("person", Rule: null, $"{marked.By}: {marked.Reason}", marked.At),
        },
        StopRequested => view with { Desired = DesiredState.Stopped },
        PaneEnded ended => view with
        {
            State = ended.State,
            Activity = AgentActivity.Exited,
            Detail = ended.Exit.Reason,
            Until = null,
            Since = ended.At,
            Pane = null,
            Dialog = null,
            Fact = new AgentFact("process", Rule: null, ended.Exit.Reason, ended.At),
        },
        OutputCaptured captured => view with { Output = new CapturedOutput(captured.Generation, captured.At, captured.Output) },
        AgentTerminated terminated => view with { State = AgentState.Terminated, Activity = null, Detail = null, Since = terminated.At, Desired = DesiredState.Stopped, Pane = null, Dialog = null, QueueLength = 0 },
        MessageAccepted => view with { QueueLength = view.QueueLength + 1 },
        DeliveryAdvanced { State: MessageState.Submitted } submitted => view with { QueueLength = view.QueueLength - 1, LastSubmitted = submitted.Message },
        DeliveryAdvanced { State: MessageState.Confirmed } confirmed when view.LastSubmitted == confirmed.Message => view with { LastSubmitted = null },
        DeliveryAdvanced { State: MessageState.Confirmed } => view with { QueueLength = view.QueueLength - 1 },
        DeliveryEnded ended when view.LastSubmitted == ended.Message => view with { LastSubmitted = null },
        DeliveryEnded => view with { QueueLength = view.QueueLength - 1 },
        DialogEvent dialog => With(view, new DialogFold(view.Dialog, view.Decision, view.Policy).After(dialog)),
        LossEvent loss => LossFold.Into(view, loss),
        _ => view,
    };

    private static AgentView With(AgentView view, DialogFold dialogs) => view with { Dialog = dialogs.Dialog, Decision = dialogs.Decision, Policy = dialogs.Policy };
}

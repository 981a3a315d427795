using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>An agent as the API shows it.</summary>
/// <param name="Name">Its id: lower-case letters, digits and dashes, at most 40.</param>
/// <param name="State">offline, active, idle, busy, error or terminated.</param>
/// <param name="Activity">The observed detail: starting, ready, working, awaiting_approval, awaiting_answer, unsubmitted_input, turn_failed, rate_limited, auth_required, hung, exited, copy_mode, node_lost; null where nothing is observed.</param>
/// <param name="Detail">More of the activity in words, for example the exit code.</param>
/// <param name="Since">When state or activity last changed.</param>
/// <param name="Desired">What a person wants: running or stopped.</param>
/// <param name="Profile">How its program is driven.</param>
/// <param name="Role">Its role.</param>
/// <param name="DisplayName">A name for people, free text.</param>
/// <param name="Folder">The working folder that was asked for, canonical.</param>
/// <param name="Worktree">Its own git worktree, if it has one; then it works there.</param>
/// <param name="Node">The node that it is placed on.</param>
/// <param name="Generation">How often it has been placed; each start is one more.</param>
/// <param name="QueueLength">How many messages wait for it or are being delivered.</param>
/// <param name="Pane">The pane, while it has one.</param>
/// <param name="Fact">What decided the state.</param>
/// <param name="Metadata">Free key-value pairs, merged by updates.</param>
/// <param name="Relationships">Whom it reports to, manages, works with.</param>
/// <param name="Model">The model in place of its role's.</param>
/// <param name="Temperature">The temperature in place of its role's.</param>
/// <param name="Account">The account whose limits its program shares with others.</param>
/// <param name="Hold">Why its queue waits although its program could take a message.</param>
/// <param name="Session">The conversation with its program.</param>
/// <param name="Performance">How it has done.</param>
/// <param name="LastActiveAt">When anything last happened to it.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="Position">The journal position of the last change.</param>
/// <param name="Dialog">The dialog that is on its screen.</param>
/// <param name="Decision">The last decision about a dialog of it.</param>
/// <param name="Policy">The policy that decides its dialogs; null for that of its role.</param>
/// <param name="OnNodeLoss">What becomes of it when its node is lost: wait, re_place or leave; null for what its node is set to.</param>
/// <param name="Loss">What was decided about it when its node was lost, while that holds.</param>
public sealed record AgentInfo(
    string Name,
    string State,
    string? Activity,
    string? Detail,
    DateTimeOffset Since,
    string Desired,
    string Profile,
    string Role,
    string? DisplayName,
    string Folder,
    WorktreeInfo? Worktree,
    string? Node,
    long Generation,
    int QueueLength,
    PaneInfo? Pane,
    FactInfo? Fact,
    ImmutableSortedDictionary<string, string> Metadata,
    RelationshipsInfo Relationships,
    string? Model,
    double? Temperature,
    string? Account,
    HoldInfo? Hold,
    SessionInfo? Session,
    PerformanceInfo Performance,
    DateTimeOffset LastActiveAt,
    DateTimeOffset CreatedAt,
    long Position,
    DialogInfo? Dialog,
    DecisionInfo? Decision,
    string? Policy,
    string? OnNodeLoss,
    LossInfo? Loss);

/// <summary>How many agents there are.</summary>
/// <param name="Total">All of them, also those that have ended.</param>
/// <param name="States">How many are in each state; every state is there.</param>
public sealed record RegistryInfo(int Total, ImmutableSortedDictionary<string, int> States);

/// <summary>What was decided about an agent when its node was lost.</summary>
/// <param name="Policy">wait, re_place or leave.</param>
/// <param name="RePlaceAt">Not before this time it is started elsewhere; null unless it is re-placed.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LossInfo(string Policy, DateTimeOffset? RePlaceAt, string Reason);

/// <summary>Why a queue waits although the program could take a message.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">Until when, if that is known.</param>
public sealed record HoldInfo(string Reason, DateTimeOffset? Until);

/// <summary>The conversation of an agent with its program.</summary>
/// <param name="Id">The program's own id of it, if it is known.</param>
/// <param name="How">How the present or last program began with it: fresh, resumed or re_briefed.</param>
/// <param name="Reason">Why the one before was not taken up again, if that was wanted.</param>
/// <param name="CompactedAt">When the program was last seen to have shortened what it remembers, if nobody has briefed it since.</param>
public sealed record SessionInfo(string? Id, string? How, string? Reason, DateTimeOffset? CompactedAt);

/// <summary>How an agent has done since it was registered.</summary>
/// <param name="Completed">Messages whose turn ended with the agent at its prompt.</param>
/// <param name="Failed">Messages whose turn ended in an error, with a hang or with the program, or that could not be delivered.</param>
/// <param name="Interrupted">Messages whose turn was cut off because somebody stopped the program.</param>
/// <param name="Open">Messages whose turns are not over yet.</param>
/// <param name="MeanResponseSeconds">From a message's acceptance to the end of its turn, on average over the completed ones.</param>
/// <param name="LastResponseSeconds">The same of the one that was completed last.</param>
/// <param name="SuccessRate">The completed part of all that were completed or failed, 0 to 1.</param>
/// <param name="LastError">What went wrong last.</param>
/// <param name="LastErrorAt">When that was.</param>
/// <param name="Crashes">How often its program ended by itself and not well.</param>
/// <param name="UptimeSeconds">How long its programs have run, together, up to the moment of the answer.</param>
/// <param name="RunsSince">Since when the present program runs.</param>
public sealed record PerformanceInfo(
    int Completed,
    int Failed,
    int Interrupted,
    int Open,
    double? MeanResponseSeconds,
    double? LastResponseSeconds,
    double? SuccessRate,
    string? LastError,
    DateTimeOffset? LastErrorAt,
    int Crashes,
    double UptimeSeconds,
    DateTimeOffset? RunsSince);

/// <summary>An agent's own git worktree.</summary>
public sealed record WorktreeInfo(string Path, string Branch);

/// <summary>The pane of an agent.</summary>
/// <param name="Id">The tmux pane id, <c>%n</c>.</param>
/// <param name="Window">The tmux window id, <c>@n</c>.</param>
/// <param name="Pid">The process id of the program that tmux started.</param>
/// <param name="Socket">The socket of the tmux server.</param>
public sealed record PaneInfo(string Id, string Window, int Pid, string Socket);

/// <summary>A fact about an agent.</summary>
/// <param name="Source">process, hook, title, screen, worker or person.</param>
/// <param name="Rule">The rule that matched, if it was one.</param>
/// <param name="Evidence">What was seen, shortened.</param>
/// <param name="At">When.</param>
public sealed record FactInfo(string Source, string? Rule, string Evidence, DateTimeOffset At);

/// <summary>Whom an agent has to do with; names of agents.</summary>
public sealed record RelationshipsInfo(string? ReportsTo, ImmutableArray<string> Manages, ImmutableArray<string> CollaboratesWith);

/// <summary>A request to register an agent and, unless <see cref="Start"/> is false, to start it.</summary>
public sealed record SpawnRequest
{
    /// <summary>The agent whose work it takes over: it is briefed with what that one has left (GET /api/v1/handovers/NAME).</summary>
    public string? SuccessorOf { get; init; }

    /// <summary>false: its program is not told of the tools of the orchestrator, where its profile says how.</summary>
    public bool? Tools { get; init; }

    /// <summary>Its name: <c>^[a-z0-9][a-z0-9-]{0,39}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The profile, for example qwen, shell or demo.</summary>
    public required string Profile { get; init; }

    /// <summary>The working folder, absolute; it must exist.</summary>
    public required string Folder { get; init; }

    /// <summary>The role: orchestrator, project_manager, developer (the default), qa, devops, code_reviewer, researcher, documentation, temporary.</summary>
    public string? Role { get; init; }

    /// <summary>A name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Give it its own git worktree and branch of the repository that <see cref="Folder"/> is in.</summary>
    public bool Worktree { get; init; }

    /// <summary>The branch of the worktree; <c>agent/NAME</c> unless said.</summary>
    public string? Branch { get; init; }

    /// <summary>Replaces the profile's command; words, no shell. Only for profiles that allow it (shell).</summary>
    public ImmutableArray<string>? Command { get; init; }

    /// <summary>Key-value pairs.</summary>
    public ImmutableSortedDictionary<string, string>? Metadata { get; init; }

    /// <summary>The agent that it reports to.</summary>
    public string? ReportsTo { get; init; }

    /// <summary>The model in place of its role's; only for profiles that say how their program is told one.</summary>
    public string? Model { get; init; }

    /// <summary>The temperature in place of its role's, 0 to 2; only for profiles that say how their program is told one.</summary>
    public double? Temperature { get; init; }

    /// <summary>The policy that decides its dialogs; that of its role unless said.</summary>
    public string? Policy { get; init; }

    /// <summary>What becomes of it when its node is lost: wait (for it), re_place (start it on another node, once the guard of the lost one has stopped it) or leave (to a person); what the node is set to unless said.</summary>
    public string? OnNodeLoss { get; init; }

    /// <summary>The node of the cluster to start it on; the one with the fewest agents unless said.</summary>
    public string? Node { get; init; }

    /// <summary>Labels that its node must have, all of them.</summary>
    public ImmutableArray<string>? Labels { get; init; }

    /// <summary>Start it at once: yes, unless it is false. (Defaults of a contract must be nulls: what is missing in JSON is not initialised.)</summary>
    public bool? Start { get; init; }
}

/// <summary>A change to an agent's descriptive parts; what is null stays.</summary>
public sealed record UpdateAgentRequest
{
    /// <summary>The new role.</summary>
    public string? Role { get; init; }

    /// <summary>The new name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The policy that decides its dialogs; empty for that of its role.</summary>
    public string? Policy { get; init; }

    /// <summary>What becomes of it when its node is lost: wait, re_place or leave; empty for what its node is set to.</summary>
    public string? OnNodeLoss { get; init; }

    /// <summary>Merged into the metadata; an empty value removes the key.</summary>
    public ImmutableSortedDictionary<string, string>? Metadata { get; init; }

    /// <summary>The agent that it reports to; empty removes it.</summary>
    public string? ReportsTo { get; init; }

    /// <summary>The agents that it manages.</summary>
    public ImmutableArray<string>? Manages { get; init; }

    /// <summary>The agents that it works with.</summary>
    public ImmutableArray<string>? CollaboratesWith { get; init; }
}

/// <summary>A state to be set by hand, if the agent is still in the one that is expected.</summary>
/// <param name="From">The state that it is expected to be in.</param>
/// <param name="To">offline, error or terminated.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
public sealed record TransitionRequest(string From, string To, string? Reason);

/// <summary>A pane to be taken over.</summary>
/// <param name="Pane">The tmux pane id, <c>%n</c>.</param>
public sealed record AdoptRequest(string Pane);

/// <summary>What is on an agent's screen, or was when it ended.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Source">pane (now) or ended (captured when it was stopped).</param>
/// <param name="CapturedAt">When.</param>
/// <param name="Text">The lines, without escapes.</param>
public sealed record OutputInfo(string Agent, string Source, DateTimeOffset CapturedAt, string Text);

/// <summary>What the program of an agent has written down of its conversation.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement of the program.</param>
/// <param name="Source">program (it runs, and this is what it has written so far) or kept (it has ended, and this is what was kept then).</param>
/// <param name="From">Where the program had written it.</param>
/// <param name="At">When it was kept, or read.</param>
/// <param name="Node">The node that has it.</param>
/// <param name="LeftOut">How many bytes before the first line were left out, because it was larger than <c>orchestrator.agents.transcript-size</c>; 0: it is whole.</param>
/// <param name="Total">How many lines there are.</param>
/// <param name="Lines">The last of them, as many as were asked for; tokens of this product are replaced.</param>
public sealed record TranscriptInfo(string Agent, long Generation, string Source, string From, DateTimeOffset At, string Node, long LeftOut, int Total, ImmutableArray<string> Lines);

/// <summary>Why an agent is shown as it is.</summary>
/// <param name="Agent">The agent as it is shown.</param>
/// <param name="Decided">The fact that decided, in words.</param>
/// <param name="Facts">Every fact known, the most trusted first.</param>
/// <param name="Rules">Every screen rule of the profile and whether it matches now.</param>
/// <param name="Waiting">Why the next message is not being typed, if one waits.</param>
/// <param name="Screen">The last lines of the screen that the rules were read on.</param>
public sealed record ExplainInfo(AgentInfo Agent, string Decided, ImmutableArray<FactInfo> Facts, ImmutableArray<RuleInfo> Rules, string? Waiting, ImmutableArray<string> Screen);

/// <summary>A screen rule and what became of it.</summary>
public sealed record RuleInfo(string Name, string Activity, int Priority, bool Matched, bool Won, string? Where, string? Evidence);

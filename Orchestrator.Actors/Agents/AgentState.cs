namespace Orchestrator.Actors.Agents;

/// <summary>The public state of an agent. <see cref="AgentLifecycle"/> says which follows which.</summary>
public enum AgentState
{
    /// <summary>No program runs.</summary>
    Offline,

    /// <summary>The program is up, but cannot take work yet.</summary>
    Active,

    /// <summary>At its prompt.</summary>
    Idle,

    /// <summary>A turn is running, or it waits for a person in the middle of one.</summary>
    Busy,

    /// <summary>It failed: crashed, hung, signed out, could not be started.</summary>
    Error,

    /// <summary>Ended for good; its history stays.</summary>
    Terminated,
}

/// <summary>The observed detail beside the state.</summary>
public enum AgentActivity
{
    /// <summary>Launched, takes no input yet.</summary>
    Starting,

    /// <summary>At its prompt, input empty, nothing running.</summary>
    Ready,

    /// <summary>A turn is running.</summary>
    Working,

    /// <summary>Asks for permission; also trust and safety questions.</summary>
    AwaitingApproval,

    /// <summary>Asks a person a question.</summary>
    AwaitingAnswer,

    /// <summary>At its prompt with a draft, an open menu or a special input mode.</summary>
    UnsubmittedInput,

    /// <summary>At its prompt; the last turn ended in an error.</summary>
    TurnFailed,

    /// <summary>A usage limit was hit.</summary>
    RateLimited,

    /// <summary>Not signed in.</summary>
    AuthRequired,

    /// <summary>Working for longer than its profile allows without a sign of progress.</summary>
    Hung,

    /// <summary>The program is gone.</summary>
    Exited,

    /// <summary>A person scrolls in tmux copy mode.</summary>
    CopyMode,

    /// <summary>The node that it is on is lost.</summary>
    NodeLost,
}

/// <summary>What a person wants of an agent.</summary>
public enum DesiredState
{
    /// <summary>No program.</summary>
    Stopped,

    /// <summary>A running program.</summary>
    Running,
}

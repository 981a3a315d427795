namespace Orchestrator.Actors.Tasks;

/// <summary>Where a task stands on the board.</summary>
public enum TaskState
{
    /// <summary>Nobody is to do it yet.</summary>
    Backlog,

    /// <summary>It waits for tasks that it depends on.</summary>
    Blocked,

    /// <summary>In the queue of an agent or a role.</summary>
    Queued,

    /// <summary>An agent works on it.</summary>
    InProgress,

    /// <summary>It was said to be complete; its check command decides.</summary>
    Checking,

    /// <summary>It was said to be complete; its reviewer decides.</summary>
    InReview,

    /// <summary>Complete, and accepted by whatever had to decide.</summary>
    Done,

    /// <summary>Its last execution failed; nobody has dealt with it yet.</summary>
    Failed,

    /// <summary>Given up.</summary>
    Cancelled,
}

/// <summary>How far an execution of a task has come.</summary>
public enum ExecutionStatus
{
    /// <summary>It waits in a queue, or its message has not reached the agent yet.</summary>
    Pending,

    /// <summary>An agent works on it.</summary>
    Running,

    /// <summary>Complete and accepted.</summary>
    Completed,

    /// <summary>It ended without the result.</summary>
    Failed,

    /// <summary>It was given up, or handed to somebody else.</summary>
    Cancelled,
}

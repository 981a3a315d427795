using System.Net;

namespace Orchestrator.Client;

/// <summary>Something that was asked of a node was not done; the message says what is wrong and what to do.</summary>
public abstract class OrchestratorException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it may have been done all the same, or may still be: a write of which no certain answer came.</summary>
    public bool MayHaveHappened { get; init; }
}

/// <summary>The node has refused: it answered with problem details.</summary>
public sealed class ApiException : OrchestratorException
{
    /// <summary>Wraps what the node said.</summary>
    public ApiException(HttpStatusCode status, ProblemInfo problem)
        : base(problem.Detail ?? problem.Title)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What the node said.</summary>
    public ProblemInfo Problem { get; }

    /// <summary>The stable code, for example <c>not-found</c>; empty if the node gave none.</summary>
    public string Code => Problem.Code ?? string.Empty;
}

/// <summary>The node could not be reached, or the connection broke before it had answered. Whether a write was done is not known; the same call with the same id tells.</summary>
public sealed class NodeUnreachableException(string message, Exception? inner = null) : OrchestratorException(message, inner);

/// <summary>No node or no token was found; the message says how to start one or where a token comes from.</summary>
public sealed class NoNodeException(string message) : OrchestratorException(message);

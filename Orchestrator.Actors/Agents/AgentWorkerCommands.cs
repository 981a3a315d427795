using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>Start the program of an agent in a pane of this node, or adopt the pane if it is there already.</summary>
public sealed record SpawnPane(AgentName Agent, Generation Generation, string Profile, string Folder, string Role, string? WorktreeBranch, ImmutableArray<string> Command, string? AdoptPane, string? Model, double? Temperature, SessionPlan? Session, bool? NoTools = null) : WorkerCommand
{
    /// <summary>What becomes of the agent when this node is lost; null for what the node is set to.</summary>
    public LossPolicy? OnNodeLoss { get; init; }

    /// <summary>Up to where the agent's branch is in the remote repository, if it comes from another node.</summary>
    public PushedWork? Fetch { get; init; }
}

/// <summary>Capture the whole pane of an agent, then stop its program.</summary>
public sealed record StopPane(AgentName Agent, Generation Generation, bool Force) : WorkerCommand;

/// <summary>Deliver a message. The command stays until the outcome is reported, so it is taken up again after a crash; the marks in tmux tell where.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement that the intent belongs to.</param>
/// <param name="Message">The message's id.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Number">The value of the pane's mark <c>@n</c> before it is typed.</param>
/// <param name="Pane">The pane and server of the intent.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Seal">Ends the envelope.</param>
/// <param name="Text">The text.</param>
/// <param name="ExpiresAt">After this it is not typed.</param>
public sealed record DeliverMessage(AgentName Agent, Generation Generation, MessageId Message, int Attempt, long Number, AgentPane Pane, string From, string Seal, string Text, DateTimeOffset? ExpiresAt) : WorkerCommand;

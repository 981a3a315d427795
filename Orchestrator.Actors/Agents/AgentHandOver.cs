using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.HandOvers;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Recovery;
using Orchestrator.Runtime;

using HandOver = Orchestrator.Actors.HandOvers.HandOver;

namespace Orchestrator.Actors.Agents;

/// <summary>Whether an agent can be asked for a note before its work is given to somebody else.</summary>
internal static class AgentHandOver
{
    public static Effects Asking(Agent agent, AskToHandOver ask, DecisionContext context)
    {
        if (Unable(agent) is { } why)
        {
            return Effects.None.ThenTell(AgentRecovery.Of(agent.Name), new NoteNoHandOver($"it could not be asked: {why}"));
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"hand-over/{context.Self}/{context.CommandId}/{context.Version}"));
        return Effects.None.ThenTell(HandOver.Entity(agent.Name), new AskHandOver(EndingThen.GoOn, ask.Limit, Unable: null, MessageId.Derived(context.Now, hash), Seal.Derived(hash)));
    }

    // Asked all the same while it works: it may take the message, and its limit is short.
    private static string? Unable(Agent agent) => agent switch
    {
        { Registered: false } => "it is gone",
        { Activity: AgentActivity.NodeLost } => "its node is lost",
        { Pane: null } => $"it is {agent.State.Words()} and has no program",
        { Desired: DesiredState.Stopped } => "it is being stopped",
        { Traits.TakesBrief: false } => "its program runs what it is told",
        { HasBeenReady: false } => "its program is still starting",
        { Dialog: not null } or { Activity: AgentActivity.AwaitingApproval or AgentActivity.AwaitingAnswer } => "it asks something itself",
        { Paused: { } paused } => paused.Reason,
        { Activity: AgentActivity.Hung or AgentActivity.RateLimited or AgentActivity.AuthRequired or AgentActivity.Exited } => $"it is {agent.Activity.Value.Words()}",
        _ => null,
    };
}

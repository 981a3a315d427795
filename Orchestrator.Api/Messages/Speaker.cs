using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;

namespace Orchestrator.Api.Messages;

/// <summary>Who speaks in a request: a person or a program of one, or an agent, whose token is named <c>agent/NAME</c>.</summary>
/// <param name="From">The name that others see.</param>
/// <param name="Agent">The agent, if it is one.</param>
internal sealed record Speaker(string From, AgentName? Agent)
{
    /// <summary>The one whose token the request carries.</summary>
    public static Speaker Of(HttpContext context)
        => TokenAuthentication.AgentOf(context.User) is { } agent ? new Speaker(agent.Entity.ToString(), agent) : new Speaker(Commands.SenderOf(context).Value, Agent: null);
}

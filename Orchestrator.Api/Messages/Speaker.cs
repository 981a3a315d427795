using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;

namespace Orchestrator.Api.Messages;

/// <summary>Who speaks in a request: a person or a program of one, or an agent, whose token is named <c>agent/NAME</c>.</summary>
/// <param name="From">The name that others see.</param>
/// <param name="Agent">The agent, if it is one.</param>
internal sealed record Speaker(string From, AgentName? Agent)
{
    private const string AgentPrefix = AgentName.Kind + "/";

    /// <summary>The one whose token the request carries.</summary>
    public static Speaker Of(HttpContext context)
    {
        var name = context.User.Identity?.Name ?? string.Empty;
        return name.StartsWith(AgentPrefix, StringComparison.Ordinal) && AgentName.TryParse(name[AgentPrefix.Length..], out var agent)
            ? new Speaker(name, agent)
            : new Speaker(Commands.SenderOf(context).Value, Agent: null);
    }
}

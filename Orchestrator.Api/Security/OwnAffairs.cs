using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;

namespace Orchestrator.Api.Security;

/// <summary>What a token of an agent permits beyond its route: an agent whose role has not the scope of the route itself may only touch what is its own.</summary>
internal static class OwnAffairs
{
    /// <summary>The agent that the request is limited to; null for people, and for an agent whose role has the scope of the route.</summary>
    public static AgentName? LimitedTo(this HttpContext context)
        => context.GetEndpoint()?.Metadata.GetMetadata<RequireScopeAttribute>()?.Scope is { } scope && !context.Has(scope) ? Speaker.Of(context).Agent : null;

    /// <summary>Whether the token has a scope, or a permission of agents.</summary>
    public static bool Has(this HttpContext context, string scope)
        => context.User.HasClaim(TokenAuthentication.ScopeClaim, scope) || context.User.HasClaim(TokenAuthentication.ScopeClaim, Scopes.Admin);

    /// <summary>Refuses what is another's.</summary>
    /// <exception cref="ProblemException">The request is limited to an agent, and this is not its own.</exception>
    public static void MustBeOwn(this HttpContext context, Func<AgentName, bool> isOwn, string what)
    {
        if (context.LimitedTo() is { } agent && !isOwn(agent))
        {
            throw Forbidden($"{agent} may not do this: {what}");
        }
    }

    /// <summary>What somebody is told who may not do this.</summary>
    public static ProblemException Forbidden(string why) => new(StatusCodes.Status403Forbidden, Problems.Forbidden, why);
}

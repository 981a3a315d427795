using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Orchestrator.Actors.Identity;

namespace Orchestrator.Api.Security;

/// <summary>The scope that a route demands; null: any valid token will do.</summary>
internal sealed class RequireScopeAttribute(string? scope) : AuthorizeAttribute, IAuthorizationRequirementData, IAuthorizationRequirement
{
    public string? Scope { get; } = scope;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>Grants a route to tokens with its scope.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<RequireScopeAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequireScopeAttribute requirement)
    {
        if (context.User.Identity?.IsAuthenticated is true
            && (requirement.Scope is null || context.User.HasClaim(TokenAuthentication.ScopeClaim, requirement.Scope) || context.User.HasClaim(TokenAuthentication.ScopeClaim, Scopes.Admin)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Puts scopes on routes.</summary>
internal static class RequireScopeExtensions
{
    /// <summary>The route demands <paramref name="scope"/>.</summary>
    public static TBuilder Scope<TBuilder>(this TBuilder builder, string? scope)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new RequireScopeAttribute(scope));

    private static TBuilder WithMetadata<TBuilder>(this TBuilder builder, object metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}

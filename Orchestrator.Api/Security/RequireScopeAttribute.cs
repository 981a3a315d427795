using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Orchestrator.Actors.Identity;

namespace Orchestrator.Api.Security;

/// <summary>The scope that a route demands; null: any valid token will do.</summary>
/// <param name="scope">The scope.</param>
/// <param name="permissions">What lets an agent in that has not the scope, any of them: then for what is its own (<see cref="OwnAffairs"/>).</param>
internal sealed class RequireScopeAttribute(string? scope, params string[] permissions) : AuthorizeAttribute, IAuthorizationRequirementData, IAuthorizationRequirement
{
    public string? Scope { get; } = scope;

    public IReadOnlyList<string> Permissions { get; } = permissions;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>Grants a route to tokens with its scope.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<RequireScopeAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequireScopeAttribute requirement)
    {
        var user = context.User;
        if (user.Identity?.IsAuthenticated is true
            && (requirement.Scope is null
                || user.HasClaim(TokenAuthentication.ScopeClaim, requirement.Scope)
                || user.HasClaim(TokenAuthentication.ScopeClaim, Scopes.Admin)
                || (TokenAuthentication.AgentOf(user) is not null && requirement.Permissions.Any(permission => user.HasClaim(TokenAuthentication.ScopeClaim, permission)))))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Puts scopes on routes.</summary>
internal static class RequireScopeExtensions
{
    /// <summary>The route demands <paramref name="scope"/>, or of an agent one of <paramref name="permissions"/>.</summary>
    public static TBuilder Scope<TBuilder>(this TBuilder builder, string? scope, params string[] permissions)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new RequireScopeAttribute(scope, permissions));

    private static TBuilder WithMetadata<TBuilder>(this TBuilder builder, object metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}

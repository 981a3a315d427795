using Orchestrator.Runtime;

namespace Orchestrator.Actors.Identity;

/// <summary>How the certificate authority is added to the runtime of a lighthouse.</summary>
public static class AuthorityModule
{
    /// <summary>Adds the authority and its join tokens.</summary>
    public static RuntimeBuilder AddAuthority(this RuntimeBuilder builder)
    {
        builder.Manifests.AddDomain();
        return builder
            .AddEntity(new EntityKind<Authority>(Authority.Kind, new AuthorityBehavior()))
            .AddEntity(new EntityKind<JoinToken>(JoinToken.Kind, new JoinTokenBehavior()));
    }
}

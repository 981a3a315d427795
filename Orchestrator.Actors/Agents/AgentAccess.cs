using System.Collections.Immutable;

using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>The worker is about to start the program, and gives it this token. The one before, if there is one, is revoked.</summary>
/// <param name="Generation">The placement that it is for.</param>
/// <param name="Hash">The SHA-256 of the token, in hexadecimal.</param>
/// <param name="Permissions">What its role allows: of <see cref="AgentPermissions.All"/> and <see cref="Scopes.All"/>.</param>
public sealed record GiveToken(Generation Generation, string Hash, ImmutableArray<string> Permissions) : AgentCommand;

/// <summary>Its program has a token of its own.</summary>
public sealed record TokenGiven(Generation Generation, string Hash, ImmutableArray<string> Permissions, DateTimeOffset At) : AgentEvent;

/// <summary>The token of an agent lives as long as the program that it was given to.</summary>
internal static class AgentAccess
{
    public static Effects Giving(Agent agent, GiveToken give, DecisionContext context)
        => give.Generation == agent.Generation && AgentPlacement.HasProgram(agent)
            ? Effects.Persist(new TokenGiven(give.Generation, give.Hash, give.Permissions, context.Now))
            : Effects.Refuse(RefusalCodes.Stale, $"{agent.Name} is generation {agent.Generation} now, and {agent.State.Words()}: no token is given to generation {give.Generation}");

    /// <summary>Tokens are issued and revoked with what has happened to the agent.</summary>
    public static Effects Told(Agent before, Agent after, Effects effects)
    {
        foreach (var given in effects.Events.OfType<TokenGiven>())
        {
            effects = effects.ThenTell(Token.Entity(given.Hash), new IssueToken(AgentPermissions.TokenName(after.Name.Value), given.Permissions, ExpiresAt: null));
        }

        return before.TokenHash is { } old && old != after.TokenHash
            ? effects.ThenTell(Token.Entity(old), new RevokeToken($"the program of {after.Name} that had it is gone"))
            : effects;
    }
}

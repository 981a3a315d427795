using System.Diagnostics;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Identity;

/// <summary>A token that lets one node join, once, named by the hash of its secret: <c>join-token/HASH</c>.</summary>
public sealed record JoinToken
{
    /// <summary>The kind of entity that join tokens are.</summary>
    public const string Kind = "join-token";

    /// <summary>The prefix of every join token, so that a leaked one is recognised.</summary>
    public const string Prefix = "orcjoin_";

    /// <summary>When it expires; null: never issued.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only node that it is for; null: any new one.</summary>
    public string? Node { get; init; }

    /// <summary>It has been used.</summary>
    public bool Used { get; init; }

    /// <summary>The entity of the join token whose secret has this hash.</summary>
    public static EntityId Entity(string hash) => new(Kind, hash);
}

/// <summary>Issue the token.</summary>
/// <param name="ExpiresAt">When it expires.</param>
/// <param name="Node">The only node that it is for, which may then have joined before; null: any new one.</param>
public sealed record IssueJoinToken(DateTimeOffset ExpiresAt, string? Node) : Command;

/// <summary>Use the token for a node: done, or refused.</summary>
public sealed record UseJoinToken(string Node) : Command;

/// <summary>It was issued.</summary>
public sealed record JoinTokenIssued(DateTimeOffset ExpiresAt, string? Node, string By, DateTimeOffset At) : Event;

/// <summary>It was used.</summary>
public sealed record JoinTokenUsed(string Node, DateTimeOffset At) : Event;

/// <summary>Ask whether it could be used for a node; answered as the use would be, and nothing happens.</summary>
public sealed record MayJoin(string Node) : Query;

/// <summary>It may be used.</summary>
/// <param name="Bound">It is for this node only, which may then have joined before.</param>
public sealed record JoinAllowed(bool Bound) : Reply;

/// <summary>The rules of a join token.</summary>
public sealed class JoinTokenBehavior : Behavior<JoinToken>
{
    /// <summary>The code of every refusal to join: who has no good token learns no more.</summary>
    public const string NotAllowed = "unauthorized";

    /// <inheritdoc/>
    public override JoinToken Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(JoinToken state, Command command, DecisionContext context) => command switch
    {
        IssueJoinToken when state.ExpiresAt is not null => Effects.Refuse(RefusalCodes.AlreadyExists, "this join token was issued before"),
        IssueJoinToken issue => Effects.Persist(new JoinTokenIssued(issue.ExpiresAt, issue.Node, context.Sender.Value, context.Now)),
        UseJoinToken use when Refusal(state, use.Node, context.Now) is { } refused => Effects.Answer(refused),
        UseJoinToken use => Effects.Persist(new JoinTokenUsed(use.Node, context.Now)),
        _ => throw new UnreachableException($"a join token has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override JoinToken Apply(JoinToken state, Event e) => e switch
    {
        JoinTokenIssued issued => state with { ExpiresAt = issued.ExpiresAt, Node = issued.Node },
        JoinTokenUsed => state with { Used = true },
        _ => throw new UnreachableException($"a join token has no rule for the event {e.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Reply Answer(JoinToken state, Query query, DateTimeOffset now) => query is MayJoin may
        ? Refusal(state, may.Node, now) ?? (Reply)new JoinAllowed(state.Node is not null)
        : base.Answer(state, query, now);

    /// <summary>Why the token cannot be used for a node now; null if it can.</summary>
    public static Refused? Refusal(JoinToken state, string node, DateTimeOffset now) => state switch
    {
        { ExpiresAt: null } => new Refused(NotAllowed, "this join token is not known"),
        { Used: true } => new Refused(NotAllowed, "this join token was used before: make another with orchestrator-lighthouse join-token"),
        _ when state.ExpiresAt <= now => new Refused(NotAllowed, "this join token has expired: make another with orchestrator-lighthouse join-token"),
        { Node: { } bound } when bound != node => new Refused(NotAllowed, "this join token is for another node"),
        _ => null,
    };
}

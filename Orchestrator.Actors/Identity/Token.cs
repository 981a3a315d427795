using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Identity;

/// <summary>What a token may be used for. A route demands one; none is implied by another, but <see cref="Admin"/> implies all.</summary>
public static class Scopes
{
    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    /// <summary>Read agents, their screens and histories.</summary>
    public const string AgentsRead = "agents:read";

    /// <summary>Spawn, start, stop, change and end agents.</summary>
    public const string AgentsWrite = "agents:write";

    /// <summary>Decide dialogs of agents: permit what they ask for, refuse it, answer.</summary>
    public const string DialogsWrite = "dialogs:write";

    /// <summary>Read messages.</summary>
    public const string MessagesRead = "messages:read";

    /// <summary>Send messages.</summary>
    public const string MessagesWrite = "messages:write";

    /// <summary>Read tasks, executions, gaps and check-ins.</summary>
    public const string TasksRead = "tasks:read";

    /// <summary>Add, assign and end tasks, review them, close gaps, make check-ins. A check command also takes <see cref="AgentsWrite"/>, because it runs a program.</summary>
    public const string TasksWrite = "tasks:write";

    /// <summary>Read the event stream, the journal, actors, inboxes, dead letters and settings.</summary>
    public const string SystemRead = "system:read";

    /// <summary>Resend and drop dead letters.</summary>
    public const string SystemWrite = "system:write";

    /// <summary>Change who is in the cluster: have members leave and join again, mark them down.</summary>
    public const string ClusterWrite = "cluster:write";

    /// <summary>All scopes.</summary>
    public static readonly ImmutableArray<string> All = [Admin, AgentsRead, AgentsWrite, DialogsWrite, MessagesRead, MessagesWrite, SystemRead, SystemWrite, ClusterWrite, TasksRead, TasksWrite];
}

/// <summary>Secrets as they are handed out and stored: 256 random bits, of which only the SHA-256 is kept.</summary>
public static partial class Secret
{
    /// <summary>The prefix of every token, so that a leaked one is recognised.</summary>
    public const string TokenPrefix = "orc_";

    /// <summary>A new token.</summary>
    public static string NewToken() => TokenPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>A new set-up code, to be read and typed by a person: four groups of five.</summary>
    public static string NewSetupCode()
        => string.Join('-', Enumerable.Range(0, 4).Select(static _ => RandomNumberGenerator.GetString("23456789ABCDEFGHJKMNPQRSTUVWXYZ", 5)));

    /// <summary><paramref name="text"/> without the tokens of this product that stand in it: for everything that an agent could print or say.</summary>
    public static string Redact(string text) => text.Contains(TokenPrefix, StringComparison.Ordinal) ? Tokens().Replace(text, TokenPrefix + "(redacted)") : text;

    /// <summary>What is stored of a secret.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    [GeneratedRegex("orc_[0-9a-f]{64}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();
}

/// <summary>A token, named by the hash of its secret: <c>token/HASH</c>.</summary>
public sealed record Token
{
    /// <summary>The kind of entity that tokens are.</summary>
    public const string Kind = "token";

    /// <summary>Whose it is; null: never issued.</summary>
    public string? Name { get; init; }

    /// <summary>It has been revoked.</summary>
    public bool Revoked { get; init; }

    /// <summary>The entity of the token whose secret has this hash.</summary>
    public static EntityId Entity(string hash) => new(Kind, hash);
}

/// <summary>Issue the token.</summary>
public sealed record IssueToken(string Name, ImmutableArray<string> Scopes, DateTimeOffset? ExpiresAt) : Command;

/// <summary>Revoke it for good.</summary>
public sealed record RevokeToken(string Reason) : Command;

/// <summary>It was issued.</summary>
public sealed record TokenIssued(string Name, ImmutableArray<string> Scopes, DateTimeOffset? ExpiresAt, string By, DateTimeOffset At) : Event;

/// <summary>It was revoked.</summary>
public sealed record TokenRevoked(string Reason, string By, DateTimeOffset At) : Event;

/// <summary>The rules of a token.</summary>
public sealed class TokenBehavior : Behavior<Token>
{
    /// <inheritdoc/>
    public override Token Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(Token state, Command command, DecisionContext context) => command switch
    {
        IssueToken when state.Name is not null => Effects.Refuse(RefusalCodes.AlreadyExists, "this token was issued before"),
        IssueToken issue when issue.Scopes.IsEmpty || issue.Scopes.Except(Scopes.All).Except(AgentPermissions.All).Any()
            => Effects.Refuse(RefusalCodes.Invalid, $"a token needs one or more of the scopes {string.Join(", ", Scopes.All)}"),
        IssueToken issue => Effects.Persist(new TokenIssued(issue.Name, issue.Scopes, issue.ExpiresAt, context.Sender.Value, context.Now)),
        RevokeToken when state.Name is null => Effects.Refuse(RefusalCodes.NotFound, "there is no such token"),
        RevokeToken when state.Revoked => Effects.None,
        RevokeToken revoke => Effects.Persist(new TokenRevoked(revoke.Reason, context.Sender.Value, context.Now)),
        _ => throw new UnreachableException($"a token has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Token Apply(Token state, Event e) => e switch
    {
        TokenIssued issued => state with { Name = issued.Name },
        TokenRevoked => state with { Revoked = true },
        _ => throw new UnreachableException($"a token has no rule for the event {e.GetType().Name}"),
    };
}

/// <summary>A token as it is looked up at each request: the row of the view <c>tokens</c>, keyed by the hash of the secret.</summary>
public sealed record TokenView(string Name, ImmutableArray<string> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "tokens";

    /// <summary>It may be used at <paramref name="now"/>.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    /// <summary>It may be used for <paramref name="scope"/>.</summary>
    public bool Allows(string scope) => this.Scopes.Contains(scope) || this.Scopes.Contains(Identity.Scopes.Admin);
}

/// <summary>Folds the events of tokens into their rows.</summary>
public sealed class TokenProjection : Projection<TokenView>
{
    /// <inheritdoc/>
    public override string Name => TokenView.ViewName;

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Entity.Kind == Token.Kind ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override TokenView? Fold(string key, TokenView? current, EventEnvelope e) => e.Event switch
    {
        TokenIssued issued => new TokenView(issued.Name, issued.Scopes, issued.ExpiresAt, issued.At, RevokedAt: null),
        // Those of agents come and go with each start of a program: what is not there is as good as revoked.
        TokenRevoked revoked => current is null || AgentPermissions.IsOfAgent(current.Name) ? null : current with { RevokedAt = revoked.At },
        _ => current,
    };
}

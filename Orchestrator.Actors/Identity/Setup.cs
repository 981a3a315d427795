using System.Diagnostics;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Identity;

/// <summary>The first set-up of a system: one code, to be used once, for the first administrator's token. The entity is <c>setup/first</c>.</summary>
public sealed record Setup
{
    private const int MaximumFailures = 10;

    /// <summary>The kind of entity.</summary>
    public const string Kind = "setup";

    /// <summary>The only one.</summary>
    public static readonly EntityId Entity = new(Kind, "first");

    /// <summary>The hash of the code that is valid now.</summary>
    public string? CodeHash { get; init; }

    /// <summary>How often a wrong code was given.</summary>
    public int Failures { get; init; }

    /// <summary>It has been used.</summary>
    public bool Completed { get; init; }

    /// <summary>No further code is looked at until the node issues another.</summary>
    public bool Locked => Failures >= MaximumFailures;
}

/// <summary>Issue a code, in place of the one before; refused once set-up is complete.</summary>
public sealed record IssueSetupCode(string CodeHash) : Command;

/// <summary>Use the code: the token of this hash is then issued to <paramref name="Name"/> with all scopes.</summary>
public sealed record CompleteSetup(string CodeHash, string TokenHash, string Name) : Command;

/// <summary>A code was issued.</summary>
public sealed record SetupCodeIssued(string CodeHash, DateTimeOffset At) : Event;

/// <summary>A wrong code was given.</summary>
public sealed record SetupCodeRefused(DateTimeOffset At) : Event;

/// <summary>The code was used.</summary>
public sealed record SetupCompleted(string Name, DateTimeOffset At) : Event;

/// <summary>The rules of the first set-up.</summary>
public sealed class SetupBehavior : Behavior<Setup>
{
    /// <inheritdoc/>
    public override Setup Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(Setup state, Command command, DecisionContext context) => command switch
    {
        IssueSetupCode when state.Completed => Effects.Refuse(RefusalCodes.IllegalState, "this system has been set up already"),
        IssueSetupCode issue => Effects.Persist(new SetupCodeIssued(issue.CodeHash, context.Now)),
        CompleteSetup when state.Completed => Effects.Refuse(RefusalCodes.IllegalState, "this system has been set up already: ask its administrator for a token"),
        CompleteSetup when state.Locked || state.CodeHash is null => Effects.Refuse(RefusalCodes.IllegalState, "too many wrong codes: restart the node for a new one"),
        CompleteSetup complete when complete.CodeHash != state.CodeHash
            => Effects.Persist(new SetupCodeRefused(context.Now)).ThenReply(new Refused(RefusalCodes.Invalid, "this is not the set-up code that the node printed when it started")),
        CompleteSetup complete => Effects.Persist(new SetupCompleted(complete.Name, context.Now))
            .ThenTell(Token.Entity(complete.TokenHash), new IssueToken(complete.Name, [Scopes.Admin], ExpiresAt: null)),
        _ => throw new UnreachableException($"set-up has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Setup Apply(Setup state, Event e) => e switch
    {
        SetupCodeIssued issued => state with { CodeHash = issued.CodeHash, Failures = 0 },
        SetupCodeRefused => state with { Failures = state.Failures + 1 },
        SetupCompleted => state with { Completed = true, CodeHash = null },
        _ => throw new UnreachableException($"set-up has no rule for the event {e.GetType().Name}"),
    };
}

using System.Text.Json.Serialization;

namespace Orchestrator.Runtime;

/// <summary>Something an entity is asked to do. Sealed, immutable, mapped in a <see cref="ManifestTable"/>.</summary>
public abstract record Command;

/// <summary>Something that has happened to an entity: small, past tense, never changed; mapped in a <see cref="ManifestTable"/>.</summary>
public abstract record Event;

/// <summary>The answer to a command or a query; a command's is stored under its command id.</summary>
public abstract record Reply;

/// <summary>A question to an entity that commits nothing.</summary>
public abstract record Query;

/// <summary>Something a node's worker is asked to do in the outside world, stored with the events that call for it.</summary>
public abstract record WorkerCommand;

/// <summary>The reply of a command that has nothing to say but that it was done.</summary>
public sealed record Done : Reply
{
    /// <summary>The one instance.</summary>
    public static readonly Done Instance = new();
}

/// <summary>The reply of a command that was not done: a stable code and a reason that a person can act on.</summary>
/// <param name="Code">One of <see cref="RefusalCodes"/>, or a code of the entity kind, in lower case with dashes.</param>
/// <param name="Reason">What is wrong and what to do.</param>
public sealed record Refused(string Code, string Reason) : Reply;

/// <summary>The refusal codes that every part knows.</summary>
public static class RefusalCodes
{
    /// <summary>There is no such thing.</summary>
    public const string NotFound = "not-found";

    /// <summary>There is one already.</summary>
    public const string AlreadyExists = "already-exists";

    /// <summary>Its present state does not allow it.</summary>
    public const string IllegalState = "illegal-state";

    /// <summary>The input is not valid.</summary>
    public const string Invalid = "invalid";

    /// <summary>Too much is waiting; try again later.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>The command id is older than the dedupe window, so whether it ran can no longer be known.</summary>
    public const string TooOld = "too-old";

    /// <summary>The entity failed on this command again and again; the command lies in the dead letters.</summary>
    public const string Poison = "poison";

    /// <summary>It belongs to a generation, writer or owner that is no longer current.</summary>
    public const string Stale = "stale";
}

/// <summary>Who sent a command: <c>client:NAME</c>, an entity (<c>agent/alice</c>), <c>reminder</c> or <c>worker:NODE</c>. Set by the runtime or the API, never by the sender.</summary>
[JsonConverter(typeof(SenderConverter))]
public readonly record struct Sender(string Value)
{
    /// <summary>A reminder that fired.</summary>
    public static readonly Sender Reminder = new("reminder");

    /// <summary>The sender that is the entity <paramref name="id"/>.</summary>
    public static Sender Entity(EntityId id) => new(id.ToString());

    /// <inheritdoc/>
    public override string ToString() => Value;
}

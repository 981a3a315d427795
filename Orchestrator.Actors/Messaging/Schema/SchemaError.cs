using System.Collections.Immutable;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>What is wrong at one place.</summary>
/// <param name="Place">The place as a JSON pointer (RFC 6901); empty for the whole.</param>
/// <param name="Keyword">The keyword of the schema that says so.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record SchemaError(string Place, string Keyword, string Message)
{
    /// <summary>Place and message in one line.</summary>
    public override string ToString() => Place.Length == 0 ? Message : $"{Place}: {Message}";
}

/// <summary>A schema makes no sense, or needs what is not supported.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>Of these errors, at places of the schema.</summary>
    public SchemaException(ImmutableArray<SchemaError> errors)
        : base(string.Join("; ", errors)) => Errors = errors;

    /// <summary>What is wrong, at places of the schema.</summary>
    public ImmutableArray<SchemaError> Errors { get; }
}

/// <summary>A place within a JSON text, written out only when it is asked for.</summary>
internal sealed record Place(Place? Parent, string Token)
{
    public static readonly Place Root = new(Parent: null, string.Empty);

    public Place To(string token) => new(this, token);

    public Place To(int index) => new(this, index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public override string ToString() => Parent is null ? string.Empty : $"{Parent}/{Escaped(Token)}";

    public static string Escaped(string token) => token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}

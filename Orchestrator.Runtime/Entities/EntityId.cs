using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Orchestrator.Runtime;

/// <summary>Names one entity: <c>kind/id</c>, for example <c>agent/alice</c>. It is the persistence id of its events.</summary>
[JsonConverter(typeof(EntityIdConverter))]
public readonly record struct EntityId
{
    /// <summary>The number of shards that all entities are spread over.</summary>
    public const int ShardCount = 64;

    private const int MaximumLength = 200;

    /// <summary>Makes the id of the entity <paramref name="id"/> of kind <paramref name="kind"/>.</summary>
    /// <exception cref="ArgumentException">A part is empty, too long (together over 200 characters), or has a character that is not a letter, a digit or one of <c>- _ . : @ /</c>.</exception>
    public EntityId(string kind, string id)
    {
        if (!IsKind(kind) || !IsId(id) || kind.Length + id.Length >= MaximumLength)
        {
            throw new ArgumentException($"'{kind}/{id}' is not an entity id: use letters, digits and - _ . : @, at most {MaximumLength} characters", nameof(id));
        }

        Kind = kind;
        Id = id;
    }

    /// <summary>The kind: decides which behaviour answers.</summary>
    public string Kind { get; }

    /// <summary>The id within the kind.</summary>
    public string Id { get; }

    /// <summary>The shard that owns the entity: the first four bytes of SHA-256 of <c>kind/id</c>, modulo 64.</summary>
    public int Shard
    {
        get
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(ToString()), hash);
            return (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % ShardCount);
        }
    }

    /// <summary>Reads <c>kind/id</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EntityId id)
    {
        id = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 1 || text.Length > MaximumLength || !IsKind(text[..slash]) || !IsId(text[(slash + 1)..]))
        {
            return false;
        }

        id = new EntityId(text[..slash], text[(slash + 1)..]);
        return true;
    }

    /// <summary>Reads <c>kind/id</c>.</summary>
    /// <exception cref="FormatException">The text is no entity id.</exception>
    public static EntityId Parse(string text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an entity id: expected kind/id");

    /// <summary>The id as it is stored: <c>kind/id</c>.</summary>
    public override string ToString() => $"{Kind}/{Id}";

    private static bool IsKind(string? text)
        => !string.IsNullOrEmpty(text) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsId(string? text)
        => !string.IsNullOrEmpty(text) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@' or '/');
}

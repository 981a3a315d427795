using System.Globalization;
using System.Text;

namespace Orchestrator.Runtime;

/// <summary>Something to be stored: its manifest and its JSON.</summary>
public sealed class JournalEntry
{
    /// <summary>Checks and keeps a payload.</summary>
    /// <exception cref="UnstorableTextException">It holds U+0000 or half of a surrogate pair, which a store may not take or give back changed.</exception>
    public JournalEntry(string manifest, byte[] payload)
    {
        Manifest = manifest;
        Payload = payload;
        Check(payload);
    }

    private JournalEntry(byte[] stored, string manifest)
    {
        Manifest = manifest;
        Payload = stored;
    }

    /// <summary>The stored name of the type.</summary>
    public string Manifest { get; }

    /// <summary>The JSON, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The JSON as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>An entry as it was read from a store.</summary>
    public static JournalEntry FromStore(string manifest, byte[] payload) => new(payload, manifest);

    private static void Check(ReadOnlySpan<byte> json)
    {
        for (var rest = json; ;)
        {
            var at = rest.IndexOf((byte)'\\');
            if (at < 0)
            {
                return;
            }

            rest = rest[at..];
            if (rest.Length < 6 || rest[1] != (byte)'u')
            {
                rest = rest[Math.Min(2, rest.Length)..];
                continue;
            }

            var unit = Unit(rest);
            if (unit == 0)
            {
                throw new UnstorableTextException("text with the character U+0000 cannot be stored: remove it");
            }

            var pair = char.IsHighSurrogate((char)unit) && rest.Length >= 12 && rest[6] == (byte)'\\' && rest[7] == (byte)'u' && char.IsLowSurrogate((char)Unit(rest[6..]));
            if (char.IsSurrogate((char)unit) && !pair)
            {
                throw new UnstorableTextException(UnstorableTextException.Surrogate);
            }

            rest = rest[(pair ? 12 : 6)..];
        }
    }

    private static int Unit(ReadOnlySpan<byte> escape) => int.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>A text that no store can keep as it is.</summary>
public sealed class UnstorableTextException(string message) : Exception(message)
{
    internal const string Surrogate = "text with half of a surrogate pair cannot be stored: it is no valid Unicode";
}

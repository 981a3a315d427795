using System.Security.Cryptography;

namespace Orchestrator.Client;

/// <summary>Makes ids of messages and writes: ULIDs (github.com/ulid/spec), 26 characters that carry their time, so that a retry can be told from a second wish.</summary>
public static class MessageId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int TimeLength = 10;
    private const int Length = 26;

    /// <summary>A new id of the present time of <paramref name="time"/>.</summary>
    public static string New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[Length - TimeLength];
        RandomNumberGenerator.Fill(random);
        return Derived(time.GetUtcNow(), random);
    }

    /// <summary>An id of a time that follows from <paramref name="hash"/>, at least 16 bytes: the same for the same.</summary>
    public static string Derived(DateTimeOffset at, ReadOnlySpan<byte> hash)
    {
        var milliseconds = at.ToUnixTimeMilliseconds();
        Span<char> text = stackalloc char[Length];
        for (var i = TimeLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(milliseconds & 31)];
            milliseconds >>= 5;
        }

        for (var i = TimeLength; i < Length; i++)
        {
            text[i] = Alphabet[hash[i - TimeLength] & 31];
        }

        return new string(text);
    }

    /// <summary>Whether <paramref name="text"/> has the form of such an id.</summary>
    public static bool IsValid(string text)
        => text.Length == Length && text[0] <= '7' && text.All(static c => Alphabet.Contains(c, StringComparison.Ordinal));
}

using System.Security.Cryptography;

namespace Orchestrator.Actors.Messaging;

/// <summary>
/// What closes the envelope of a message as it is typed. New for each message and unknown to its sender, so that no text can pretend that its envelope ends and another begins.
/// </summary>
public static class Seal
{
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    private const int Length = 6;

    /// <summary>A new seal: 6 random characters of base 31.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>A seal that follows from <paramref name="hash"/>, at least 32 bytes of which nobody else knows the origin.</summary>
    public static string Derived(ReadOnlySpan<byte> hash)
    {
        Span<char> text = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            text[i] = Alphabet[hash[^(i + 1)] % Alphabet.Length];
        }

        return new string(text);
    }
}

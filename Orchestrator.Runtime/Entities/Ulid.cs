using System.Security.Cryptography;

namespace Orchestrator.Runtime;

/// <summary>Ids of 26 characters of Crockford's base 32: 48 bits of time in milliseconds, then 80 random bits. They sort by time. Source: github.com/ulid/spec.</summary>
public static class Ulid
{
    /// <summary>The number of characters.</summary>
    public const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int TimeLength = 10;
    private const int RandomAtOnce = 64 * (Length - TimeLength);

    // The generator of the system takes microseconds for each call, however few bytes it is asked for, and every command has an id.
    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _randomLeft;

    /// <summary>Makes an id of the time <paramref name="now"/>.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<char> text = stackalloc char[Length];
        WriteTime(text, now);
        var random = NextRandom();
        for (var i = 0; i < random.Length; i++)
        {
            text[TimeLength + i] = Alphabet[random[i] & 31];
        }

        return new string(text);
    }

    /// <summary>The lowest id of the time <paramref name="time"/>: every id that carries an earlier time sorts before it.</summary>
    public static string Lowest(DateTimeOffset time)
    {
        Span<char> text = stackalloc char[Length];
        WriteTime(text, time);
        text[TimeLength..].Fill(Alphabet[0]);
        return new string(text);
    }

    /// <summary>Whether <paramref name="text"/> is such an id (upper case), and the time that it carries.</summary>
    public static bool TryGetTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is not { Length: Length } || text[0] > '7')
        {
            return false;
        }

        long milliseconds = 0;
        for (var i = 0; i < Length; i++)
        {
            var digit = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            if (i < TimeLength)
            {
                milliseconds = (milliseconds << 5) | (uint)digit;
            }
        }

        if (milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }

    /// <summary>Bytes for one id, each used once.</summary>
    private static ReadOnlySpan<byte> NextRandom()
    {
        _random ??= new byte[RandomAtOnce];
        if (_randomLeft == 0)
        {
            RandomNumberGenerator.Fill(_random);
            _randomLeft = RandomAtOnce;
        }

        _randomLeft -= Length - TimeLength;
        return _random.AsSpan(_randomLeft, Length - TimeLength);
    }

    private static void WriteTime(Span<char> text, DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        for (var i = TimeLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(milliseconds & 31)];
            milliseconds >>= 5;
        }
    }
}

using System.Text;

namespace Orchestrator.Tmux;

/// <summary>
/// Text that is safe to paste into a program: no control characters but line feed and tab (so that nothing ends a bracketed paste early), valid Unicode, at most
/// <see cref="LargestBytes"/>. There is no other way to make one than <see cref="Sanitize"/>.
/// </summary>
public sealed class TerminalText
{
    /// <summary>Most bytes of UTF-8 one text may have: tmux queues what the program has not read, without limit.</summary>
    public const int LargestBytes = 256 * 1024;

    private TerminalText(byte[] bytes, int removed)
    {
        Bytes = bytes;
        Removed = removed;
    }

    /// <summary>The text in UTF-8, as the program is to receive it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many control characters were taken out.</summary>
    public int Removed { get; }

    /// <summary>
    /// Takes out control characters (both the ASCII ones and U+0080 to U+009F); a carriage return, with or without a line feed after it, becomes a line feed.
    /// </summary>
    /// <exception cref="FormatException">The text is empty, too long, or has half a surrogate pair.</exception>
    public static TerminalText Sanitize(string text)
        => TrySanitize(text, out var result, out var reason) ? result! : throw new FormatException(reason);

    /// <summary><see cref="Sanitize"/>, with the reason as a value.</summary>
    public static bool TrySanitize(string text, out TerminalText? result, out string? reason)
    {
        result = null;
        if (text.Length > LargestBytes)
        {
            reason = TooLong(text.Length);
            return false;
        }

        var kept = new StringBuilder(text.Length);
        var removed = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (char.IsSurrogate(letter))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(letter, text[i + 1]))
                {
                    reason = $"the text has half a surrogate pair at {i}: it is not valid Unicode.";
                    return false;
                }

                kept.Append(letter).Append(text[++i]);
            }
            else if (letter == '\r')
            {
                if (i + 1 < text.Length && text[i + 1] == '\n')
                {
                    continue;
                }

                kept.Append('\n');
            }
            else if (char.IsControl(letter) && letter is not '\n' and not '\t')
            {
                removed++;
            }
            else
            {
                kept.Append(letter);
            }
        }

        var bytes = Encoding.UTF8.GetBytes(kept.ToString());
        reason = bytes.Length == 0 ? "there is nothing to type." : bytes.Length > LargestBytes ? TooLong(bytes.Length) : null;
        result = reason is null ? new TerminalText(bytes, removed) : null;
        return reason is null;
    }

    private static string TooLong(int length) => $"the text has {length:N0} bytes or more; at most {LargestBytes:N0} are typed. Put it into a file and send its path.";
}

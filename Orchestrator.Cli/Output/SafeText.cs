using System.Text;

namespace Orchestrator.Cli.Output;

/// <summary>Text from agents and users on its way to a terminal: what could move the cursor or do worse is made visible.</summary>
internal static class SafeText
{
    /// <summary><paramref name="text"/> with every control character but newline and tab shown as its picture.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsDangerous))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            safe.Append(!IsDangerous(c) ? c : c < 0x20 ? (char)(0x2400 + c) : '\u2421');
        }

        return safe.ToString();
    }

    /// <summary>The same on one line of at most <paramref name="length"/> characters.</summary>
    public static string Line(string text, int length)
    {
        var line = Of(text.Length > length * 4 ? text[..(length * 4)] : text).ReplaceLineEndings(" ⏎ ").Replace('\t', ' ');
        return line.Length <= length ? line : line[..(char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1)] + "…";
    }

    private static bool IsDangerous(char c) => c is (< ' ' and not ('\n' or '\t')) or (>= '\x7f' and < '\xa0') or '\u202a' or '\u202b' or '\u202d' or '\u202e';
}

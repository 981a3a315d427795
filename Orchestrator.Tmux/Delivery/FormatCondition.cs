using System.Text;

namespace Orchestrator.Tmux;

/// <summary>Conditions in tmux's format language. Whoever calls gives allow-listed values only.</summary>
internal static class FormatCondition
{
    private const int LongestPattern = 150;

    public static string Equal(string variable, string value) => $"#{{==:#{{{variable}}},{value}}}";

    public static string NotEqual(string variable, string value) => $"#{{!=:#{{{variable}}},{value}}}";

    public static string All(params IEnumerable<string> conditions) => Fold("&&", conditions);

    public static string Any(params IEnumerable<string> conditions) => Fold("||", conditions);

    /// <summary>A row with this text stands on the screen. What is no letter, digit or blank stands for any characters: nothing of the text is read as a format or a pattern.</summary>
    public static string OnScreen(string row)
    {
        var pattern = new StringBuilder();
        foreach (var rune in row.Trim().EnumerateRunes())
        {
            if (rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == ' ' : Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune))
            {
                pattern.Append(rune);
            }

            // Behind what is not ASCII may stand an invisible choice between glyphs.
            if ((!rune.IsAscii || !char.IsAsciiLetterOrDigit((char)rune.Value)) && rune.Value != ' ' && (pattern.Length == 0 || pattern[^1] != '*'))
            {
                pattern.Append('*');
            }

            if (pattern.Length >= LongestPattern)
            {
                break;
            }
        }

        return $"#{{!=:#{{C:{pattern}}},0}}";
    }

    // tmux's && and || take two operands.
    private static string Fold(string operation, IEnumerable<string> conditions)
        => conditions.Aggregate((left, right) => $"#{{{operation}:{left},{right}}}");
}

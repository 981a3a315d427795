using System.Text.RegularExpressions;

namespace Orchestrator.Node.Profiles;

/// <summary>
/// The lines put around a message, so that its id can be found again and its first and last character do nothing by
/// themselves (a slash is a command, a word after an at-sign opens a menu, a backslash swallows Enter, blanks at the
/// end are cut off).
/// </summary>
/// <param name="On">Whether there is an envelope at all.</param>
/// <param name="Opening">The first line, with <c>{id}</c>, <c>{sender}</c> and <c>{seal}</c>.</param>
/// <param name="Closing">The last line, with the same placeholders; null for none.</param>
/// <param name="ClosingIf">Which texts get the closing line; null for all.</param>
public sealed record EnvelopeRules(bool On, string Opening, string? Closing, Regex? ClosingIf)
{
    /// <summary>What an envelope may add to a text at most, in bytes of UTF-8.</summary>
    public const int MaximumOverhead = 512;

    /// <summary>The text as it is typed.</summary>
    /// <param name="id">The message's id.</param>
    /// <param name="sender">Whom it is from; line breaks and square brackets become blanks.</param>
    /// <param name="seal">What its sender cannot know, so that no text can pretend that its envelope ends.</param>
    /// <param name="text">What is said. Carriage returns become line feeds, other control characters but tabs are dropped.</param>
    public string Wrap(string id, string sender, string seal, string text)
    {
        var clean = Clean(text);
        if (!On)
        {
            return clean;
        }

        var from = string.Concat(sender.Select(character => character is '[' or ']' || char.IsControl(character) ? ' ' : character)).Trim();
        var closing = Closing is not null && (ClosingIf?.IsMatch(clean) ?? true) ? "\n" + Filled(Closing, id, from, seal) : "";
        return $"{Filled(Opening, id, from, seal)}\n{clean}{closing}";
    }

    /// <summary>The text as any program can take it.</summary>
    /// <param name="text">Any text.</param>
    public static string Clean(string text)
        => string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            .Where(character => character is '\n' or '\t' || !char.IsControl(character)));

    private static string Filled(string line, string id, string sender, string seal)
        => line.Replace("{id}", id, StringComparison.Ordinal).Replace("{seal}", seal, StringComparison.Ordinal).Replace("{sender}", sender, StringComparison.Ordinal);
}

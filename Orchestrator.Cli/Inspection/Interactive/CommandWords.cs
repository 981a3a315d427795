using System.Text;

namespace Orchestrator.Cli.Inspection.Interactive;

/// <summary>A line of the prompt as words: blanks part them, quotes and backslashes keep them together, as in a shell. Nothing is expanded and nothing runs.</summary>
internal static class CommandWords
{
    /// <summary>The words of <paramref name="line"/>.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static string[] Split(string line)
    {
        List<string> words = [];
        StringBuilder? word = null;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote is not '\'' && i + 1 < line.Length)
            {
                (word ??= new()).Append(quote is '"' && line[i + 1] is not ('"' or '\\') ? $"\\{line[++i]}" : line[++i].ToString());
            }
            else if (quote is { } open)
            {
                quote = c == open ? null : quote;
                word!.Append(c == open ? string.Empty : c.ToString());
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                word ??= new();
            }
            else if (char.IsWhiteSpace(c))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }
            }
            else
            {
                (word ??= new()).Append(c);
            }
        }

        if (quote is not null)
        {
            throw new FormatException($"the quote {quote} is not closed");
        }

        return word is null ? [.. words] : [.. words, word.ToString()];
    }
}

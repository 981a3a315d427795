using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Node.Screens;

/// <summary>A stretch of a row that is drawn in one way.</summary>
/// <param name="Start">First character, from 0.</param>
/// <param name="Foreground">The colour as SGR parameters (<c>38;5;103</c>), empty for the default colour.</param>
/// <param name="Faint">Whether it is drawn faint.</param>
public readonly record struct StyleRun(int Start, string Foreground, bool Faint)
{
    /// <summary>Whether it is drawn as the terminal draws by default.</summary>
    public bool IsPlain => Foreground.Length == 0 && !Faint;
}

/// <summary>Takes rows with escape sequences apart. Attributes last over the end of a row, as tmux prints them.</summary>
internal static class AnsiRows
{
    public static IReadOnlyList<(string Text, ImmutableArray<StyleRun> Runs)> Parse(IReadOnlyList<string> rows)
    {
        var result = new List<(string, ImmutableArray<StyleRun>)>(rows.Count);
        var style = new StyleRun(0, "", false);
        foreach (var row in rows)
        {
            var text = new StringBuilder(row.Length);
            var runs = ImmutableArray.CreateBuilder<StyleRun>();
            runs.Add(style with { Start = 0 });
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] != '\e')
                {
                    if (row[i] is not ('\u000e' or '\u000f'))
                    {
                        text.Append(row[i]);
                    }

                    continue;
                }

                var end = SequenceEnd(row, i);
                if (row[end] == 'm' && i + 1 < row.Length && row[i + 1] == '[')
                {
                    style = Applied(style, row[(i + 2)..end]) with { Start = text.Length };
                    runs.Add(style);
                }

                i = end;
            }

            result.Add((text.ToString(), runs.ToImmutable()));
        }

        return result;
    }

    /// <summary>The index of the last character of the sequence that begins at <paramref name="start"/>.</summary>
    private static int SequenceEnd(string row, int start)
    {
        if (start + 1 >= row.Length)
        {
            return start;
        }

        switch (row[start + 1])
        {
            case '[':
                for (var i = start + 2; i < row.Length; i++)
                {
                    if (row[i] is >= '@' and <= '~')
                    {
                        return i;
                    }
                }

                return row.Length - 1;
            case ']':
                for (var i = start + 2; i < row.Length; i++)
                {
                    if (row[i] == '\a')
                    {
                        return i;
                    }

                    if (row[i] == '\e')
                    {
                        return Math.Min(i + 1, row.Length - 1);
                    }
                }

                return row.Length - 1;
            case '(' or ')':
                return Math.Min(start + 2, row.Length - 1);
            default:
                return start + 1;
        }
    }

    private static StyleRun Applied(StyleRun style, string parameters)
    {
        var codes = parameters.Split(';');
        for (var i = 0; i < codes.Length; i++)
        {
            switch (codes[i])
            {
                case "" or "0":
                    style = style with { Foreground = "", Faint = false };
                    break;
                case "2":
                    style = style with { Faint = true };
                    break;
                case "22":
                    style = style with { Faint = false };
                    break;
                case "39":
                    style = style with { Foreground = "" };
                    break;
                case "38" or "48" or "58":
                    var length = Math.Min(codes.ElementAtOrDefault(i + 1) == "2" ? 5 : 3, codes.Length - i);
                    if (codes[i] == "38")
                    {
                        style = style with { Foreground = string.Join(';', codes, i, length) };
                    }

                    i += length - 1;
                    break;
                case [('3' or '9'), >= '0' and <= '7']:
                    style = style with { Foreground = codes[i] };
                    break;
                default:
                    break;
            }
        }

        return style;
    }
}

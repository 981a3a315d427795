using System.Text;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>Text on a terminal: how many columns it takes, and how it is broken into rows.</summary>
internal static class DemoText
{
    /// <summary>The rows that <paramref name="text"/> takes in <paramref name="columns"/> columns. Control characters are not shown.</summary>
    public static List<string> Rows(string text, int columns)
    {
        var rows = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var row = new StringBuilder();
            var width = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                var wide = Columns(rune);
                if (width + wide > columns)
                {
                    rows.Add(row.ToString());
                    row.Clear();
                    width = 0;
                }

                if (rune.Value is >= 0x20 and not (>= 0x7f and < 0xa0))
                {
                    row.Append(rune.ToString());
                    width += wide;
                }
                else if (rune.Value == '\t')
                {
                    row.Append(' ');
                    width++;
                }
            }

            rows.Add(row.ToString());
        }

        return rows;
    }

    /// <summary>The columns that a row takes.</summary>
    public static int Columns(string row) => row.EnumerateRunes().Sum(Columns);

    // Close enough for a demo: wide East Asian ranges and pictographs take two columns, marks and joiners none.
    private static int Columns(Rune rune) => rune.Value switch
    {
        < 0x20 => 0,
        0x200b or 0x200d or >= 0xfe00 and <= 0xfe0f => 0,
        >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3 or >= 0xf900 and <= 0xfaff => 2,
        >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6 or >= 0x1f300 and <= 0x1faff or >= 0x20000 and <= 0x3fffd => 2,
        _ => Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark ? 0 : 1,
    };
}

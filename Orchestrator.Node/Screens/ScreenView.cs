using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>Everything conditions may look at, computed once for a snapshot.</summary>
internal sealed partial class ScreenView
{
    private readonly ScreenText _text;
    private readonly ImmutableDictionary<string, Regex> _anchors;
    private readonly Dictionary<ScreenRegion, RegionText> _regions = [];
    private readonly int _promptTop;

    public ScreenView(ScreenSnapshot snapshot, ScreenRules rules, ProgramNames programs)
    {
        _text = new ScreenText(snapshot, rules.Noise);
        _anchors = rules.Anchors;
        Composer = ComposerReader.Read(_text, rules.Composer);
        Program = programs.Judge(snapshot.Pane.CurrentCommand);
        _promptTop = Composer.State == ComposerState.Absent ? _text.Lines.Length : Composer.FirstRow - (rules.Composer?.Top is null ? 0 : 1);
    }

    public PaneFacts Pane => _text.Snapshot.Pane;

    public ComposerReading Composer { get; }

    public ProgramInForeground Program { get; }

    public bool IsBlank => _text.Lines.IsEmpty;

    public RegionText Region(ScreenRegion region)
    {
        if (!_regions.TryGetValue(region, out var text))
        {
            text = Cut(region);
            _regions[region] = text;
        }

        return text;
    }

    /// <summary>How a stretch of a region is drawn; null if it is drawn in several ways, or nobody knows.</summary>
    public Drawing? DrawingOf(RegionText region, int index, int length)
    {
        Drawing? drawing = null;
        for (var i = index; i < index + length; i++)
        {
            if (char.IsWhiteSpace(region.Text[i]))
            {
                continue;
            }

            var here = region.RowOf(i) is >= 0 and var row ? _text.DrawingOf(row, region.ColumnOf(i)) : null;
            if (here is null || (drawing is not null && drawing != here))
            {
                return null;
            }

            drawing = here;
        }

        return drawing;
    }

    private RegionText Cut(ScreenRegion region) => region.Kind switch
    {
        RegionKind.Whole => Rows(0, _text.Lines.Length),
        RegionKind.Title => new RegionText(_text.Title, []),
        RegionKind.Command => new RegionText(Pane.CurrentCommand, []),
        RegionKind.Bottom => Rows(Math.Max(0, _text.Lines.Length - region.Rows), _text.Lines.Length),
        RegionKind.LastNonEmpty => NonEmpty(_text.Lines.Length, region.Rows),
        RegionKind.PromptBox => Composer.FirstRow < 0 ? RegionText.Nothing : Rows(Composer.FirstRow, Composer.LastRow + 1),
        RegionKind.AbovePrompt => region.Rows == 0 ? Rows(0, _promptTop) : NonEmpty(_promptTop, region.Rows),
        RegionKind.BelowPrompt => Composer.FirstRow < 0 ? RegionText.Nothing : Rows(Composer.LastRow + 1, _text.Lines.Length),
        RegionKind.AfterLastRule => Rows(LastRow(_text.Lines.Length, HorizontalRule()) + 1, _text.Lines.Length),
        RegionKind.After => After(_anchors[region.Anchor]),
        _ => throw new InvalidOperationException($"no way to cut {region.Kind}"),
    };

    private RegionText After(Regex anchor)
        => LastRow(_promptTop, anchor) is >= 0 and var row ? Rows(row, _promptTop) : RegionText.Nothing;

    private int LastRow(int before, Regex pattern)
    {
        for (var row = before - 1; row >= 0; row--)
        {
            if (pattern.IsMatch(_text.Lines[row]))
            {
                return row;
            }
        }

        return -1;
    }

    private RegionText Rows(int from, int to)
        => RegionText.Of(Enumerable.Range(from, Math.Max(0, to - from)).Select(row => (row, _text.Lines[row])));

    private RegionText NonEmpty(int before, int count)
    {
        var rows = new List<(int, string)>();
        for (var row = before - 1; row >= 0 && rows.Count < count; row--)
        {
            if (_text.Lines[row].Length > 0)
            {
                rows.Insert(0, (row, _text.Lines[row]));
            }
        }

        return RegionText.Of(rows);
    }

    [GeneratedRegex(@"^\s*[─━═▀▄╌╍—_-]{10,}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HorizontalRule();
}

/// <summary>The text of a region: its rows joined by line feeds, with the screen's row for each.</summary>
internal sealed record RegionText(string Text, ImmutableArray<int> ScreenRows)
{
    public static RegionText Nothing { get; } = new("", []);

    public static RegionText Of(IEnumerable<(int Row, string Text)> rows)
    {
        var list = rows.ToList();
        return new RegionText(string.Join('\n', list.Select(row => row.Text)), [.. list.Select(row => row.Row)]);
    }

    /// <summary>The screen's row of a character, -1 for what is not on the screen (the title).</summary>
    public int RowOf(int index)
    {
        var line = Text.AsSpan(0, index).Count('\n');
        return line < ScreenRows.Length ? ScreenRows[line] : -1;
    }

    /// <summary>The column of a character within its row.</summary>
    public int ColumnOf(int index) => index == 0 ? 0 : index - 1 - Text.LastIndexOf('\n', index - 1);

    public string Described(int index) => RowOf(index) is >= 0 and var row ? string.Create(CultureInfo.InvariantCulture, $" (row {row})") : "";
}

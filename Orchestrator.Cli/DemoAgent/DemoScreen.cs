using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>
/// The screen: what was said from the top, scrolling into the terminal's history, one status row, and the composer whose last row is the bottom row. Every update is one write.
/// </summary>
internal sealed class DemoScreen(Stream terminal)
{
    private const int MostComposerRows = 10;
    private const int Remembered = 100;

    private readonly Queue<string> _said = new();
    private readonly StringBuilder _frame = new();
    private int _columns = 80;
    private int _rows = 24;
    private int _composerRows = 1;
    private int _next = 1;
    private string _title = string.Empty;

    private int LastSaidRow => Math.Max(1, _rows - 1 - _composerRows);

    /// <summary>Clears the screen and takes the size of the terminal; what was said last is shown again.</summary>
    public void Begin(int columns, int rows)
    {
        (_columns, _rows, _composerRows, _next) = (Math.Max(columns, 20), Math.Max(rows, 6), 1, 1);
        Append("\e[?2004h\e[r\e[H\e[2J");
        foreach (var row in _said.SelectMany(line => DemoText.Rows(line, _columns)).TakeLast(LastSaidRow).ToList())
        {
            AppendRow(row);
        }
    }

    /// <summary>Adds lines to what was said.</summary>
    public void Say(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            _said.Enqueue(line);
            if (_said.Count > Remembered)
            {
                _said.Dequeue();
            }

            foreach (var row in DemoText.Rows(line, _columns))
            {
                AppendRow(row);
            }
        }
    }

    /// <summary>Shows the title, the status row and the composer, or a dialog instead of the composer.</summary>
    public void Show(string title, string status, string draft, string? dialog)
    {
        if (title != _title)
        {
            Append($"\e]2;{title}\a");
            _title = title;
        }

        var rows = dialog is null ? DemoText.Rows(draft, _columns - 3) : [dialog];
        rows = rows.Count > MostComposerRows ? rows[^MostComposerRows..] : rows;
        Grow(Math.Min(rows.Count, _rows - 3));
        rows = rows[^Math.Min(rows.Count, _composerRows)..];
        Append(Row(_rows - _composerRows, status));
        for (var i = 0; i < rows.Count; i++)
        {
            var prompt = dialog is not null ? string.Empty : i == 0 ? "> " : "  ";
            Append(Row(_rows - _composerRows + 1 + i, prompt + rows[i]));
        }

        Append(dialog is null
            ? string.Create(CultureInfo.InvariantCulture, $"\e[{_rows};{3 + DemoText.Columns(rows[^1])}H\e[?25h")
            : "\e[?25l");
    }

    /// <summary>Gives the terminal back: modes off, the cursor below everything.</summary>
    public void End() => Append(string.Create(CultureInfo.InvariantCulture, $"\e]2;\a\e[?2004l\e[r\e[?25h\e[{_rows};1H\r\n"));

    /// <summary>Writes all that has changed.</summary>
    public void Flush()
    {
        if (_frame.Length > 0)
        {
            terminal.Write(Encoding.UTF8.GetBytes(_frame.ToString()));
            terminal.Flush();
            _frame.Clear();
        }
    }

    private static string Row(int row, string text) => string.Create(CultureInfo.InvariantCulture, $"\e[{row};1H\e[2K{text}");

    // The composer needs more rows, or fewer: what was said moves up for it, and does not come back down.
    private void Grow(int composerRows)
    {
        var old = LastSaidRow;
        for (var row = _rows - Math.Max(_composerRows, composerRows); row <= _rows; row++)
        {
            Append(Row(row, string.Empty));
        }

        _composerRows = composerRows;
        while (_next - 1 > LastSaidRow)
        {
            Append(string.Create(CultureInfo.InvariantCulture, $"\e[1;{old}r\e[{old};1H\n\e[r"));
            _next--;
        }
    }

    private void AppendRow(string row)
    {
        if (_next > LastSaidRow)
        {
            Append(string.Create(CultureInfo.InvariantCulture, $"\e[1;{LastSaidRow}r\e[{LastSaidRow};1H\n\e[r"));
            _next = LastSaidRow;
        }

        Append(Row(_next, row));
        _next++;
    }

    private void Append(string text) => _frame.Append(text);
}

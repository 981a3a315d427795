using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Tmux;

/// <summary>
/// The format in which facts of panes are asked for, and its reader. Numbers come first; texts that a program can choose follow with their length in bytes before them; the name of the running program,
/// which can change while tmux writes the line, comes last. Every record begins with a word that nobody could guess, so none can be forged.
/// </summary>
internal sealed class PaneRecord
{
    private static readonly string[] Numbers =
    [
        "pane_pid", "pane_dead", "pane_dead_status", "pane_dead_signal", "pane_in_mode", "pane_input_off", "alternate_on",
        "cursor_x", "cursor_y", "cursor_flag", "pane_width", "pane_height", "history_size",
    ];

    private static readonly string[] Texts = ["@agent", "@generation", "@writer", "@n", "@last", "@sent", "@decided", "pane_title"];

    private readonly string _start = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 16);

    public PaneRecord()
    {
        var format = new StringBuilder(_start).Append(" #{pane_id} #{window_id}");
        foreach (var number in Numbers)
        {
            format.Append($" #{{{number}}}");
        }

        foreach (var text in Texts)
        {
            format.Append($" #{{n:{text}}}:#{{{text}}}");
        }

        Format = format.Append(" #{pane_current_command}").ToString();
    }

    public string Format { get; }

    public IReadOnlyList<PaneFacts> Read(ReadOnlySpan<byte> payload)
    {
        var start = Encoding.ASCII.GetBytes(_start + " ");
        var found = new List<PaneFacts>();
        var at = payload.IndexOf(start);
        while (at >= 0)
        {
            payload = payload[(at + start.Length)..];
            at = payload.IndexOf(start);
            found.Add(ReadOne(at < 0 ? payload : payload[..at]));
        }

        return found;
    }

    private static PaneFacts ReadOne(ReadOnlySpan<byte> record)
    {
        var words = new WordReader(record);
        var pane = PaneId.Parse(words.Word());
        if (!WindowId.TryParse(words.Word(), out var window))
        {
            throw new TmuxException("tmux described a pane without its window.");
        }

        var numbers = new int?[Numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = words.Number();
        }

        var texts = new string[Texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = words.Counted();
        }

        return new PaneFacts
        {
            Pane = pane,
            Window = window,
            ProcessId = numbers[0] ?? 0,
            Dead = numbers[1] == 1,
            ExitStatus = numbers[1] == 1 && numbers[3] is null ? numbers[2] : null,
            ExitSignal = numbers[3],
            InMode = numbers[4] > 0,
            InputOff = numbers[5] == 1,
            AlternateScreen = numbers[6] == 1,
            CursorColumn = numbers[7] ?? 0,
            CursorRow = numbers[8] ?? 0,
            CursorShown = numbers[9] == 1,
            Columns = numbers[10] ?? 0,
            Rows = numbers[11] ?? 0,
            HistoryLines = numbers[12] ?? 0,
            Agent = TextOrNull(texts[0]),
            Generation = NumberOrNull(texts[1]),
            Marks = new PaneMarks(NumberOrNull(texts[2]), NumberOrNull(texts[3]), TextOrNull(texts[4]), TextOrNull(texts[5])) { Decided = TextOrNull(texts[6]) },
            Title = texts[7],
            Command = words.Rest().TrimEnd('\n'),
        };
    }

    private static string? TextOrNull(string text) => text.Length == 0 ? null : text;

    private static long? NumberOrNull(string text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

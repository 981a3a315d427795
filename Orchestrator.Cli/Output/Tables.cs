using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>A cell: text and, on a terminal with colours, how it looks.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text ?? "-");
}

/// <summary>How a word is meant.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>Of less interest.</summary>
    Quiet,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Something is being done.</summary>
    Active,

    /// <summary>A person should look.</summary>
    Attention,

    /// <summary>Something went wrong.</summary>
    Bad,
}

/// <summary>Tables and coloured words on the standard output. The library is only loaded once one is printed.</summary>
internal static class Tables
{
    // What is piped somewhere is never cut or wrapped.
    private const int Unlimited = 100_000;

    private static IAnsiConsole? _console;

    private static IAnsiConsole Out => _console ??= Create();

    /// <summary>Prints a table; nothing but its headings if it has no rows.</summary>
    public static void Write(string[] headings, IEnumerable<Cell[]> rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, UseSafeBorder = true };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(static cell => new Text(SafeText.Line(cell.Text, Unlimited), StyleOf(cell.Tone))));
        }

        Out.Write(table);
    }

    /// <summary>Prints names and values below each other.</summary>
    public static void Pairs(IEnumerable<(string Name, Cell Value)> pairs)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
        foreach (var (name, value) in pairs)
        {
            grid.AddRow(new Text(name, StyleOf(Tone.Quiet)), new Text(SafeText.Of(value.Text), StyleOf(value.Tone)));
        }

        Out.Write(grid);
    }

    /// <summary>Prints a line.</summary>
    public static void Line(Cell cell)
    {
        Out.Write(new Text(SafeText.Of(cell.Text), StyleOf(cell.Tone)));
        Out.WriteLine();
    }

    /// <summary>How a state is meant.</summary>
    public static Tone ToneOf(string? state) => state switch
    {
        "idle" or "ready" or "confirmed" or "submitted" or "ok" => Tone.Good,
        "busy" or "active" or "working" or "starting" or "typed" or "queued" or "accepted" => Tone.Active,
        "awaiting_approval" or "awaiting_answer" or "unsubmitted_input" or "rate_limited" or "auth_required" or "copy_mode" or "warn" or "expired" => Tone.Attention,
        "error" or "hung" or "turn_failed" or "node_lost" or "failed" or "dead_letter" or "fail" => Tone.Bad,
        "terminated" or "offline" or "exited" => Tone.Quiet,
        _ => Tone.Plain,
    };

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Plain => Style.Plain,
        Tone.Quiet => new Style(Color.Grey),
        Tone.Good => new Style(Color.Green),
        Tone.Active => new Style(Color.Blue),
        Tone.Attention => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red),
        _ => throw new System.Diagnostics.UnreachableException($"no style for {tone}"),
    };

    private static IAnsiConsole Create()
    {
        var plain = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = Unlimited;
        }

        return console;
    }
}

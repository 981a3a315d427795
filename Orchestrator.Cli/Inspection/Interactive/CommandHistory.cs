namespace Orchestrator.Cli.Inspection.Interactive;

/// <summary>The lines that were typed, kept in a file that only its owner may read. A line that begins with a blank or names a token is not kept.</summary>
internal sealed class CommandHistory
{
    private const int Most = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _file;
    private readonly List<string> _lines;

    private CommandHistory(string file, List<string> lines) => (_file, _lines) = (file, lines);

    /// <summary>Where it is kept: <c>${XDG_STATE_HOME:-~/.local/state}/orchestrator/pbm-history</c>.</summary>
    public static string DefaultFile => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } said ? said : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state"),
        "orchestrator",
        "pbm-history");

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Reads what is kept; nothing if it cannot be read.</summary>
    public static CommandHistory Open(string file)
    {
        try
        {
            return new CommandHistory(file, [.. File.ReadAllLines(file).TakeLast(Most)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CommandHistory(file, []);
        }
    }

    /// <summary>Adds a line, unless it is the last one again. A folder that cannot be written costs the history, not the prompt.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || char.IsWhiteSpace(line[0]) || line.Contains("--token", StringComparison.Ordinal) || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        _lines.Add(line);
        if (_lines.Count > Most)
        {
            _lines.RemoveAt(0);
        }

        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is there for this prompt at least.
            return;
        }
    }

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!, OwnerOnly | UnixFileMode.UserExecute);
        var next = $"{_file}.{Environment.ProcessId}";
        using (var file = new StreamWriter(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            foreach (var line in _lines)
            {
                file.WriteLine(line);
            }
        }

        File.Move(next, _file, overwrite: true);
    }
}

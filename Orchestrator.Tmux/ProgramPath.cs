namespace Orchestrator.Tmux;

/// <summary>Finds programs the way <c>execvp</c> does.</summary>
internal static class ProgramPath
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The program's full path, or null: a word with a slash is a path (seen from <paramref name="folder"/>), any other is looked for on <paramref name="path"/>.</summary>
    public static string? Find(string program, string? path, string? folder = null)
    {
        if (program.Contains('/'))
        {
            var full = Path.Combine(folder ?? "/", program);
            return IsProgram(full) ? full : null;
        }

        return (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => Path.Combine(place, program))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}

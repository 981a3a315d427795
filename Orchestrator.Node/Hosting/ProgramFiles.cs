namespace Orchestrator.Node.Hosting;

/// <summary>Finds programs as a shell would, without one.</summary>
internal static class ProgramFiles
{
    /// <summary>The path of a program that is named by a path or found on <c>PATH</c>; null if there is none.</summary>
    public static string? Find(string program)
        => program.Contains('/', StringComparison.Ordinal)
            ? (IsExecutable(program) ? program : null)
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path)
        => File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None;
}

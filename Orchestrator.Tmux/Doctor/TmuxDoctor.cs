namespace Orchestrator.Tmux;

/// <summary>Looks whether tmux will work here, and go on working: each check is data, with what was found and what to do.</summary>
public static class TmuxDoctor
{
    /// <summary>Runs all checks; starts no server and changes nothing.</summary>
    /// <param name="options">The server that is, or would be, run.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(TmuxServerOptions options, CancellationToken cancellation = default)
    {
        var files = new MachineFiles("/");
        return
        [
            await ProgramChecks.TmuxAsync(options, cancellation),
            ProgramChecks.SessionStarter(),
            ProgramChecks.Terminal(options),
            MachineChecks.Locale(Environment.GetEnvironmentVariable),
            FolderChecks.Folder(options),
            FolderChecks.SocketPath(options),
            .. MachineChecks.Limits(files),
            MachineChecks.Memory(files),
            await ServiceChecks.KillModeAsync(files, cancellation),
            ServiceChecks.Init(files),
        ];
    }
}

/// <summary>Files that the kernel tells about the machine in; a test gives others.</summary>
internal sealed record MachineFiles(string Root)
{
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Root, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not every machine has every file; the check says what it could not see.
            return null;
        }
    }

    public bool Has(string path) => File.Exists(Path.Combine(Root, path));
}

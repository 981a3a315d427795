using System.Text;

namespace Orchestrator.Tmux;

/// <summary>Checks of the folder in which the server's socket lies.</summary>
internal static class FolderChecks
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static DoctorFinding Folder(TmuxServerOptions options)
    {
        var folder = Path.GetFullPath(options.Folder);
        if (!Directory.Exists(folder))
        {
            return new("folder", DoctorVerdict.Ok, $"{folder} will be made, for this user alone");
        }

        if (Native.OwnerOf(folder) != Native.EffectiveUser())
        {
            return new("folder", DoctorVerdict.Fail, $"{folder} belongs to another user", "Choose another folder: its owner could drive every pane.");
        }

        var mode = File.GetUnixFileMode(folder);
        return (mode & Others) == UnixFileMode.None
            ? new("folder", DoctorVerdict.Ok, $"{folder}, for this user alone")
            : new("folder", DoctorVerdict.Warn, $"{folder} is open to others ({Convert.ToString((int)mode, 8)})", $"It is closed at the next start; or now: chmod 700 {folder}");
    }

    public static DoctorFinding SocketPath(TmuxServerOptions options)
    {
        var path = Path.Combine(Path.GetFullPath(options.Folder), "tmux.sock");
        var length = Encoding.UTF8.GetByteCount(path);
        return length <= SocketLocation.LongestPath
            ? new("socket", DoctorVerdict.Ok, $"{path}, {length} of {SocketLocation.LongestPath} bytes")
            : new("socket", DoctorVerdict.Warn, $"{path} has {length} bytes, a socket may have {SocketLocation.LongestPath}", "A short folder under XDG_RUNTIME_DIR or /tmp is used. Nothing may clean it up while agents run; a shorter data folder is safer.");
    }
}

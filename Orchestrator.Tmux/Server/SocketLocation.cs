using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Tmux;

/// <summary>
/// Where the server's socket lies: <c>tmux.sock</c> in the given folder, or, where that path is longer than a socket's path may be, in a
/// short folder of ours. The short folder's name follows from the path, and a link in the given folder remembers it, so that it is found again
/// from a different environment.
/// </summary>
internal static class SocketLocation
{
    /// <summary>Bytes a socket's path may have on Linux, without the closing zero.</summary>
    public const int LongestPath = 107;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LinkName = "tmux.socket-folder";

    /// <summary>Makes the folder(s) and gives the socket's path.</summary>
    /// <exception cref="TmuxServerException">A folder belongs to somebody else or is not a folder.</exception>
    public static string Prepare(string folder)
    {
        folder = Path.GetFullPath(folder);
        MakeOwn(folder);
        var plain = Path.Combine(folder, "tmux.sock");
        if (Encoding.UTF8.GetByteCount(plain) <= LongestPath)
        {
            return plain;
        }

        var link = new DirectoryInfo(Path.Combine(folder, LinkName));
        if (link.LinkTarget is { } remembered && IsOwn(remembered))
        {
            return Path.Combine(remembered, "tmux.sock");
        }

        var shortFolder = ShortFolder(folder);
        MakeOwn(shortFolder);
        if (link.LinkTarget is not null)
        {
            File.Delete(link.FullName);
        }

        Directory.CreateSymbolicLink(link.FullName, shortFolder);
        return Path.Combine(shortFolder, "tmux.sock");
    }

    private static string ShortFolder(string folder)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var parent = runtime is { Length: > 0 and < 60 } && IsOwn(runtime) ? runtime : "/tmp";
        return Path.Combine(parent, $"tmux-{Native.EffectiveUser()}-{hash}");
    }

    private static void MakeOwn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }

        if (Native.OwnerOf(folder) != Native.EffectiveUser() || new DirectoryInfo(folder).LinkTarget is not null)
        {
            throw new TmuxServerException($"{folder} is not a folder of ours: whoever owns it could drive every pane. Choose another folder.");
        }

        if (File.GetUnixFileMode(folder) != OwnerOnly)
        {
            File.SetUnixFileMode(folder, OwnerOnly);
        }
    }

    private static bool IsOwn(string folder)
        => Directory.Exists(folder)
           && new DirectoryInfo(folder).LinkTarget is null
           && Native.OwnerOf(folder) == Native.EffectiveUser()
           && (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == UnixFileMode.None;
}

using System.Runtime.InteropServices;

namespace Orchestrator.Tmux;

/// <summary>The few system calls that the base library lacks.</summary>
internal static partial class Native
{
    private const int AtCurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint BasicStatistics = 0x7ff;
    private const int OwnerOffset = 20;

    /// <summary>SIGCHLD.</summary>
    public const int ChildEnded = 17;

    /// <summary>Our effective user id.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Sends a signal to a process, or to a process group if <paramref name="process"/> is negative; 0 if it went out.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> result);

    /// <summary>Who owns a path (links are not followed); null if there is no such path.</summary>
    public static uint? OwnerOf(string path)
    {
        Span<byte> result = stackalloc byte[256];
        return Statx(AtCurrentFolder, path, DoNotFollowLinks, BasicStatistics, result) == 0
            ? MemoryMarshal.Read<uint>(result[OwnerOffset..])
            : null;
    }
}

using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Channels;

/// <summary>
/// What a program writes of itself beside its screen, for as long as it runs: every word of its answers. Only what comes after a message is read, so the disk gets back what came before.
/// </summary>
internal static class ChannelOutput
{
    // FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of fallocate(2): the file stays as long as it is, so that the program goes on writing where it was.
    private const int EmptyKeepingTheLength = 0x01 | 0x02;
    private const long Kept = 1024 * 1024;

    /// <summary>A search in what is written from now on.</summary>
    public static TranscriptSearch FromNow(TranscriptRules rules, LaunchContext context)
    {
        if (OperatingSystem.IsLinux())
        {
            foreach (var file in new TranscriptFiles(rules, context).List().Where(static file => file.Length > Kept))
            {
                using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

                // A file system that cannot do it keeps what is there; nothing else depends on it.
                _ = Allocate(handle, EmptyKeepingTheLength, 0, file.Length - Kept);
            }
        }

        return TranscriptSearch.FromNow(rules, context);
    }

    [DllImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Allocate(SafeFileHandle file, int mode, long offset, long length);
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.Tests.Programs;

/// <summary>The real programs, installed by <c>install-program</c> once per machine.</summary>
internal static class ProgramInstallation
{
    private static readonly ConcurrentDictionary<string, Task<string>> Installed = new(StringComparer.Ordinal);

    /// <summary>The folder with <c>bin/PROGRAM</c>; installs it if it is missing, and throws with the reason where that is not possible.</summary>
    public static Task<string> Folder(string program) => Installed.GetOrAdd(program, InstallAsync);

    private static async Task<string> InstallAsync(string program)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository(), "Orchestrator.Tests", "Programs", "install-program"), [program])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"{program} could not be installed for the tests:\n{await error}");
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orchestrator.sln")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException($"no repository above {AppContext.BaseDirectory}");
        }

        return folder;
    }
}

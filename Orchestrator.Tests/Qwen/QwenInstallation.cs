using System.Diagnostics;

namespace Orchestrator.Tests.Qwen;

/// <summary>The real Qwen Code, installed by <c>install-qwen</c> once per machine.</summary>
internal static class QwenInstallation
{
    public const string Version = "0.24.4";

    private static readonly Task<string> Installed = InstallAsync();

    /// <summary>The folder with <c>bin/qwen</c> and <c>bin/node</c>; installs them if they are missing.</summary>
    public static Task<string> Folder() => Installed;

    private static async Task<string> InstallAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository(), "Orchestrator.Tests", "Qwen", "install-qwen"))
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
            : throw new InvalidOperationException($"Qwen Code could not be installed for the tests:\n{await error}");
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

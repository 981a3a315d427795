using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>The real git.</summary>
internal static class TestGit
{
    /// <summary>Runs it in <paramref name="folder"/> as somebody; what it wrote, without blanks at the ends. Fails the test if it fails.</summary>
    public static string Git(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var word in (string[])["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", .. words])
        {
            start.ArgumentList.Add(word);
        }

        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', words)}: {error.Result}");
        return output.Trim();
    }
}

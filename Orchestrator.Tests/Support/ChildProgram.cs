using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>The test assembly as a program: tests that kill a process start it with the name of what it shall do.</summary>
internal static class ChildProgram
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["runtime-crash", .. var rest] => await Runtime.CrashChild.RunAsync(rest),
        ["cluster-node", .. var rest] => await Cluster.ClusterChild.RunAsync(rest),
        _ => 2,
    };

    /// <summary>Starts this assembly as a process of its own, its output redirected.</summary>
    public static Process Start(params IEnumerable<string> args)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ChildProgram).Assembly.Location);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("the child process did not start");
    }
}

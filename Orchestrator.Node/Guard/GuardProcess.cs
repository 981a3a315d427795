using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

using Orchestrator.Node.Hosting;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Guard;

/// <summary>Keeps a guard running beside this node: starts it in a session of its own, so that it outlives the node, and anew when it is gone, stands still, or is of another version.</summary>
internal sealed class GuardProcess(GuardFiles files, NodeSettings settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private Process? _started;
    private long? _startedAt;

    /// <summary>The guard that runs.</summary>
    public int Pid { get; private set; }

    /// <summary>Whether a guard runs that looks now; if none does, one is started. And why none does.</summary>
    public (bool Running, string? Trouble) Keep()
    {
        var report = files.ReadReport();
        if (report is not null && IsFresh(report) && IsMine(report))
        {
            Pid = report.Pid;
            return (true, null);
        }

        if (!settings.Cluster!.StartsGuard)
        {
            return (false, "its service, 'orchestrator-node guard', does not run; orchestrator.cluster.guard says that it is one");
        }

        if (_startedAt is not { } at || time.GetElapsedTime(at) > StartsWithin || _started is null or { HasExited: true })
        {
            return (false, Start(report) ?? "it is being started");
        }

        return (false, "it is being started");
    }

    /// <summary>Whether a guard runs; one that is being started is waited for.</summary>
    public async Task<bool> IsRunningAsync(CancellationToken cancellation)
    {
        var within = settings.Cluster!.StartsGuard ? StartsWithin : TimeSpan.Zero;
        for (var began = time.GetTimestamp(); ;)
        {
            if (files.ReadReport() is { } report && IsFresh(report) && IsMine(report))
            {
                return true;
            }

            if (time.GetElapsedTime(began) >= within)
            {
                return false;
            }

            await Task.Delay(LookEvery, time, cancellation);
        }
    }

    // That of an earlier version is replaced by the node's own; a service is updated by whoever runs it.
    private bool IsMine(GuardReport report) => report.Version == NodeStatus.Version || !settings.Cluster!.StartsGuard;

    public void Dispose() => _started?.Dispose();

    // One that was paused looks again some time, but nobody can wait for that: another takes its place.
    private static bool IsFresh(GuardReport report)
        => IsGuard(report.Pid) && ActionDeadline.Boottime() - report.Beat < FreshFor.Ticks * 100;

    private static bool IsGuard(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").Split('\0').Contains("guard", StringComparer.Ordinal)
                && !File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status").Any(static line => line.StartsWith("State:\tZ", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string? Start(GuardReport? before)
    {
        if (before is not null && IsGuard(before.Pid))
        {
            End(before.Pid);
        }

        _startedAt = time.GetTimestamp();
        _started?.Dispose();
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var word in (string[])[Environment.ProcessPath!, "guard", "--data", settings.Data, "--with-node"])
        {
            start.ArgumentList.Add(word);
        }

        // It is small and sleeps: a little memory, and no threads that wait for work.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            _started = Process.Start(start);
            return null;
        }
        catch (Win32Exception exception)
        {
            _started = null;
            return $"it cannot be started: {exception.Message}";
        }
    }

    private static void End(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has just ended by itself.
            return;
        }
    }
}

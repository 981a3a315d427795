using System.Collections.Immutable;
using System.Text.Json;

using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Guard;

/// <summary>A pane that the guard stops once its time is over.</summary>
/// <param name="Agent">The agent, as the pane is marked with it.</param>
/// <param name="Generation">The placement, likewise.</param>
/// <param name="Pid">The process that tmux started in the pane.</param>
/// <param name="StartedAt">When that was started, as <see cref="ProgramStopper.StartedAt"/> says.</param>
/// <param name="Incarnation">The start of the node that bound it: only beats of this one give it more time. 0: none does, until it is bound.</param>
/// <param name="Until">When its time is over, in nanoseconds of CLOCK_BOOTTIME.</param>
internal sealed record GuardedPane(string Agent, long Generation, int Pid, long StartedAt, long Incarnation, long Until);

/// <summary>What a node tells its guard.</summary>
/// <param name="Boot">The start of the machine that times of this file belong to.</param>
/// <param name="Node">The process of the node.</param>
/// <param name="Socket">The socket of its tmux server.</param>
/// <param name="Tmux">The tmux program.</param>
/// <param name="Panes">The panes that may have to be stopped.</param>
internal sealed record GuardLease(string Boot, int Node, string Socket, string Tmux, ImmutableArray<GuardedPane> Panes);

/// <summary>A program that the guard has stopped.</summary>
internal sealed record StoppedByGuard(string Agent, long Generation);

/// <summary>What a guard tells its node.</summary>
/// <param name="Boot">The start of the machine that times of this file belong to.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Version">Its version.</param>
/// <param name="Beat">When it last looked, in nanoseconds of CLOCK_BOOTTIME.</param>
/// <param name="Stopped">What it has stopped, the last of it.</param>
internal sealed record GuardReport(string Boot, int Pid, string Version, long Beat, ImmutableArray<StoppedByGuard> Stopped);

/// <summary>
/// The files by which a node and its guard talk, in the folder <c>guard</c> of the data folder. They hold nothing durable: after a start of the machine there is no program to stop any more, and times of an
/// earlier one count as over.
/// </summary>
internal sealed class GuardFiles(string data)
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Path.Combine(data, "guard");

    /// <summary>Held by the guard that runs.</summary>
    public string LockFile => Path.Combine(Folder, "lock");

    /// <summary>Where the guard says what it has done.</summary>
    public string LogFile => Path.Combine(Folder, "guard.log");

    private string LeaseFile => Path.Combine(Folder, "lease.json");

    private string ReportFile => Path.Combine(Folder, "report.json");

    /// <summary>The start of this machine.</summary>
    public static string Boot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Makes the folder.</summary>
    public void Prepare() => Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>What the node has said last; null if nothing, or on an earlier start of the machine.</summary>
    public GuardLease? ReadLease() => Read<GuardLease>(LeaseFile) is { } lease && lease.Boot == Boot ? lease : null;

    /// <summary>What the guard has said last; null if nothing, or on an earlier start of the machine.</summary>
    public GuardReport? ReadReport() => Read<GuardReport>(ReportFile) is { } report && report.Boot == Boot ? report : null;

    /// <summary>Says it to the guard.</summary>
    public void Write(GuardLease lease) => Write(LeaseFile, lease);

    /// <summary>Says it to the node.</summary>
    public void Write(GuardReport report) => Write(ReportFile, report);

    // Moved into place whole, so that nobody reads half of it.
    private static void Write<T>(string path, T value)
    {
        var next = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(value, PayloadJson.Options));
        File.Move(next, path, overwrite: true);
    }

    private static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), PayloadJson.Options);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Orchestrator.Benchmarks.Node;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>A member in a process of its own, to be killed and stopped.</summary>
internal sealed class MemberProcess : IDisposable
{
    private readonly Process _process;

    private MemberProcess(Process process) => _process = process;

    /// <summary>What it has used of the processor.</summary>
    public ProcessTime Time => ProcessTime.Of(_process.Id);

    /// <summary>Starts it, and returns when it has joined.</summary>
    public static async Task<MemberProcess> StartAsync(string connection, string name, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(MemberProcess).Assembly.Location);
        }

        foreach (var word in (string[])["member", connection, name, folder])
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync() == "up" ? new MemberProcess(process) : throw new InvalidOperationException($"the member {name} did not start");
    }

    /// <summary>The body of the process.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var member = await OpenMember.StartAsync(args[0], args[1], args[2]);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.TrySetResult();
        });
        Console.WriteLine("up");
        await end.Task;
        return 0;
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster;

/// <summary>A member in a process of its own, which tests kill and stop. It says <c>READY</c>, and sends deposits to accounts of its own if told so, saying <c>S account note</c> before and <c>A account note</c> after the acknowledgement.</summary>
internal sealed class ClusterChild : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task _reading;

    private ClusterChild(Process process)
    {
        _process = process;
        _reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                lock (_lines)
                {
                    _lines.Add(line);
                }
            }
        });
    }

    public int ProcessId => _process.Id;

    /// <summary>What it has said so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The notes whose deposits were acknowledged, in order.</summary>
    public IReadOnlyList<string> Acknowledged => [.. Lines.Where(static line => line.StartsWith("A ", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2])];

    /// <summary>Waits until it has said what makes <paramref name="condition"/> true.</summary>
    public async Task SaysMoreAsync(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(20))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(30) || _process.HasExited)
            {
                Assert.Fail($"it said last:\n{string.Join('\n', Lines.TakeLast(10))}\n{(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : "and runs")}");
            }
        }
    }

    /// <summary>The body of the child: connection, name, folder, the account to deposit to ("-": none), the fail point to stop itself at ("-": none).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (connection, name, folder, account, point) = (args[0], args[1], args[2], args[3], args[4]);
        using var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var stops = 0;
        await using var node = await ClusterNode.StartAsync(connection, name, folder, builder => builder.FailPoints = new FailPoints
        {
            OnHit = hit =>
            {
                if (string.Equals(hit, point, StringComparison.Ordinal) && Interlocked.Increment(ref stops) == 20)
                {
                    output.WriteLine("STOPPED");
                    using var stop = Process.Start("kill", ["-STOP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
                    stop.WaitForExit();
                }
            },
        });
        await output.WriteLineAsync("READY");
        using var end = new CancellationTokenSource();
        using var onTerminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.Cancel();
        });
        for (var i = 0; account is not "-" && !end.IsCancellationRequested; i++)
        {
            var note = i.ToString(CultureInfo.InvariantCulture);
            await output.WriteLineAsync($"S {account} {note}");
            try
            {
                await node.AskAsync(account, new Deposit(1, note));
                await output.WriteLineAsync($"A {account} {note}");
            }
            catch (Exception e) when (e is StoreUnavailableException or OverloadedException)
            {
                await output.WriteLineAsync($"F {account} {note} {e.Message}");
            }
        }

        await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        await node.StopAsync();
        await output.WriteLineAsync("LEFT");
        return 0;
    }

    public static async Task<ClusterChild> StartAsync(string connection, string name, string folder, string account = "-", string point = "-")
    {
        var child = new ClusterChild(ChildProgram.Start("cluster-node", connection, name, folder, account, point));
        await Eventually.True(() => child.Lines.Contains("READY") || (child._process.HasExited ? throw new InvalidOperationException(child._process.StandardError.ReadToEnd()) : false), $"{name} is up");
        return child;
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;

using Orchestrator.Client;

namespace Orchestrator.Benchmarks.Node;

/// <summary>A node as a process of its own, with a data folder and a tmux server that go with it.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orc-");
    private readonly string _program;
    private readonly string[] _settings;
    private Process _process;

    private NodeProcess(string program, string[] settings)
    {
        (_program, _settings) = (program, settings);
        _process = Launch();
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var word in (string[])
        [
            "--data", Data, "--port", "0",
            "-D", "orchestrator.log.level=warning",
            "-D", "orchestrator.runtime.minimum-free-disk=0",
            "-D", $"orchestrator.agents.profiles=[\"{Path.Combine(AppContext.BaseDirectory, "Node", "Fixtures")}\"]",
            .. _settings.SelectMany(static setting => (string[])["-D", setting]),
        ])
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} could not be started");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) => Complain(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Its API.</summary>
    public OrchestratorClient Client { get; private set; } = null!;

    /// <summary>What its processor time is read from.</summary>
    public ProcessTime Time => ProcessTime.Of(_process.Id);

    /// <summary>What the processor time of its tmux server is read from.</summary>
    public ProcessTime TmuxTime => ProcessTime.Of(TmuxServer);

    /// <summary>The process id of its tmux server.</summary>
    public int TmuxServer { get; private set; }

    /// <summary>A folder for agents to work in.</summary>
    public string Work => _folder.CreateSubdirectory("work").FullName;

    /// <summary>Its data folder.</summary>
    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>The node program that was built together with this one.</summary>
    public static string BuiltProgram { get; } = Path.Combine(AppContext.BaseDirectory, "orchestrator-node");

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="program">The node program.</param>
    /// <param name="settings">Settings that differ from the defaults, <c>key=value</c>.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time.</exception>
    public static async Task<NodeProcess> StartAsync(string program, params string[] settings)
    {
        var node = new NodeProcess(program, settings);
        try
        {
            await node.ReadyAsync();
            return node;
        }
        catch (InvalidOperationException)
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it as <c>kill -9</c> does, starts it again, and waits until it is ready: it has adopted its panes then.</summary>
    public async Task KillAndStartAgainAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        Client = null!;
        File.Delete(Path.Combine(Data, NodeLocator.NodeFile));
        _process = Launch();
        await ReadyAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        using (var tmux = Process.Start("tmux", ["-S", Path.Combine(Data, "tmux", "tmux.sock"), "kill-server"]))
        {
            await tmux.WaitForExitAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task ReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || watch.Elapsed > StartsWithin)
            {
                throw new InvalidOperationException($"{_program} did not become ready within {StartsWithin.TotalSeconds:0} s");
            }

            await Task.Delay(20);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (!File.Exists(Path.Combine(Data, NodeLocator.NodeFile)))
        {
            return false;
        }

        Client ??= new OrchestratorClient(NodeLocator.Find(new NodeChoice(DataFolder: Data)));
        var node = await Client.GetNodeAsync();
        TmuxServer = node.TmuxServerPid ?? 0;
        return node.Health == "ready";
    }

    private static void Complain(string? line)
    {
        if (line is not null)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"node: {line}"));
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;

using Orchestrator.Client;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Node.Support;

/// <summary>A real node: the built program as a process of its own, with a data folder and a tmux server of its own, driven through its API.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    private const int KillSignal = 9;
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder;
    private readonly StringBuilder _log = new();
    private readonly List<string> _arguments = [];
    private Process? _process;
    private OrchestratorClient? _client;
    private NodeConnection? _connection;

    private NodeUnderTest(TemporaryFolder folder)
    {
        _folder = folder;
        Directory.CreateDirectory(Path.Combine(Data, "agents"));
        foreach (var profile in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "profiles"), "*.conf"))
        {
            File.Copy(profile, Path.Combine(Data, "agents", Path.GetFileName(profile)));
        }
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "orchestrator-node");

    public static string Orc => Cli.Orc.Program;

    /// <summary>The program that the next start runs: the one that was built with the tests, unless another was.</summary>
    public string Runs { get; set; } = Program;

    /// <summary>Its data folder.</summary>
    public string Data => _folder["data"];

    /// <summary>A folder for agents to work in.</summary>
    public string Work => Directory.CreateDirectory(_folder["work"]).FullName;

    /// <summary>The API, with the local token.</summary>
    public OrchestratorClient Client => _client ?? throw new InvalidOperationException("the node has not been started");

    public int Pid => _process!.Id;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Environment of the next start, on top of what a node gets.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Words before the program, for example those that put it into a network of its own.</summary>
    public IReadOnlyList<string> Within { get; set; } = [];

    /// <summary>What carries the requests to its API; null: sockets of this process.</summary>
    public Func<HttpMessageHandler>? Handler { get; set; }

    /// <summary>A node that has not been started yet: for what has to be there before.</summary>
    public static NodeUnderTest Create(params string[] arguments)
    {
        var node = new NodeUnderTest(new TemporaryFolder());
        node._arguments.AddRange(arguments);
        return node;
    }

    /// <summary>The same, all of it below another folder than that for temporary files, which everybody may write to.</summary>
    public static NodeUnderTest CreateBelow(string parent) => new(new TemporaryFolder(parent));

    public static async Task<NodeUnderTest> StartAsync(params string[] arguments)
    {
        var node = Create(arguments);
        await node.StartAgainAsync();
        return node;
    }

    /// <summary>Starts it, again on the same data.</summary>
    public async Task StartAgainAsync()
    {
        Launch();
        await Eventually.True(IsReadyAsync, "the node is ready", StartWithin);
    }

    /// <summary>Starts the program without waiting for anything.</summary>
    public void Launch()
    {
        File.Delete(Path.Combine(Data, "node.json"));
        // A shell that starts the tests in the background makes them, and so the node, deaf to Ctrl-C.
        string[] words = [.. Within, "env", "--default-signal=INT", Runs, "--data", Data, "--port", "0", "-D", "orchestrator.node.name=n1", "-D", $"orchestrator.agents.orc={Orc}", "-D", "orchestrator.runtime.minimum-free-disk=0", "-D", "orchestrator.recovery.failed-execution=[notify]", .. _arguments];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Whether it answers; fails the test if it has ended.</summary>
    public async Task<bool> IsReadyAsync()
    {
        Assert.False(_process!.HasExited, $"the node ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Log}");
        return await AnswersAsync();
    }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> AnswersAsync()
    {
        if (!File.Exists(Path.Combine(Data, "node.json")))
        {
            return false;
        }

        try
        {
            var connection = NodeLocator.Find(new NodeChoice(Url: null, Token: null, DataFolder: Data));
            if (_connection != connection)
            {
                _connection = connection;
                _client = new OrchestratorClient(connection, Handler?.Invoke());
            }

            return (await Client.GetNodeAsync()).Health == "ready";
        }
        catch (Exception exception) when (exception is NoNodeException or NodeUnreachableException)
        {
            // Not listening yet, or killed on purpose just now: the process that wrote the address has ended.
            return false;
        }
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process!.HasExited;

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C, which ends it well.</summary>
    public async Task StopAsync()
    {
        Signal("-INT", _process!.Id);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _process.ExitCode);
    }

    public static void Signal(string signal, int pid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pid, 1);
        using var kill = Process.Start("kill", [signal, pid.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>Registers and starts the fake agent; its log is its ground truth, and the transcript of the profile <c>fake</c> (not of <c>fake-silent</c>).</summary>
    public async Task<FakeAgentOnNode> SpawnFakeAsync(string name, string[]? modes = null, string profile = "fake")
    {
        var state = Directory.CreateDirectory(Path.Combine(Data, "state", name)).FullName;
        var log = Path.Combine(state, "fake.jsonl");
        await Client.SpawnAsync(new SpawnRequest { Name = name, Profile = profile, Folder = Work, Command = ["perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", log, .. modes ?? []] });
        return new FakeAgentOnNode(name, log);
    }

    /// <summary>Waits until the agent is shown as <paramref name="condition"/> says.</summary>
    public Task<AgentInfo> AgentIs(string name, Func<AgentInfo, bool> condition, string what, TimeSpan? within = null)
        => Eventually.Value(() => Client.GetAgentAsync(name), condition, $"{name} {what}", within);

    /// <summary>Waits until the message has come as far as one of <paramref name="states"/>.</summary>
    public Task<MessageInfo> MessageIs(string id, string[] states, TimeSpan? within = null)
        => Eventually.Value(() => Client.GetMessageAsync(id), m => states.Contains(m.State), $"message {id} is {string.Join(" or ", states)}", within);

    /// <summary>The tmux client's answer on the node's own server.</summary>
    public string Tmux(params string[] words)
    {
        var start = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in (string[])["-S", Path.Combine(Data, "tmux", "tmux.sock"), .. words])
        {
            start.ArgumentList.Add(word);
        }

        using var tmux = Process.Start(start)!;
        var output = tmux.StandardOutput.ReadToEnd();
        tmux.WaitForExit();
        return output.TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();

        // Some programs outlive their terminal: each leads a group of its own.
        foreach (var program in Tmux("list-panes", "-a", "-F", "#{?pane_dead,0,#{pane_pid}}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture)).Where(static pid => pid > 1))
        {
            Native.Kill(-program, KillSignal);
        }

        Tmux("kill-server");
        await Eventually.True(TryDelete, "the folder of the test can be removed");
    }

    private bool TryDelete()
    {
        try
        {
            _folder.Dispose();
            return true;
        }
        catch (IOException)
        {
            // A program that is just ending still writes there.
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}

using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Deployment;

/// <summary>The systemd units, run by a systemd of their own in a container. Needs what the container tests need.</summary>
[Trait("Category", "Long")]
[Collection("containers")]
public sealed class MachineTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Machine = "machine";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Containers _containers = new();

    public Task InitializeAsync() => _containers.MakeVolumeAsync();

    public async Task DisposeAsync() => await _containers.DisposeAsync();

    [Fact]
    public async Task Restarting_and_killing_the_unit_of_the_node_leaves_the_processes_of_its_agents_alone()
    {
        await StartAsync();
        await OrcAsync("spawn", "a1", "--profile", "demo", "--wait", "--timeout", "2m");
        var pid = (await AgentAsync()).Pane!.Pid;
        var process = await ProcessAsync(pid);
        Assert.Contains("orchestrator-tmux.service", await InAsync("cat", $"/proc/{pid}/cgroup"), StringComparison.Ordinal);

        await InAsync("systemctl", "restart", "orchestrator-node");
        await AnswersAsync("after a restart");
        await InAsync("systemctl", "kill", "-s", "KILL", "orchestrator-node");
        await AnswersAsync("after a kill");
        Assert.Equal(process, await ProcessAsync(pid));
        Assert.Equal(1, (await AgentAsync()).Generation);
        output.WriteLine(process);

        // And the other way round: without its server the node stays, and says what has become of the agent.
        await InAsync("systemctl", "stop", "orchestrator-tmux");
        await Eventually.True(async () => await AgentAsync() is { State: "error", Pane: null } a && (a.Detail ?? string.Empty).Contains("tmux server is gone", StringComparison.Ordinal), "the node says so", Patience);
        Assert.Equal("active", (await InAsync("systemctl", "is-active", "orchestrator-node")).Trim());
    }

    private async Task StartAsync()
    {
        var image = await _containers.BuildMachineAsync(await _containers.BuildAsync("node"));

        // With control groups of version 1 systemd needs those of its own name from outside.
        string[] groups = Directory.Exists("/sys/fs/cgroup/systemd") ? ["-v", "/sys/fs/cgroup/systemd:/sys/fs/cgroup/systemd:rw"] : [];
        await _containers.StartAsync(Machine, image, ["--systemd=always", "--privileged", "--tmpfs", "/tmp", "--tmpfs", "/run", .. groups]);
        await Eventually.True(() => _containers.SucceedsAsync(Machine, "systemctl", "is-system-running"), "systemd has started", Patience);
        await InAsync("systemd-sysusers");
        await InAsync("systemctl", "start", "orchestrator-tmux", "orchestrator-node");
        await ReadyAsync();
    }

    private Task ReadyAsync() => Eventually.True(() => _containers.SucceedsAsync(Machine, "runuser", "-u", "orchestrator", "--", "env", "ORC_DATA=/var/lib/orchestrator", "orc", "cluster", "status"), "the node is ready", Patience);

    private async Task AnswersAsync(string text)
    {
        await ReadyAsync();
        Assert.Contains(text, await OrcAsync("send", "a1", text, "--wait", "answered"), StringComparison.Ordinal);
    }

    private Task<string> OrcAsync(params string[] words) => InAsync(["runuser", "-u", "orchestrator", "--", "env", "ORC_DATA=/var/lib/orchestrator", "orc", .. words]);

    private async Task<AgentInfo> AgentAsync() => JsonSerializer.Deserialize(await OrcAsync("show", "a1", "--json"), ApiJson.Wire.AgentInfo)!;

    private Task<string> InAsync(params string[] command) => _containers.InAsync(Machine, command);

    /// <summary>A process by its number and the moment at which the kernel started it.</summary>
    private async Task<string> ProcessAsync(int pid)
    {
        var stat = await InAsync("cat", $"/proc/{pid}/stat");
        return $"process {pid} of clock tick {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}";
    }
}

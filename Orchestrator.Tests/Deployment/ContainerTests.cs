using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Deployment;

/// <summary>The images, built from their Dockerfiles and run for real. Needs podman, buildah and runc, and the base images or a way to fetch them.</summary>
[Trait("Category", "Long")]
[Collection("containers")]
public sealed class ContainerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Containers _containers = new();

    public Task InitializeAsync() => _containers.MakeVolumeAsync();

    public async Task DisposeAsync() => await _containers.DisposeAsync();

    [Fact]
    public async Task A_new_image_of_the_node_leaves_the_processes_of_its_agents_alone()
    {
        var tmux = await _containers.BuildAsync("tmux");
        var old = await _containers.BuildAsync("node");
        await _containers.StartAsync("tmux", tmux);
        await Eventually.True(() => _containers.SucceedsAsync("tmux", "tmux", "-S", "/data/tmux/tmux.sock", "-N", "display-message", "-p", "x"), "the tmux server answers", Patience);
        await StartNodeAsync("node-1", old);
        Assert.NotEqual("0", (await _containers.InAsync("node-1", "id", "-u")).Trim());

        await _containers.InAsync("node-1", "orc", "spawn", "a1", "--profile", "demo", "--wait", "--timeout", "2m");
        var before = await AgentAsync("node-1");
        var process = await ProcessAsync(before.Pane!.Pid);
        Assert.Contains("one", await _containers.InAsync("node-1", "orc", "send", "a1", "one", "--wait", "answered"), StringComparison.Ordinal);

        await _containers.RemoveAsync("node-1");
        Assert.Equal(process, await ProcessAsync(before.Pane.Pid));
        var next = await _containers.RebuildAsync(old);
        await StartNodeAsync("node-2", next);

        var after = await Eventually.Value(() => AgentAsync("node-2"), static a => a.State == "idle", "the new node has taken the agent up", Patience);
        Assert.Equal((before.Pane.Id, before.Pane.Pid, before.Generation), (after.Pane!.Id, after.Pane.Pid, after.Generation));
        Assert.Equal(process, await ProcessAsync(after.Pane.Pid));
        Assert.Contains("two", await _containers.InAsync("node-2", "orc", "send", "a1", "two", "--wait", "answered"), StringComparison.Ordinal);
        output.WriteLine($"{process} in both");
    }

    [Fact]
    public async Task Without_its_tmux_server_a_node_starts_none_of_its_own_and_says_so()
    {
        var node = await _containers.BuildAsync("node");
        await _containers.StartAsync("node", node, "-e", "ORC_NODE__NAME=n1");
        await Eventually.True(async () => (await _containers.LogsAsync("node")).Contains("tmux server did not start", StringComparison.Ordinal), "it says what is missing", Patience);
    }

    private async Task StartNodeAsync(string container, string image)
    {
        await _containers.StartAsync(container, image, "--pid", $"container:{_containers.Full("tmux")}", "-e", "ORC_NODE__NAME=n1");
        await Eventually.True(() => _containers.SucceedsAsync(container, "orc", "cluster", "status"), $"{container} is ready", Patience);
    }

    private async Task<AgentInfo> AgentAsync(string container) => JsonSerializer.Deserialize(await _containers.InAsync(container, "orc", "show", "a1", "--json"), ApiJson.Wire.AgentInfo)!;

    /// <summary>A process by its number and the moment at which the kernel started it.</summary>
    private async Task<string> ProcessAsync(int pid) => Containers.ProcessOf(pid, await _containers.InAsync("tmux", "cat", $"/proc/{pid}/stat"));
}

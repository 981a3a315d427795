using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Deployment;

/// <summary><c>docker/compose.yaml</c> and the images, built and run for real. Run by <c>./containers</c>, which installs what it needs.</summary>
[Trait("Category", "Long")]
[Collection("containers")]
public sealed class ComposeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string NodeImage = "docker.io/library/orchestrator-node";
    private const int Services = 12;
    private readonly Containers _images = new();
    private readonly ComposeProject _project = new();

    public Task InitializeAsync() => _project.OpenAsync();

    public async Task DisposeAsync()
    {
        await _project.DisposeAsync();
        await _images.DisposeAsync();
    }

    [Fact]
    public async Task A_cluster_comes_up_from_the_file_and_a_new_image_of_one_node_leaves_its_agents_alone()
    {
        string[] names = ["lighthouse", "node", "tmux"];
        var built = new Dictionary<string, string>();
        foreach (var name in names)
        {
            built[name] = await _images.BuildAsync(name);
            await Containers.TagAsync(built[name], $"docker.io/library/orchestrator-{name}");
        }

        _project.Set("POSTGRES_PASSWORD", "of-a-test");
        _project.Set("ORC_LIGHTHOUSE_PASSPHRASE", "of-a-test-too");
        await _project.UpAsync("db", "l1", "l2");
        await Eventually.Value(_project.ContainersAsync, static all => all.Count == 3 && all.Values.All(static one => one.Health == "healthy"), "database and lighthouses are healthy");
        foreach (var node in (string[])["n1", "n2", "n3"])
        {
            using var token = JsonDocument.Parse(await _project.InAsync("l1", "/app/orchestrator-lighthouse", "join-token", "--node", node, "--json"));
            _project.Set($"{node.ToUpperInvariant()}_JOIN_TOKEN", token.RootElement.GetProperty("token").GetString()!);
            _project.Set("ORC_FINGERPRINT", token.RootElement.GetProperty("fingerprint").GetString()!);
        }

        await _project.UpAsync();
        var before = await _project.HealthyAsync(Services);

        await _project.InAsync("n1", "orc", "spawn", "a1", "--profile", "demo", "--node", "n2", "--wait", "--timeout", "2m");
        Assert.Contains("one", await _project.InAsync("n1", "orc", "send", "a1", "one", "--wait", "answered"), StringComparison.Ordinal);
        var agent = await AgentAsync("n1");
        Assert.Equal("n2", agent.Node);
        var process = await ProcessAsync(agent.Pane!.Pid);

        await Containers.TagAsync(await _images.RebuildAsync(built["node"]), NodeImage);
        await _project.ReplaceAsync("n2");
        var after = await _project.HealthyAsync(Services);
        Assert.NotEqual(before["n2"].Image, after["n2"].Image);
        Assert.All(before.Keys.Where(static service => service != "n2"), service => Assert.Equal(before[service].Id, after[service].Id));

        var taken = await Eventually.Value(() => AgentAsync("n1"), static a => a.State == "idle", "the new node has taken the agent up");
        Assert.Equal((agent.Node, agent.Generation, agent.Pane), (taken.Node, taken.Generation, taken.Pane));
        Assert.Equal(process, await ProcessAsync(agent.Pane.Pid));
        Assert.Contains("two", await _project.InAsync("n1", "orc", "send", "a1", "two", "--wait", "answered"), StringComparison.Ordinal);
        output.WriteLine($"{process} in both");

        await _project.StopAsync();
        Assert.All((await _project.ContainersAsync()).Values, static one => Assert.True(!one.Running && one.ExitCode == 0, $"{one.Service} ended with {one.ExitCode}"));
    }

    private async Task<AgentInfo> AgentAsync(string service) => JsonSerializer.Deserialize(await _project.InAsync(service, "orc", "show", "a1", "--json"), ApiJson.Wire.AgentInfo)!;

    /// <summary>A process of node 2 by its number and the moment at which the kernel started it.</summary>
    private async Task<string> ProcessAsync(int pid) => Containers.ProcessOf(pid, await _project.InAsync("n2-tmux", "cat", $"/proc/{pid}/stat"));
}

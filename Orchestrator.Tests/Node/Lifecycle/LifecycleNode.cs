using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>A node whose agents may work in one folder only; the tests of an agent's life share it.</summary>
public sealed class LifecycleNode : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("orc-root-");

    /// <summary>The folder that agents may work in.</summary>
    public string Root => _root.FullName;

    internal NodeUnderTest Node { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Node = NodeUnderTest.Create(
            "-D", $"orchestrator.agents.folders=[\"{Root}\"]",
            "-D", """orchestrator.roles.clerk={prompt="You are {agent}, a {role}.", model=big, limits {queue-length=3}}""");
        await File.WriteAllTextAsync(Path.Combine(Node.Data, "agents", "fake-told.conf"), """
            inherits = fake
            role {
              prompt-arguments = [--prompt, "{prompt}"]
              model-arguments = [--model, "{model}"]
              temperature-arguments = [--temperature, "{temperature}"]
              environment { FAKE_MODEL = "{model}", FAKE_TEMPERATURE = "{temperature}" }
            }
            """);
        await Node.StartAgainAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        _root.Delete(recursive: true);
    }
}

/// <summary>Those that share it.</summary>
[CollectionDefinition(nameof(Lifecycle))]
public sealed class Lifecycle : ICollectionFixture<LifecycleNode>;

/// <summary>Steps that these tests have in common.</summary>
internal static class LifecycleSteps
{
    /// <summary>The fake agent in any folder, its log where its profile looks for the transcript.</summary>
    public static async Task<FakeAgentOnNode> SpawnFakeInAsync(this NodeUnderTest node, string name, string folder, Func<SpawnRequest, SpawnRequest>? change = null)
    {
        var request = new SpawnRequest { Name = name, Profile = "fake", Folder = folder, Command = [.. FakeCommand(node, name)] };
        await node.Client.SpawnAsync(change?.Invoke(request) ?? request);
        return new FakeAgentOnNode(name, LogOf(node, name));
    }

    public static string[] FakeCommand(this NodeUnderTest node, string name)
        => ["perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", LogOf(node, name)];

    public static Task<AgentInfo> IsIdle(this NodeUnderTest node, string name, long? generation = null)
        => node.AgentIs(name, a => a is { State: "idle", Activity: "ready" } && (generation is null || a.Generation == generation), $"is idle{(generation is null ? "" : $" as generation {generation}")}");

    public static Task<AgentInfo> Is(this NodeUnderTest node, string name, string state) => node.AgentIs(name, a => a.State == state && a.Pane is null, $"is {state}");

    /// <summary>Sends a message and waits until the program has it.</summary>
    public static async Task<string> TellAsync(this NodeUnderTest node, FakeAgentOnNode agent, string text)
    {
        var sent = await node.Client.SendMessageAsync(new SendRequest { To = agent.Name, Text = text });
        await node.MessageIs(sent.Id, ["confirmed"], TimeSpan.FromSeconds(60));
        Assert.Single(agent.Log(), s => s.Id == sent.Id);
        return sent.Id;
    }

    /// <summary>The panes of this agent in tmux: id and process.</summary>
    public static string[] PanesOf(this NodeUnderTest node, string agent)
        => [.. node.Tmux("list-panes", "-s", "-t", "=agents:", "-F", "#{@agent} #{pane_id} #{pane_pid}").Split('\n').Where(line => line.StartsWith(agent + " ", StringComparison.Ordinal)).Select(line => line[(agent.Length + 1)..])];

    private static string LogOf(NodeUnderTest node, string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(node.Data, "state", name)).FullName, "fake.jsonl");
}

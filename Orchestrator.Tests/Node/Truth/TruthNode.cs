using System.Diagnostics;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Truth;

/// <summary>A node that the tests of what is shown share: each has an agent of its own on it.</summary>
public sealed class TruthNode : IAsyncLifetime
{
    internal NodeUnderTest Node { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Node = await StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Node.DisposeAsync();

    internal static Task<NodeUnderTest> StartAsync()
        => NodeUnderTest.StartAsync("-D", $"orchestrator.agents.profiles=[\"{Path.Combine(AppContext.BaseDirectory, "Node", "Truth", "Fixtures")}\"]");
}

/// <summary>Those that share it.</summary>
[CollectionDefinition(nameof(Truth))]
public sealed class Truth : ICollectionFixture<TruthNode>;

/// <summary>Steps that these tests have in common.</summary>
internal static class TruthSteps
{
    /// <summary>What is shown is right within 2 s; a loaded machine gets five times that.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>Waits until the agent is shown so, and writes down how long that took.</summary>
    public static async Task<AgentInfo> IsShownAs(this NodeUnderTest node, string name, string state, string activity, ITestOutputHelper output)
    {
        var watch = Stopwatch.StartNew();
        var shown = await node.AgentIs(name, a => a.State == state && a.Activity == activity, $"is {state} and {activity}", Within);
        output.WriteLine($"{name} is shown as {state}, {activity} after {watch.Elapsed.TotalSeconds:0.00} s (asked: 2 s)");
        return shown;
    }

    /// <summary>Waits until the explanation, as a person would read it, has <paramref name="fact"/> in it.</summary>
    public static async Task<ExplainInfo> ExplanationNames(this NodeUnderTest node, string name, string fact)
        => await Eventually.Value(
            () => node.Client.ExplainAsync(name),
            e => string.Join('\n', [e.Decided, .. e.Facts.Select(static f => f.Evidence)]).Contains(fact, StringComparison.OrdinalIgnoreCase),
            $"the explanation of {name} names '{fact}'",
            Within);

    /// <summary>Spawns a fake agent and waits for it to be idle.</summary>
    public static async Task<FakeAgentOnNode> IdleFakeAsync(this NodeUnderTest node, string name, string[]? modes = null, string profile = "fake")
    {
        var agent = await node.SpawnFakeAsync(name, modes, profile);
        await node.AgentIs(name, static a => a is { State: "idle", Activity: "ready" }, "is idle");
        return agent;
    }

    public static async Task<PaneInfo> PaneOf(this NodeUnderTest node, string name) => (await node.Client.GetAgentAsync(name)).Pane!;

    /// <summary>Sends a message and returns its id.</summary>
    public static async Task<string> SendAsync(this NodeUnderTest node, string to, string text)
        => (await node.Client.SendMessageAsync(new SendRequest { To = to, Text = text })).Id;

    /// <summary>The message has come through: whole, once, and nothing else with it.</summary>
    public static async Task Arrives(this NodeUnderTest node, FakeAgentOnNode agent, string id, string text)
    {
        await node.MessageIs(id, ["confirmed"], TimeSpan.FromSeconds(60));
        var submitted = Assert.Single(agent.Log(), s => s.Id == id);
        Assert.True(FakeAgentOnNode.IsWhole(submitted, text), $"what was submitted is not what was sent: {submitted.Text}");
    }

    /// <summary>The message waits: it is neither lost, nor typed, nor given up.</summary>
    public static async Task Waits(this NodeUnderTest node, FakeAgentOnNode agent, string id)
    {
        var message = await node.Client.GetMessageAsync(id);
        Assert.Contains(message.State, (string[])["accepted", "queued"]);
        Assert.DoesNotContain(agent.Log(), s => s.Id == id);
    }
}

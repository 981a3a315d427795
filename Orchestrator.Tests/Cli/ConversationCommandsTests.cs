using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc conversation</c>, <c>message</c>, <c>protocol</c> and <c>route</c> against a node.</summary>
public sealed class ConversationCommandsTests : IAsyncLifetime
{
    private readonly Orc _orc = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        _orc.Environment["ORC_DATA"] = _node.Data;
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_conversation_is_started_spoken_in_read_left_ended_and_exported()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        Assert.Contains("plan active", (await _orc.RunAsync("conversation", "start", "me", "a1", "b1", "--id", "plan", "--title", "the plan")).Expect(0), StringComparison.Ordinal);
        Assert.Equal("#1 said\n", (await _orc.RunAsync("conversation", "say", "plan", "hello\e[2J")).Expect(0));
        var shown = (await _orc.RunAsync("conversation", "show", "plan")).Expect(0);
        Assert.Contains("#1 client:admin", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", shown, StringComparison.Ordinal);
        Assert.Contains("plan", (await _orc.RunAsync("conversation", "ls", "--of", "a1")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("conversation", "read", "plan", "a1")).Expect(0);
        (await _orc.RunAsync("conversation", "leave", "plan", "b1")).Expect(0);
        (await _orc.RunAsync("conversation", "join", "plan", "b1")).Expect(0);
        (await _orc.RunAsync("conversation", "summarise", "plan", "they greeted")).Expect(0);
        Assert.Contains("ended", (await _orc.RunAsync("conversation", "end", "plan", "--reason", "done")).Expect(0), StringComparison.Ordinal);
        var refused = await _orc.RunAsync("conversation", "say", "plan", "too late");
        refused.Expect(1);
        Assert.Contains("has ended", refused.Errors, StringComparison.Ordinal);
        (await _orc.RunAsync("conversation", "export", "plan", "-o", "plan.md")).Expect(0);
        Assert.Contains("they greeted", await File.ReadAllTextAsync(Path.Combine(_orc.Home, "plan.md")), StringComparison.Ordinal);
        Assert.Single(JsonSerializer.Deserialize((await _orc.RunAsync("conversation", "export", "plan", "--format", "json")).Expect(0), ApiJson.Wire.ConversationExportInfo)!.Messages);
    }

    [Fact]
    public async Task Types_routes_dead_letters_violations_and_statistics_are_shown()
    {
        await _node.SpawnReadyAsync("a1");
        Assert.Contains("success_criteria", (await _orc.RunAsync("message", "types", "task_assignment")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("no route takes", (await _orc.RunAsync("message", "dispatch", "lost")).Expect(1), StringComparison.Ordinal);
        Assert.Contains("lost", (await _orc.RunAsync("message", "dispatches", "--dead", "--json")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("route", "add", "rest", "--default", "--to", "a1")).Expect(0);
        (await _orc.RunAsync("message", "dispatch", "found")).Expect(0);
        Assert.Contains("rest", (await _orc.RunAsync("route", "ls")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("route", "rm", "rest")).Expect(0);
        Assert.Contains("status_request", (await _orc.RunAsync("send", "a1", "--type", "status_request", "--content", "{\"about\": \"the build\"}", "--json")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("send", "a1", "--type", "status_request", "--content", "{}")).Expect(1);
        (await _orc.RunAsync("send", "a1", "--type", "status_request", "--content", "{")).Expect(2);
        await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v.Length == 1, "it is counted");
        Assert.Contains("missing_required_field", (await _orc.RunAsync("protocol", "violations")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("status_request 1", (await _orc.RunAsync("message", "stats", "--since", "1h")).Expect(0), StringComparison.Ordinal);
    }
}

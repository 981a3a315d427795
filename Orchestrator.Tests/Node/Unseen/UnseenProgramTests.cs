using System.Text.Json;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Unseen;

/// <summary>A program that no code here knows is driven by a profile that was written from the documentation alone.</summary>
public sealed class UnseenProgramTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Node", "Unseen", "Fixtures");

    [Fact]
    public async Task Its_states_are_told_and_its_messages_arrive_whole_once_and_in_order()
    {
        await using var node = await NodeUnderTest.StartAsync("-D", $"orchestrator.agents.profiles=[\"{Path.Combine(Fixtures, "profiles")}\"]");
        File.Copy(Path.Combine(Fixtures, "clerk.pl"), Path.Combine(node.Work, "clerk.pl"));
        await node.Client.SpawnAsync(new SpawnRequest { Name = "clerk", Profile = "clerk", Folder = node.Work });
        await node.AgentIs("clerk", static a => a is { State: "idle", Activity: "ready" }, "is ready");

        string[] texts = ["one line", "/looks like a command\nand goes on \\", "quotes \" ' ; #{x} $(id) ` \t end @word", string.Concat(Enumerable.Repeat("many words on many lines\n", 60)) + "ä 漢字 🙂", "the last"];
        foreach (var text in texts)
        {
            var sent = await node.Client.SendMessageAsync(new SendRequest { To = "clerk", Text = text });
            var delivered = await node.MessageIs(sent.Id, ["confirmed", "failed", "dead_letter"]);
            Assert.True(delivered.State == "confirmed", $"{delivered.State}: {delivered.Reason}");
        }

        Assert.Equal(texts, Said(node).Select(Unwrapped));

        var slow = await node.Client.SendMessageAsync(new SendRequest { To = "clerk", Text = "this one slowly" });
        await node.AgentIs("clerk", static a => a is { State: "busy", Activity: "working" }, "works");
        var meanwhile = await node.Client.SendMessageAsync(new SendRequest { To = "clerk", Text = "please write letter" });
        await node.MessageIs(slow.Id, ["confirmed"]);
        await node.MessageIs(meanwhile.Id, ["confirmed"]);
        await node.AgentIs("clerk", static a => a is { State: "busy", Activity: "awaiting_approval" }, "asks");

        // It waits for a person: nothing is typed into its question.
        var after = await node.Client.SendMessageAsync(new SendRequest { To = "clerk", Text = "yes, y, go ahead and jam" });
        await Eventually.True(async () => (await node.Client.ExplainAsync("clerk")).Waiting?.Contains("awaiting_approval", StringComparison.Ordinal) == true, "the message waits for the answer");
        Assert.Equal(texts.Length + 2, Said(node).Count);
        node.Tmux("send-keys", "-t", (await node.Client.GetAgentAsync("clerk")).Pane!.Id, "n");
        await node.MessageIs(after.Id, ["confirmed"]);
        await node.AgentIs("clerk", static a => a is { State: "idle", Activity: "turn_failed" }, "is shown as failed");
        Assert.Equal([.. texts, "this one slowly", "please write letter", "yes, y, go ahead and jam"], Said(node).Select(Unwrapped));

        await node.Client.StopAgentAsync("clerk");
        await node.AgentIs("clerk", static a => a is { State: "offline", Activity: "exited" }, "ends by the keys of its profile");
    }

    private static List<string> Said(NodeUnderTest node)
        => [.. File.ReadAllLines(Path.Combine(node.Work, "said.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("said").GetString()!)];

    /// <summary>Without the envelope's two lines.</summary>
    private static string Unwrapped(string said)
    {
        var lines = said.Split('\n');
        Assert.StartsWith("[message ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("[end ", lines[^1], StringComparison.Ordinal);
        return string.Join('\n', lines[1..^1]);
    }
}

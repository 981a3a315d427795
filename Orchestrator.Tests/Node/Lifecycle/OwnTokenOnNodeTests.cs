using System.Text;
using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>The token that a program gets of its agent, and how agents end with a note.</summary>
[Collection(nameof(Lifecycle))]
public sealed class OwnTokenOnNodeTests(LifecycleNode shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_shell_speaks_for_its_agent_by_orc_with_a_token_that_is_written_down_nowhere_and_dies_with_the_program()
    {
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "own", Profile = "shell", Folder = shared.Root });
        var agent = await Node.IsIdle("own");
        var first = await TokenAsync("own", agent.Generation);
        await RunAsync("own", "orc whoami --json > who.json", "who.json");
        Assert.Contains("\"agent\": \"own\"", await File.ReadAllTextAsync(Path.Combine(shared.Root, "who.json")), StringComparison.Ordinal);
        await RunAsync("own", "printenv ORC_TOKEN; echo", "who.json");
        await Eventually.True(async () => (await Node.Client.GetOutputAsync("own")).Text.Contains("orc_(redacted)", StringComparison.Ordinal), "the token on the screen is redacted", Patience);
        Assert.DoesNotContain(first, (await Node.Client.GetOutputAsync("own")).Text, StringComparison.Ordinal);

        await Node.Client.RestartAgentAsync("own", force: false);
        agent = await Node.IsIdle("own", agent.Generation + 1);
        var second = await TokenAsync("own", agent.Generation);
        Assert.NotEqual(first, second);
        await DiesAsync(first);
        Assert.Equal("own", (await SelfAsync(second)).Agent);
        await Node.Client.StopAgentAsync("own", force: true);
        await DiesAsync(second);

        // Captured, journaled and logged: the tokens are in none of it.
        Assert.DoesNotContain(first, Node.Log, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Node.Data, "*", SearchOption.AllDirectories).Where(static file => Path.GetExtension(file) is not (".sock" or ".lock")))
        {
            var bytes = await ReadAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(first)) < 0 && bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(second)) < 0, $"{file} holds a token");
        }
    }

    [Fact]
    public async Task An_agent_that_is_to_end_leaves_what_it_answers_as_a_note_and_its_successor_is_told()
    {
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "leaving", Profile = "demo", Folder = shared.Root });
        await Node.IsIdle("leaving");
        await Node.Client.AskHandOverAsync("leaving", new AskHandOverRequest { Then = "end", LimitSeconds = 120 });
        await Node.AgentIs("leaving", static a => a.State == "terminated", "is ended", Patience);
        var left = await Node.Client.GetHandOverAsync("leaving");
        Assert.Equal(("left", "answer", "agent/leaving", "terminated"), (left.State, left.Notes.Single().Source, left.Notes.Single().By, left.AgentState));
        Assert.Contains("told by handover/leaving", left.Note, StringComparison.Ordinal);
        Assert.Contains("Hand over your work", left.Screen, StringComparison.Ordinal);

        await Node.Client.SpawnAsync(new SpawnRequest { Name = "next", Profile = "demo", Folder = shared.Root, SuccessorOf = "leaving" });
        var told = await Eventually.Value(() => Node.Client.ListMessagesAsync("next"), static m => m is [{ State: "confirmed" }], "the successor has its briefing", Patience);
        Assert.Equal("handover/leaving", told[0].From);
        Assert.Contains(left.Note!.Trim().ReplaceLineEndings("\n  "), told[0].Text, StringComparison.Ordinal);
        Assert.Equal("next", (await Node.Client.GetHandOverAsync("leaving")).Successor);
    }

    // What is typed into a shell is run: the file is there once it was.
    private async Task RunAsync(string agent, string command, string file)
    {
        var done = Path.Combine(shared.Root, $"{agent}-{Guid.NewGuid():n}");
        await Node.Client.SendMessageAsync(new SendRequest { To = agent, Text = $"{command}; touch {done}" });
        await Eventually.True(() => File.Exists(done), $"{command} was run", Patience);
        Assert.True(File.Exists(Path.Combine(shared.Root, file)));
    }

    private async Task<string> TokenAsync(string agent, long generation)
    {
        var file = Path.Combine(shared.Root, $"token-{generation}");
        await File.WriteAllTextAsync(Path.Combine(shared.Root, "who.json"), "");
        await RunAsync(agent, $"printenv ORC_TOKEN > {file}", $"token-{generation}");
        var token = (await File.ReadAllTextAsync(file)).Trim();
        Assert.Matches("^orc_[0-9a-f]{64}$", token);
        return token;
    }

    private async Task<SelfInfo> SelfAsync(string token)
    {
        using var client = new OrchestratorClient(new NodeConnection(Node.Client.Connection.Address, token, "the test"));
        return await client.GetSelfAsync();
    }

    private Task DiesAsync(string token) => Eventually.True(
        async () =>
        {
            try
            {
                await SelfAsync(token);
                return false;
            }
            catch (ApiException e) when (e.Status == System.Net.HttpStatusCode.Unauthorized)
            {
                return true;
            }
        },
        "the token is revoked",
        Patience);

    private static async Task<byte[]> ReadAsync(string file)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var buffer = new MemoryStream();
            await stream.CopyToAsync(buffer);
            return buffer.ToArray();
        }
        catch (FileNotFoundException)
        {
            // The store takes its own files away.
            return [];
        }
    }
}

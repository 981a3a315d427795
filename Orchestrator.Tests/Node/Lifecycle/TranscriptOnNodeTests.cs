using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>The transcript of a program can be read while it runs, and after it has ended in whatever way.</summary>
[Collection(nameof(Lifecycle))]
public sealed class TranscriptOnNodeTests(LifecycleNode shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task It_is_read_from_the_program_while_that_runs_and_from_what_was_kept_when_the_agent_has_handed_over_and_its_own_folder_is_gone()
    {
        using var orc = new Orc { Environment = { ["ORC_DATA"] = Node.Data } };
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "scribe", Profile = "demo", Folder = shared.Root });
        await Node.IsIdle("scribe");
        (await orc.RunAsync("transcript", "scribe")).Expect(1);
        var token = Secret.NewToken();
        await TellAsync("scribe", "work 10ms");

        // What was sent has been redacted by then; what the program itself has come by has not.
        await File.AppendAllTextAsync(Path.Combine(Node.Data, "state", "scribe", "transcript.jsonl"), $"{{\"said\":\"with {token}\"}}\n");
        var live = await Node.Client.GetTranscriptAsync("scribe");
        Assert.Equal(("program", 1L, 0L, Path.Combine(Node.Data, "state", "scribe", "transcript.jsonl")), (live.Source, live.Generation, live.LeftOut, live.From));
        Assert.Contains(live.Lines, static line => line.Contains("with orc_(redacted)", StringComparison.Ordinal));

        var stopped = await orc.RunAsync("stop", "scribe", "--handover", "--limit", "2m");
        stopped.Expect(0);
        Directory.Delete(Path.Combine(Node.Data, "state", "scribe"), recursive: true);
        var kept = await Node.Client.GetTranscriptAsync("scribe");
        Assert.Equal(("kept", live.From), (kept.Source, kept.From));
        Assert.Equal(live.Lines.AsEnumerable(), kept.Lines.Take(live.Total));
        Assert.Contains(kept.Lines, static line => line.Contains("Hand over your work", StringComparison.Ordinal));
        var file = Path.Combine(Node.Data, "transcripts", "scribe", "1.transcript");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(token, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Contains(await Node.Client.GetHistoryAsync("scribe", limit: 1000), static e => e.Type == "agent.transcript_kept.v1");

        var printed = await orc.RunAsync("transcript", "scribe", "--json", "--lines", "2");
        Assert.Equal(kept.Lines.TakeLast(2), printed.Expect(0).TrimEnd('\n').Split('\n'));
        Assert.Contains("kept ", printed.Errors, StringComparison.Ordinal);

        await Node.Client.SpawnAsync(new SpawnRequest { Name = "scribe-next", Profile = "demo", Folder = shared.Root, SuccessorOf = "scribe" });
        Assert.Contains("orc transcript scribe", (await Node.Client.ListMessagesAsync("scribe-next")).Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_kept_when_the_program_crashes_or_is_killed_each_end_by_itself()
    {
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "fragile", Profile = "demo", Folder = shared.Root });
        var agent = await Node.IsIdle("fragile");
        await TellAsync("fragile", "work 10ms once");
        NodeUnderTest.Signal("-KILL", agent.Pane!.Pid);
        await Node.Is("fragile", "error");
        Assert.Contains("once", Assert.Single((await Node.Client.GetTranscriptAsync("fragile")).Lines, static line => line.Contains("\"sha256\"", StringComparison.Ordinal)), StringComparison.Ordinal);

        File.Delete(Path.Combine(Node.Data, "state", "fragile", "transcript.jsonl"));
        await Node.Client.StartAgentAsync("fragile", "fresh");
        await Node.IsIdle("fragile", agent.Generation + 1);
        await Node.Client.SendMessageAsync(new SendRequest { To = "fragile", Text = "crash" });
        await Node.Is("fragile", "error");
        var last = await Node.Client.GetTranscriptAsync("fragile");
        Assert.Equal(("kept", 2L), (last.Source, last.Generation));
        Assert.DoesNotContain(last.Lines, static line => line.Contains("once", StringComparison.Ordinal));
        Assert.Contains((await Node.Client.GetTranscriptAsync("fragile", generation: 1)).Lines, static line => line.Contains("once", StringComparison.Ordinal));
        var none = await Assert.ThrowsAsync<ApiException>(() => Node.Client.GetTranscriptAsync("fragile", generation: 3));
        Assert.Contains("of the generations 1, 2", none.Message, StringComparison.Ordinal);
    }

    private async Task TellAsync(string agent, string text)
        => await Node.MessageIs((await Node.Client.SendMessageAsync(new SendRequest { To = agent, Text = text })).Id, ["confirmed"], Patience);
}

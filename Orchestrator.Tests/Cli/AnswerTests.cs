using System.Text.Json;

using Orchestrator.Actors.Messaging;
using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc send --wait answered</c> against a node with the demo agent.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task It_prints_what_the_agent_answers_and_fails_where_there_is_no_answer()
    {
        await using var node = await NodeUnderTest.StartAsync();
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = node.Data;
        await node.Client.SpawnAsync(new SpawnRequest { Name = "d", Profile = "demo", Folder = node.Work });
        await node.AgentIs("d", static a => a.State == "idle", "is idle");

        var text = "two\nlines, work 0.1s";
        var answer = (await orc.RunAsync("send", "d", text, "--wait", "answered")).Expect(0);
        Assert.Matches(@"\Atold by client:\S+ in message [0-9A-Z]{26}, 20 characters: two\nlines, work 0\.1s\n\z", answer);
        var message = JsonSerializer.Deserialize((await orc.RunAsync("send", "d", text, "--wait", "answered", "--json")).Expect(0), ApiJson.Wire.MessageInfo)!;
        Assert.EndsWith(text, message.Answer!.Text, StringComparison.Ordinal);
        Assert.Contains(message.Answer.Text!, (await orc.RunAsync("show", message.Id)).Expect(0), StringComparison.Ordinal);

        // Several at once, which the program queues itself: each has the answer to itself.
        var ids = new List<(string Id, string Text)>();
        foreach (var index in Enumerable.Range(1, 5))
        {
            ids.Add(((await node.Client.SendMessageAsync(new SendRequest { To = "d", Text = $"number {index} work 0.2s" })).Id, $"number {index} work 0.2s"));
        }

        foreach (var (id, said) in ids)
        {
            var answered = await Support.Eventually.Value(() => node.Client.GetMessageAsync(id), static m => m.Answer is not null, $"{id} is answered");
            Assert.EndsWith(said, answered.Answer!.Text, StringComparison.Ordinal);
            Assert.Contains(id, answered.Answer.Text, StringComparison.Ordinal);
        }

        var failed = await orc.RunAsync("send", "d", "fail", "--wait", "answered");
        failed.Expect(1);
        Assert.Contains("without an answer", failed.Errors, StringComparison.Ordinal);

        // It ends in the middle of its turn.
        var cut = await orc.RunAsync("send", "d", "crash work 0.1s", "--wait", "answered");
        Assert.True(cut.ExitCode == 0 || cut.Errors.Contains("ended", StringComparison.Ordinal), cut.Errors);

        await node.Client.SpawnAsync(new SpawnRequest { Name = "s", Profile = "shell", Folder = node.Work });
        var refused = await orc.RunAsync("send", "s", "true", "--wait", "answered");
        refused.Expect(2);
        Assert.Contains("the profile shell has no answers", refused.Errors, StringComparison.Ordinal);
        refused = await orc.RunAsync("send", "s", "true", "--wait", "confirmed");
        refused.Expect(2);
        Assert.Contains("messages to the profile shell are never confirmed", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(await node.Client.ListMessagesAsync("s"));
    }

    [Fact]
    public void A_long_answer_is_cut_at_a_whole_character_and_says_so()
    {
        var cut = AnswerText.Of(new string('é', AnswerText.MaximumBytes), null, null, null, "transcript x");
        Assert.Equal((AnswerText.MaximumBytes / 2, true), (cut.Text!.Length, cut.Cut));
        Assert.Contains("cut", cut.Evidence, StringComparison.Ordinal);
        Assert.Equal("a\uFFFDb\uFFFD", AnswerText.Of("a\0b\uD800", null, null, null, "x").Text);
    }
}

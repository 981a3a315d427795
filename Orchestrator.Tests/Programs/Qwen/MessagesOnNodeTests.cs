using System.Diagnostics;
using System.Globalization;
using Orchestrator.Client;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>Messages of every kind through a node into the real Qwen Code: every text reaches the model byte for byte, once, in order.</summary>
[Collection(nameof(Chaos))]
public sealed class MessagesOnNodeTests(ITestOutputHelper output)
{
    private const int Messages = 100;
    private const int UnderKills = 30;
    private const int Kills = 5;

    // Its own channel left out: everything is pasted and submitted.
    private const string Typed = "inherits = qwen\nchannel { arguments = [], line = \"\" }";

    [Fact]
    public async Task A_hundred_messages_reach_the_model_whole_once_in_order_and_each_is_proved_by_the_transcript()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram(), ("typed", Typed));

        // Two at once: they share a home, and with it the folder of their transcripts.
        string[] agents = ["q1", "q2"];
        await Task.WhenAll(agents.Select(agent => qwen.SpawnReadyAsync(agent, "typed")));
        var sent = new List<(string Agent, string Id, string Text)>();
        var watch = Stopwatch.StartNew();
        foreach (var (index, text) in QwenTexts.Of(Messages).Index())
        {
            var agent = agents[index % agents.Length];
            sent.Add((agent, await qwen.SendAsync(agent, text), text));
        }

        var confirmed = new List<MessageInfo>();
        foreach (var (agent, id, _) in sent)
        {
            confirmed.Add(await qwen.ConfirmedAsync(agent, id));
        }

        var all = watch.Elapsed;
        Assert.Equal(Messages, (await qwen.ArrivedAsync(Messages)).Count);
        foreach (var agent in agents)
        {
            await qwen.IsAsync(agent, "ready");
            AssertArrived(qwen, sent.Where(message => message.Agent == agent).Select(static message => (message.Id, message.Text)));
        }

        var atOnce = confirmed.Count(static message => message.Steps[^1].Evidence!.Contains("Enter pressed 1 time", StringComparison.Ordinal));
        var typing = confirmed.Select(static message => Between(message, "typed", "confirmed")).Order().ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Messages} messages to {agents.Length} agents in {all.TotalSeconds:0.0} s, {all.TotalSeconds * agents.Length / Messages:0.00} s each; from typed to confirmed {typing[typing.Count / 2].TotalMilliseconds:0} ms (median), {typing[^1].TotalMilliseconds:0} ms (longest); {atOnce} submitted by the first Enter"));
        Assert.True(atOnce >= Messages * 0.99, $"the first Enter was enough for {atOnce} of {Messages} only");
        Assert.All(confirmed, static message => Assert.Equal(1, message.Attempts));
    }

    [Fact]
    public async Task A_node_that_is_killed_in_the_middle_of_it_loses_and_doubles_nothing_and_the_program_does_not_notice()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram(), ("typed", Typed));
        var texts = QwenTexts.Of(UnderKills);
        var pid = (await qwen.SpawnReadyAsync("q", "typed")).Pane!.Pid;
        var ids = new List<string>();
        foreach (var text in texts)
        {
            ids.Add(await qwen.SendAsync("q", text));
        }

        for (var kill = 1; kill <= Kills; kill++)
        {
            var seen = kill * (UnderKills / (Kills + 1));
            await Eventually.True(() => qwen.Model.Messages.Length >= seen, $"{seen} messages have reached the model", ProgramNode.Patience);

            // Anywhere within a delivery: which step it meets is left to chance.
            await Task.Delay(random.Next(0, 1500));
            await qwen.Node.KillAsync();
            await qwen.Node.StartAgainAsync();
            var adopted = await qwen.Node.AgentIs("q", static agent => agent.Pane is not null, "is adopted", ProgramNode.Patience);
            Assert.Equal(pid, adopted.Pane!.Pid);
        }

        foreach (var id in ids)
        {
            await qwen.ConfirmedAsync("q", id);
        }

        var ready = await qwen.IsAsync("q", "ready");
        Assert.Equal(pid, ready.Pane!.Pid);
        Assert.Equal(1, ready.Generation);
        Assert.Equal(UnderKills, (await qwen.ArrivedAsync(UnderKills)).Count);
        AssertArrived(qwen, ids.Zip(texts));
    }

    private static void AssertArrived(ProgramNode qwen, IEnumerable<(string Id, string Text)> sent)
    {
        var all = sent.ToList();
        var ids = all.Select(static message => message.Id).ToHashSet(StringComparer.Ordinal);
        var arrived = qwen.Arrived().Where(message => ids.Contains(message.Id)).ToList();
        Assert.Equal(all.Select(static message => message.Id), arrived.Select(static message => message.Id));
        foreach (var ((id, text), got) in all.Zip(arrived))
        {
            Assert.True(text == got.Text, $"{id} was changed on its way:\n{text}\n--- arrived as ---\n{got.Text}");
        }

        Assert.Empty(qwen.Model.Problems);
    }

    private static TimeSpan Between(MessageInfo message, string from, string to)
        => message.Steps.Last(step => step.State == to).At - message.Steps.Last(step => step.State == from).At;
}

using System.Security.Cryptography;
using System.Text;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class FakeAgentTests
{
    [Fact]
    public async Task It_logs_what_was_submitted_to_the_byte()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        var text = "[message M1 from alice]\nhello 'world' \"x\" ; #{pane_id} $(x) \\ 漢字 🙂\tend;";

        await Deliver(own, agent, 1, 0, "M1", text);

        var log = Assert.Single(await agent.LogHas(1));
        Assert.Equal(("M1", "alice", "1", agent.Pane.ProcessId), (log.Id, log.Writer, log.Generation, log.Pid));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), log.Sha256);
    }

    [Fact]
    public async Task A_busy_one_queues_what_comes_meanwhile()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--busy", "300");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        await Deliver(own, agent, 1, 0, "M1", "first");
        await agent.ScreenShows("working");
        await Deliver(own, agent, 1, 1, "M2", "second");

        Assert.Equal(["first", "second"], (await agent.LogHas(2)).Select(line => line.Text));
        await agent.ScreenShows("took 6 bytes");
    }

    [Fact]
    public async Task One_that_ignores_Enter_takes_the_next()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--ignore-enter", "1");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        await Deliver(own, agent, 1, 0, "M1", "hello");
        Assert.Empty(agent.Log());
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.SubmitAsync(agent.Guard(1, 1), DeliveryId.Parse("M1")));

        Assert.Equal("hello", Assert.Single(await agent.LogHas(1)).Text);
    }

    [Fact]
    public async Task One_that_crashes_has_logged_before()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--crash-after", "1");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        await Deliver(own, agent, 1, 0, "M1", "last words");

        Assert.Equal("last words", Assert.Single(await agent.LogHas(1)).Text);
        var facts = await Support.Eventually.Value(() => own.Panes.FindAsync(agent.Id), facts => facts!.ExitSignal is not null, "the pane is dead");
        Assert.Equal((null, 9), (facts!.ExitStatus, facts.ExitSignal));
    }

    [Fact]
    public async Task A_large_paste_is_collapsed_on_its_screen_and_whole_in_its_log()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        var text = string.Concat(Enumerable.Range(0, 15_000).Select(i => $"{i} line é\n")) + "end";

        var loaded = await own.Deliveries.LoadAsync(DeliveryId.Parse("M1"), TerminalText.Sanitize(text));
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.TypeAsync(agent.Guard(1, 0), loaded));
        await agent.ScreenShows($"[Pasted {text.Length} chars]");
        await own.Deliveries.SubmitAsync(agent.Guard(1, 1), loaded.Id);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), Assert.Single(await agent.LogHas(1)).Sha256);
    }

    internal static async Task Deliver(OwnServer own, FakeAgent agent, long writer, long sequence, string id, string text)
    {
        var loaded = await own.Deliveries.LoadAsync(DeliveryId.Parse(id), TerminalText.Sanitize(text));
        var guard = agent.Guard(writer, sequence);
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.TypeAsync(guard, loaded));
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.SubmitAsync(guard.AfterTyping(), loaded.Id));
    }
}

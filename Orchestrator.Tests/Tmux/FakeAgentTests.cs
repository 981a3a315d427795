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

    [Fact]
    public async Task A_slow_one_still_takes_everything()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--slow", "30");
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        var text = string.Concat(Enumerable.Repeat("0123456789\n", 2000)) + "end";

        await Deliver(own, agent, 1, 0, "M1", text);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), Assert.Single(await agent.LogHas(1)).Sha256);
    }

    [Fact]
    public async Task One_without_brackets_submits_every_line_by_itself()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--no-brackets");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        await Deliver(own, agent, 1, 0, "M1", "one\ntwo");

        Assert.Equal(["one", "two"], (await agent.LogHas(2)).Select(line => line.Text));
    }

    [Fact]
    public async Task One_with_hostile_escapes_repaints_and_still_submits_intact()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--escapes", "--repaint", "20");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        for (var i = 0; i < 10; i++)
        {
            await Deliver(own, agent, 1, i, $"M{i}", $"text {i}");
            await agent.LogHas(i + 1);
            Assert.NotNull(await own.Panes.CaptureAsync(agent.Id));
        }

        Assert.All((await agent.LogHas(10)).Select((line, i) => (line, i)), pair => Assert.EndsWith($"text {pair.i}", pair.line.Text, StringComparison.Ordinal));
        Assert.Equal(2, (await own.Panes.ListAsync()).Count);
    }

    [Fact]
    public async Task One_that_ends_says_how_and_a_late_one_loses_what_was_typed_before_its_prompt()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own, "--exit-after", "1", "--start-after", "300");
        await own.Deliveries.AdoptAsync(agent.Id, 1);

        await Deliver(own, agent, 1, 0, "M1", "bye");

        Assert.Equal("bye", Assert.Single(await agent.LogHas(1)).Text);
        var facts = await Support.Eventually.Value(() => own.Panes.FindAsync(agent.Id), facts => facts!.ExitStatus is not null, "it has ended");
        Assert.Equal(3, facts!.ExitStatus);
    }

    [Fact]
    public async Task It_costs_nothing_while_it_waits()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        using var process = System.Diagnostics.Process.GetProcessById(agent.Pane.ProcessId);
        var before = process.TotalProcessorTime;
        var switches = Switches(agent.Pane.ProcessId);

        for (var i = 0; i < 50; i++)
        {
            await own.Panes.ListAsync();
        }

        process.Refresh();
        Assert.Equal(before, process.TotalProcessorTime);
        Assert.Equal(switches, Switches(agent.Pane.ProcessId));

        static string Switches(int pid) => File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal));
    }

    internal static async Task Deliver(OwnServer own, FakeAgent agent, long writer, long sequence, string id, string text)
    {
        var loaded = await own.Deliveries.LoadAsync(DeliveryId.Parse(id), TerminalText.Sanitize(text));
        var guard = agent.Guard(writer, sequence);
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.TypeAsync(guard, loaded));
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.SubmitAsync(guard.AfterTyping(), loaded.Id));
    }
}

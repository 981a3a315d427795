using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

/// <summary>Each protection of a delivery, and what happens without it.</summary>
public sealed class DeliveryTests
{
    private static readonly DeliveryId M1 = DeliveryId.Parse("M1");

    [Fact]
    public async Task A_delivery_leaves_its_marks_and_no_buffer()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);

        Assert.Equal(new PaneMarks(5, 0, null, null), await own.Deliveries.AdoptAsync(agent.Id, 5));
        var loaded = await Load(own, "hello");
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.TypeAsync(agent.Guard(5, 0), loaded));
        Assert.Equal(new PaneMarks(5, 1, "M1", null), await own.Deliveries.ReadMarksAsync(agent.Id));
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.SubmitAsync(agent.Guard(5, 1), M1));

        Assert.Equal(new PaneMarks(5, 1, "M1", "M1"), await own.Deliveries.ReadMarksAsync(agent.Id));
        Assert.Equal("hello", Assert.Single(await agent.LogHas(1)).Text);
        Assert.Empty(await own.TmuxAsync("list-buffers"));
    }

    [Fact]
    public async Task Typing_the_same_message_again_is_refused()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "once"));

        var again = await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "once"));

        var refused = Assert.IsType<DeliveryOutcome.Refused>(again);
        Assert.Equal(GuardMismatches.Sequence, refused.Mismatches);
        Assert.Equal(new PaneMarks(1, 1, "M1", null), refused.Reading!.Marks);
        await own.Deliveries.SubmitAsync(agent.Guard(1, 1), M1);
        Assert.Equal("once", Assert.Single(await agent.LogHas(1)).Text);
    }

    [Fact]
    public async Task A_writer_that_was_replaced_can_do_nothing_any_more()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var loaded = await Load(own, "late");
        await own.Deliveries.AdoptAsync(agent.Id, 2);

        Assert.Equal(GuardMismatches.Writer, Refusal(await own.Deliveries.TypeAsync(agent.Guard(1, 0), loaded)));
        Assert.Equal(GuardMismatches.Writer, Refusal(await own.Deliveries.SendKeyAsync(agent.Guard(1, 0), PaneKey.Escape)));
        Assert.Equal(GuardMismatches.Writer | GuardMismatches.Last, Refusal(await own.Deliveries.SubmitAsync(agent.Guard(1, 0), M1)));
        await AssertNothingTyped(own, agent);
    }

    [Fact]
    public async Task After_the_deadline_nothing_happens()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var loaded = await Load(own, "late");

        var outcome = await own.Deliveries.TypeAsync(agent.Guard(1, 0, TimeSpan.FromSeconds(-1)), loaded);

        Assert.Equal(GuardMismatches.Deadline, Refusal(outcome));
        await AssertNothingTyped(own, agent);
    }

    [Fact]
    public async Task A_call_that_a_stopped_server_runs_later_is_refused_by_its_deadline()
    {
        await using var own = await OwnServer.StartAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(1) });
        var agent = await Ready(own);
        var loaded = await Load(own, "late");
        Native.Kill(own.Server.Identity!.Pid, 19);
        var guard = agent.Guard(1, 0, TimeSpan.FromSeconds(2));

        var outcome = await own.Deliveries.TypeAsync(guard, loaded);
        await Eventually.True(() => DateTimeOffset.UtcNow > guard.Deadline, "the deadline has passed");
        Native.Kill(own.Server.Identity!.Pid, 18);

        Assert.IsType<DeliveryOutcome.Unknown>(outcome);
        await AssertNothingTyped(own, agent);
    }

    [Fact]
    public async Task Another_program_in_the_foreground_gets_no_text()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var guard = agent.Guard(1, 0);

        Assert.Equal(GuardMismatches.Command, Refusal(await own.Deliveries.TypeAsync(guard with { Commands = ["node", "claude"] }, await Load(own, "x"))));
        Assert.Equal(GuardMismatches.Process, Refusal(await own.Deliveries.TypeAsync(guard with { ProcessId = 1 }, await Load(own, "x"))));
        Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.TypeAsync(guard with { Commands = ["node", "perl"] }, await Load(own, "x")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await own.Deliveries.TypeAsync(guard with { Commands = ["#(touch x)"] }, await Load(own, "x")));
    }

    [Fact]
    public async Task A_dead_pane_gets_no_text_and_the_server_lives()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var other = await own.SpawnAsync("sleep", "600");
        Native.Kill(agent.Pane.ProcessId, 9);
        await Eventually.True(async () => (await own.Panes.FindAsync(agent.Id))!.Dead, "the pane is dead");

        var mismatches = Refusal(await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "x")));

        Assert.True(mismatches.HasFlag(GuardMismatches.PaneDead));
        Assert.True(Refusal(await own.Deliveries.SubmitAsync(agent.Guard(1, 0), M1)).HasFlag(GuardMismatches.PaneDead));
        Assert.False((await own.Panes.FindAsync(other.Pane))!.Dead);
    }

    [Fact]
    public async Task A_pane_that_is_gone_is_said_to_be_gone()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        await own.Panes.KillAsync(agent.Id, "agent/fake", 1);

        Assert.Equal(GuardMismatches.PaneGone, Refusal(await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "x"))));
        Assert.Null(await own.Deliveries.AdoptAsync(agent.Id, 2));
        Assert.Null(await own.Deliveries.ReadMarksAsync(agent.Id));
    }

    [Fact]
    public async Task With_input_off_nothing_is_typed_and_no_mark_is_set()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        await own.TmuxAsync("select-pane", "-d", "-t", agent.Id.ToString());

        Assert.Equal(GuardMismatches.InputOff, Refusal(await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "x"))));

        Assert.Equal(new PaneMarks(1, 0, null, null), await own.Deliveries.ReadMarksAsync(agent.Id));
    }

    [Fact]
    public async Task Somebody_in_copy_mode_loses_no_brackets_and_no_Enter()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        await own.TmuxAsync("copy-mode", "-t", agent.Id.ToString());
        await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "two\nlines"));
        await own.TmuxAsync("copy-mode", "-t", agent.Id.ToString());

        await own.Deliveries.SubmitAsync(agent.Guard(1, 1), M1);

        Assert.Equal("two\nlines", Assert.Single(await agent.LogHas(1)).Text);
    }

    [Fact]
    public async Task Enter_for_another_message_than_the_last_typed_is_refused()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        await own.Deliveries.TypeAsync(agent.Guard(1, 0), await Load(own, "x"));

        Assert.Equal(GuardMismatches.Last, Refusal(await own.Deliveries.SubmitAsync(agent.Guard(1, 1), DeliveryId.Parse("M2"))));

        Assert.Empty(agent.Log());
    }

    [Fact]
    public async Task A_text_whose_buffer_is_gone_leaves_no_mark()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var loaded = await Load(own, "x");
        await own.Deliveries.DiscardAsync(loaded);

        Assert.Equal(GuardMismatches.Buffer, Refusal(await own.Deliveries.TypeAsync(agent.Guard(1, 0), loaded)));

        Assert.Equal(new PaneMarks(1, 0, null, null), await own.Deliveries.ReadMarksAsync(agent.Id));
    }

    [Fact]
    public async Task A_pane_with_a_longer_number_is_never_meant()
    {
        await using var own = await OwnServer.StartAsync();
        var panes = new List<SpawnedPane>();
        for (var i = 0; i < 11; i++)
        {
            panes.Add(await own.SpawnAsync("sleep", "600"));
        }

        Assert.Contains(panes, pane => pane.Pane == new PaneId(10));
        Assert.True(await own.Panes.KillAsync(new PaneId(1), "agent/test", 1));

        Assert.Null(await own.Panes.FindAsync(new PaneId(1)));
        Assert.NotNull(await own.Panes.FindAsync(new PaneId(10)));
        Assert.False(await own.Panes.KillAsync(new PaneId(1), "agent/test", 1));
    }

    [Fact]
    public async Task Every_key_that_may_be_pressed_is_one_that_tmux_knows()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("/bin/sh", "-c", "stty raw -echo; exec cat -v");
        await own.Deliveries.AdoptAsync(pane.Pane, 1);
        await Eventually.True(async () => (await own.Panes.FindAsync(pane.Pane))!.Command == "cat", "cat runs");
        var guard = new DeliveryGuard
        {
            Pane = pane.Pane,
            Writer = 1,
            Sequence = 0,
            ProcessId = pane.ProcessId,
            Commands = ["cat"],
            Deadline = DateTimeOffset.UtcNow.AddMinutes(1),
        };

        foreach (var key in PaneKey.Known)
        {
            Assert.IsType<DeliveryOutcome.Done>(await own.Deliveries.SendKeyAsync(guard, key));
        }

        await Eventually.True(async () => (await own.Panes.CaptureAsync(pane.Pane))!.Lines[0].Contains("^M^["), "control keys arrive");
        Assert.DoesNotContain("C-", (await own.Panes.CaptureAsync(pane.Pane))!.Lines[0]);
        Assert.False(PaneKey.TryParse("#(x)", out _));
    }

    [Fact]
    public async Task Buffers_left_by_somebody_who_was_killed_are_thrown_away()
    {
        await using var own = await OwnServer.StartAsync();
        await Load(own, "one");
        await Load(own, "two");

        Assert.Equal(0, await own.Deliveries.DiscardStaleAsync(TimeSpan.FromHours(1)));
        Assert.Equal(2, await own.Deliveries.DiscardStaleAsync(TimeSpan.Zero));

        Assert.Empty(await own.TmuxAsync("list-buffers"));
    }

    private static Task<LoadedText> Load(OwnServer own, string text) => own.Deliveries.LoadAsync(M1, TerminalText.Sanitize(text));

    private static async Task<FakeAgent> Ready(OwnServer own)
    {
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        return agent;
    }

    private static GuardMismatches Refusal(DeliveryOutcome outcome) => Assert.IsType<DeliveryOutcome.Refused>(outcome).Mismatches;

    private static async Task AssertNothingTyped(OwnServer own, FakeAgent agent)
    {
        var marks = await own.Deliveries.ReadMarksAsync(agent.Id);
        Assert.Equal((0L, null), (marks!.Sequence, marks.Last));

        // A later text stands alone in the prompt row.
        var writer = marks.Writer!.Value + 1;
        await own.Deliveries.AdoptAsync(agent.Id, writer);
        await FakeAgentTests.Deliver(own, agent, writer, 0, "M9", "afterwards");
        Assert.Equal("afterwards", Assert.Single(await agent.LogHas(1)).Text);
    }
}

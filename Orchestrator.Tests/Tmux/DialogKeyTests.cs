using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

/// <summary>Keys into dialogs: pressed only while the rows of the dialog stand on the screen, and once for a decision.</summary>
public sealed class DialogKeyTests
{
    private static readonly DeliveryId D1 = DeliveryId.Parse("17");
    private static readonly DeliveryId D2 = DeliveryId.Parse("18");

    [Fact]
    public async Task A_key_is_pressed_once_for_a_decision_and_only_while_its_rows_are_there()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        await Eventually.True(async () => (await own.Panes.CaptureAsync(agent.Id))!.Screen.Any(static row => row.Contains("fake agent ready", StringComparison.Ordinal)), "its rows are drawn");

        AssertNotThere(await PressAsync(["fake agent ready", "Allow execution of: 'ls'?"], D1));
        AssertNotThere(await PressAsync(["fake agent #{pane_id}, ready"], D1));
        Assert.Null((await own.Deliveries.ReadMarksAsync(agent.Id))!.Decided);

        Assert.IsType<DeliveryOutcome.Done>(await PressAsync(["fake agent ready", ">"], D1));
        Assert.Equal("17", (await own.Deliveries.ReadMarksAsync(agent.Id))!.Decided);
        AssertNotThere(await PressAsync(["fake agent ready"], D1));
        Assert.IsType<DeliveryOutcome.Done>(await PressAsync(["fake agent ready"], D2));
        Assert.IsType<DeliveryOutcome.Done>(await PressAsync(["fake agent ready"], decision: null));
        await own.Deliveries.SendKeyAsync(agent.Guard(1, 0), PaneKey.Enter);
        Assert.Equal("yyy", Assert.Single(await agent.LogHas(1)).Text);

        Task<DeliveryOutcome> PressAsync(string[] rows, DeliveryId? decision) => own.Deliveries.PressInDialogAsync(agent.Guard(1, 0), PaneKey.Yes, rows, decision);
    }

    [Fact]
    public async Task A_key_of_a_writer_that_was_replaced_is_refused_also_in_a_dialog()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 2);

        var refused = Assert.IsType<DeliveryOutcome.Refused>(await own.Deliveries.PressInDialogAsync(agent.Guard(1, 0), PaneKey.Yes, ["fake agent ready"], D1));
        Assert.Equal(GuardMismatches.Writer, refused.Mismatches);
    }

    private static void AssertNotThere(DeliveryOutcome outcome) => Assert.Equal(GuardMismatches.None, Assert.IsType<DeliveryOutcome.Refused>(outcome).Mismatches);
}

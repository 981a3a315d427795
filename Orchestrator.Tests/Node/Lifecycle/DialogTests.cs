using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>Dialogs of the demo agent on a real node: decided, replaced, answered by somebody else.</summary>
public sealed class DialogTests
{
    [Fact]
    public async Task A_dialog_is_decided_for_what_it_was_shown_as_and_for_nothing_else()
    {
        await using var node = await NodeUnderTest.StartAsync();
        await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work });
        await node.AgentIs("a1", static a => a.Activity == "ready", "is ready");
        await RefusedAsync("illegal-state", "shows no dialog", () => node.Client.ApproveAsync("a1", new ApproveRequest("1", Always: false)));

        var first = await AskedAsync();
        Assert.Equal(("permission", "Allow this?", null), (first.Kind, first.Question, first.Subject));
        Assert.Equal([("y", "yes", "allow_once"), ("n", "no", "reject")], first.Options.Select(static o => (o.Key, o.Label, o.Meaning)));
        await RefusedAsync("invalid", "has no option that permits it from now on; it has: 1 'yes' (allow_once); 2 'no' (reject)", () => node.Client.ApproveAsync("a1", new ApproveRequest(first.Id, Always: true)));
        await RefusedAsync("invalid", "'dialog' is the id", () => node.Client.ApproveAsync("a1", new ApproveRequest("first", Always: false)));

        // A person at the pane answers first.
        node.Tmux("send-keys", "-t", (await node.Client.GetAgentAsync("a1")).Pane!.Id, "y");
        await node.AgentIs("a1", static a => a.Activity == "ready" && a.Dialog is null, "was answered by a person");
        var second = await AskedAsync();
        Assert.NotEqual(first.Id, second.Id);
        await RefusedAsync("stale", $"now it shows dialog {second.Id}", () => node.Client.ApproveAsync("a1", new ApproveRequest(first.Id, Always: false)));

        await node.Client.RejectAsync("a1", new RejectRequest(second.Id, "do something else"));
        var told = await node.AgentIs("a1", static a => a.Decision?.Outcome is not null, "is decided");
        Assert.Equal(("no", "answered", "client:cli", null), (told.Decision!.Option.Label, told.Decision.Outcome, told.Decision.By, told.Decision.Rule));
        Assert.Contains("n was pressed, and the dialog closed", told.Decision.Evidence, StringComparison.Ordinal);
        await node.AgentIs("a1", static a => a.Activity == "ready" && a.QueueLength == 0, "was told");
        Assert.Contains(await node.Client.ListMessagesAsync("a1"), static m => m.Text == "do something else" && m.State is "submitted" or "confirmed");

        // The node is restarted while one is open: it is the same.
        var third = await AskedAsync();
        await node.KillAsync();
        await node.StartAgainAsync();
        await node.Client.ApproveAsync("a1", new ApproveRequest(third.Id, Always: false));
        await node.AgentIs("a1", static a => a.Activity == "ready" && a.Dialog is null && a.Decision is { Outcome: "answered" }, "was allowed");
        var types = (await node.Client.GetHistoryAsync("a1", limit: 1000)).Select(static e => e.Type).ToList();
        Assert.Equal((3, 2, 2, 3), (types.Count(static t => t == "agent.dialog_opened.v1"), types.Count(static t => t == "agent.dialog_decided.v1"), types.Count(static t => t == "agent.dialog_decision_ended.v1"), types.Count(static t => t == "agent.dialog_closed.v1")));

        async Task<DialogInfo> AskedAsync()
        {
            await node.Client.SendMessageAsync(new SendRequest { Id = Ulid.New(DateTimeOffset.UtcNow), To = "a1", Text = "ask me" });
            return (await node.AgentIs("a1", static a => a.Activity == "awaiting_approval" && a.Dialog is not null, "asks")).Dialog!;
        }
    }

    [Fact]
    public async Task A_policy_that_is_not_there_or_cannot_be_used_is_told_of()
    {
        await using var node = await NodeUnderTest.StartAsync("-D", "orchestrator.policies.careful.shell.allow=[ls]");
        Assert.Equal(["ask", "careful"], (await node.Client.ListPoliciesAsync()).Select(static p => p.Name));
        await RefusedAsync("invalid", "use one of ask, careful", () => node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work, Policy = "careless" }));
        var agent = await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work, Policy = "careful", Start = false });
        Assert.Equal("careful", agent.Policy);
        Assert.Null((await node.Client.UpdateAgentAsync("a1", new UpdateAgentRequest { Policy = "" })).Policy);

        await using var broken = NodeUnderTest.Create("-D", "orchestrator.policies.careful.shell.alow=[ls]");
        broken.Launch();
        await Eventually.True(() => broken.HasEnded, "a node with such a policy does not start");
        await Eventually.True(() => broken.Log.Contains("orchestrator.policies.careful.shell.alow is unknown: a kind of dialog has allow, deny, else", StringComparison.Ordinal), "it says why");
    }

    private static async Task RefusedAsync(string code, string detail, Func<Task> act)
    {
        var problem = (await Assert.ThrowsAsync<ApiException>(act)).Problem;
        Assert.Equal(code, problem.Code);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
    }
}

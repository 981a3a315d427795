using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>The dialog by which Gemini CLI tells of a limit; Qwen Code has tests of its own.</summary>
public sealed class LimitedOnNodeTests
{
    [Fact]
    public async Task A_limit_of_Gemini_pauses_all_agents_of_its_account_until_the_time_it_says_and_its_dialog_is_closed_after_it()
    {
        await using var node = await ProgramNode.StartAsync(new GeminiProgram(), ("soon", "inherits = gemini\nlimit.try-again = 10s\n"));
        var said = "Quota exceeded for this model, limit: 0";
        node.Model.Script = turn => Volatile.Read(ref said) is { Length: > 0 } message ? new ModelScript.Fail(429, message) : ScriptedModelServer.EchoTheId(turn);
        await node.SpawnReadyAsync("one", "soon");

        // A limit of which nobody says when it ends: tried again after the profile's time.
        await node.SendAsync("one", "beyond the daily quota");
        var limited = await node.IsAsync("one", "rate_limited", static agent => agent.Dialog is not null);
        Assert.Equal("limit", limited.Dialog!.Kind);
        Assert.Equal(["allow_once", "reject"], limited.Dialog.Options.Select(static option => option.Meaning));
        Volatile.Write(ref said, "");
        var second = await node.SendAsync("one", "on the next day");
        await node.ConfirmedAsync("one", second);
        await node.IsAsync("one", "ready", static agent => agent.QueueLength == 0);
        Assert.Contains(await node.ArrivedAsync(2), message => message == (second, "on the next day"));
        var decided = Assert.Single((await node.Client.GetHistoryAsync("one", limit: 1000)).Where(static e => e.Type == "agent.dialog_decided.v1"));
        Assert.Contains("dialogs.limit.answer", decided.Data.ToString(), StringComparison.Ordinal);

        // One that says it: the other agent of the account waits as long.
        await node.SpawnReadyAsync("two", "soon");
        Volatile.Write(ref said, "Quota exceeded. Please retry in 3600s");
        var asked = DateTimeOffset.UtcNow;
        await node.SendAsync("one", "once more");
        await node.IsAsync("one", "rate_limited");
        var held = await node.Node.AgentIs("two", static agent => agent.Hold?.Until is not null, "waits too", ProgramNode.Patience);
        Assert.Contains("one has reached the limit", held.Hold!.Reason, StringComparison.Ordinal);
        var until = Assert.Single(await node.Client.ListQuotasAsync()).Until;

        // It says the minute.
        Assert.InRange(until!.Value, asked.AddMinutes(59), DateTimeOffset.UtcNow.AddMinutes(61));
    }
}

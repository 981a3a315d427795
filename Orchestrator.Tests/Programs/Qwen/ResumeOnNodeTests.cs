using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>Qwen Code killed in the middle of an answer: started again it goes on in the same conversation, and nothing is lost or said twice.</summary>
[Collection(nameof(Chaos))]
public sealed class ResumeOnNodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_in_the_middle_of_an_answer_it_is_resumed_with_the_same_session(bool alsoTheNode)
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        qwen.Model.Script = turn => turn.Text.Contains("long", StringComparison.Ordinal) && !turn.Text.Contains("go on", StringComparison.Ordinal)
            ? new ModelScript.Talk(never.Task, TimeSpan.FromMilliseconds(50))
            : new ModelScript.Answer("ok");
        var pid = (await qwen.SpawnReadyAsync("q")).Pane!.Pid;
        var first = await qwen.SendAsync("q", "short");
        await qwen.ConfirmedAsync("q", first);
        await qwen.IsAsync("q", "ready");
        var second = await qwen.SendAsync("q", "something long");
        await qwen.ConfirmedAsync("q", second);
        await qwen.IsAsync("q", "working");
        var session = (await qwen.Client.GetAgentAsync("q")).Session;
        Assert.Equal("fresh", session?.How);
        Assert.NotNull(session?.Id);

        if (alsoTheNode)
        {
            await qwen.Node.KillAsync();
        }

        NodeUnderTest.Signal("-KILL", pid);
        never.SetResult();
        if (alsoTheNode)
        {
            await qwen.Node.StartAgainAsync();
        }

        await qwen.Node.AgentIs("q", static agent => agent.State == "error", "has crashed", ProgramNode.Patience);
        var third = await qwen.SendAsync("q", "said while it was away");
        await qwen.Client.StartAgentAsync("q");

        await qwen.ConfirmedAsync("q", third);
        await qwen.IsAsync("q", "ready");
        Assert.Equal((session!.Id, "resumed"), ((await qwen.Client.GetAgentAsync("q")).Session?.Id, (await qwen.Client.GetAgentAsync("q")).Session?.How));
        var known = qwen.Known();
        Assert.Equal([first, second, third], known.Select(static m => m.Id).Where(id => id == first || id == second || id == third));
        Assert.Equal(4, known.Count);
        Assert.Contains(second, known[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_conversation_it_is_started_anew_and_briefed()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        qwen.Model.Script = _ => new ModelScript.Answer("ok");
        var started = await qwen.SpawnReadyAsync("q");
        var told = await qwen.SendAsync("q", "remember the milk");
        await qwen.ConfirmedAsync("q", told);

        // All of the turn is written down, so nothing of the program writes the file anew once it is deleted.
        await Eventually.Value(() => qwen.Client.GetMessageAsync(told), static message => message.Answer is { Text: not null }, "it is answered", ProgramNode.Patience);
        await qwen.IsAsync("q", "ready");
        NodeUnderTest.Signal("-KILL", started.Pane!.Pid);
        await qwen.Node.AgentIs("q", static agent => agent.State == "error", "has crashed", ProgramNode.Patience);
        foreach (var file in Directory.EnumerateFiles(qwen.Home.Environment["HOME"], "*.jsonl", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        await qwen.Client.StartAgentAsync("q");
        await Eventually.True(() => qwen.Arrived().Any(static m => m.Text.Contains("remember the milk", StringComparison.Ordinal) && m.Text.Contains("knows nothing of the one before", StringComparison.Ordinal)), "it is briefed", ProgramNode.Patience);
        await qwen.IsAsync("q", "ready", static agent => agent is { Session.How: "re_briefed" });
        Assert.Contains("agent.resume_failed.v1", (await qwen.Client.GetHistoryAsync("q")).Select(static e => e.Type));
    }
}

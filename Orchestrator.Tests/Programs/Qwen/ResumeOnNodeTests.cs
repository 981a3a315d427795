using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Programs.OnNode;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>Qwen Code killed in the middle of an answer: started again it goes on in the same conversation, and nothing is lost or said twice.</summary>
[Collection(nameof(Chaos))]
public sealed class ResumeOnNodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Killed_in_the_middle_of_an_answer_it_is_resumed_with_the_same_session(bool alsoTheNode) => ResumedSession.CheckAsync(new QwenProgram(), alsoTheNode);

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

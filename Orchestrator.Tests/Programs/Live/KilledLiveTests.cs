using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Programs.OnNode;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>
/// <c>kill -9</c> of the node and of a real program while messages flow: none is lost, none doubled. Of the one that the killed program may have taken a moment before, it may be that nobody can
/// tell: then that is said. Qwen Code has a longer test of its own. Run by <c>./live kills</c>.
/// </summary>
[Trait("Category", "Long")]
public sealed class KilledLiveTests
{
    private const int Seed = 4711;
    private static readonly string[] Texts = ["one", "two\nlines", "/three", "four 漢字 🎉", "five", "six ends with @word", "seven", "eight"];

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    [InlineData("opencode")]
    public async Task Node_and_program_are_killed_while_messages_flow_and_each_arrives_once_and_in_order(string name)
    {
        var random = new Random(Seed);
        await using var node = await ProgramNode.StartAsync(AgentProgram.Named(name));
        node.Model.Script = static _ => new ModelScript.Answer("a short answer of some words", TimeSpan.FromMilliseconds(100));
        var pid = (await node.SpawnReadyAsync("a")).Pane!.Pid;
        var ids = new List<string>();
        foreach (var text in Texts)
        {
            ids.Add(await node.SendAsync("a", text));
        }

        // Anywhere within a delivery, its proof or the answer: which step it meets is left to chance.
        foreach (var seen in (int[])[1, 3])
        {
            await Eventually.True(() => node.Model.Messages.Length >= seen, $"{seen} messages have reached the model", ProgramNode.Patience);
            await Task.Delay(random.Next(0, 1500));
            await node.Node.KillAsync();
            await node.Node.StartAgainAsync();
            var adopted = await node.Node.AgentIs("a", static agent => agent.Pane is not null, "is adopted", ProgramNode.Patience);
            Assert.Equal(pid, adopted.Pane!.Pid);
        }

        await Eventually.True(() => node.Model.Messages.Length >= 5, "5 messages have reached the model", ProgramNode.Patience);
        await Task.Delay(random.Next(0, 1500));
        NodeUnderTest.Signal("-KILL", pid);
        await node.Node.AgentIs("a", agent => agent.Pane?.Pid != pid, "is not shown in the pane of the killed program", ProgramNode.Patience);
        if ((await node.Client.GetAgentAsync("a")).State is "error" or "offline")
        {
            await node.Client.StartAgentAsync("a");
        }

        var untold = new List<string>();
        foreach (var id in ids)
        {
            var ended = await node.EndedAsync("a", id);
            if (ended.Undecidable)
            {
                untold.Add(id);
                continue;
            }

            Assert.True(ended.State is "confirmed" or "submitted", $"{id} is {ended.State}: {ended.Reason}\n{await node.DiagnosisAsync("a")}");
        }

        Assert.True(untold.Count <= 1, $"more than one message is surfaced: {string.Join(", ", untold)}");
        await Eventually.True(() => node.Model.Turns[^1].Phase == TurnPhase.Idle && Arrived().Any(message => message.Id == ids.Except(untold).Last()), "the last message has been answered", ProgramNode.Patience);
        Assert.Equal(ids.Zip(Texts).Where(sent => !untold.Contains(sent.First) || Arrived().Contains(sent)), Arrived());
        Assert.Empty(node.Model.Problems);

        // A program that has lost its conversation is briefed anew; that message is the node's own.
        List<(string Id, string Text)> Arrived() => [.. node.Arrived().Where(message => ids.Contains(message.Id))];
    }

    [Theory]
    [InlineData("claude", false)]
    [InlineData("claude", true)]
    [InlineData("codex", false)]
    [InlineData("codex", true)]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    public Task Killed_in_the_middle_of_an_answer_with_its_node_or_without_it_is_resumed_with_the_same_session(string name, bool alsoTheNode)
        => ResumedSession.CheckAsync(AgentProgram.Named(name), alsoTheNode);
}

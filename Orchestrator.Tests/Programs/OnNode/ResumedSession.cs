using Orchestrator.Tests.Node.Profiles;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>A program that is killed in the middle of an answer, started again: it goes on in the same conversation, and nothing is lost or said twice.</summary>
internal static class ResumedSession
{
    private const string Agent = "q";

    /// <summary>Kills and starts it, and looks at what the model knows in the end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="alsoTheNode">Whether the node is killed before it, and started again after it.</param>
    public static async Task CheckAsync(AgentProgram program, bool alsoTheNode)
    {
        await using var node = await ProgramNode.StartAsync(program);
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Model.Script = turn => turn.Text.Contains("long", StringComparison.Ordinal) && !turn.Text.Contains("go on", StringComparison.Ordinal)
            ? new ModelScript.Talk(never.Task, TimeSpan.FromMilliseconds(50))
            : new ModelScript.Answer("ok");
        var pid = (await node.SpawnReadyAsync(Agent)).Pane!.Pid;
        var first = await node.SendAsync(Agent, "short");
        await node.ConfirmedAsync(Agent, first);
        await node.IsAsync(Agent, "ready");
        var second = await node.SendAsync(Agent, "something long");
        await node.ConfirmedAsync(Agent, second);
        await node.IsAsync(Agent, "working");
        var session = (await node.Client.GetAgentAsync(Agent)).Session;
        Assert.Equal("fresh", session?.How);
        Assert.NotNull(session?.Id);

        if (alsoTheNode)
        {
            await node.Node.KillAsync();
        }

        NodeUnderTest.Signal("-KILL", pid);
        never.SetResult();
        if (alsoTheNode)
        {
            await node.Node.StartAgainAsync();
        }

        await node.Node.AgentIs(Agent, static agent => agent.State == "error", "has crashed", ProgramNode.Patience);
        var third = await node.SendAsync(Agent, "said while it was away");
        await node.Client.StartAgentAsync(Agent);

        await node.ConfirmedAsync(Agent, third);
        await node.IsAsync(Agent, "ready");
        Assert.Equal((session!.Id, "resumed"), ((await node.Client.GetAgentAsync(Agent)).Session?.Id, (await node.Client.GetAgentAsync(Agent)).Session?.How));

        // The conversation as the model has it in the end: the one before, that it is asked to go on, and what was said since.
        var transforms = Profiles.All[program.Name].Transforms;
        var known = node.Model.Conversation.Select(part => Envelopes.Open(part, transforms)).Where(static message => message.Id.Length > 0).ToList();
        Assert.Equal([first, second, third], known.Select(static m => m.Id).Where(id => id == first || id == second || id == third));
        Assert.Equal(4, known.Count);
        Assert.Contains(second, known[2].Text, StringComparison.Ordinal);
        Assert.Equal(4, node.Model.Messages.Count(static message => message.Text.Contains("] ends with [end ", StringComparison.Ordinal)));
    }
}

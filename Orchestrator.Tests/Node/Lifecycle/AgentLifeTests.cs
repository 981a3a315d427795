using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>An agent's life, from spawn to end and after it, through the API and in the real tmux.</summary>
[Collection(nameof(Lifecycle))]
public sealed class AgentLifeTests(LifecycleNode shared)
{
    private const int Lines = 300;

    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task The_whole_pane_is_kept_when_a_program_is_stopped_and_after_the_agent_has_ended()
    {
        var script = Path.Combine(shared.Root, "talker.pl");
        await File.WriteAllTextAsync(script, $"$| = 1; print \"line $_\\n\" for 1 .. {Lines}; sleep 1 while 1;\n");
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "talker", Profile = "shell", Folder = shared.Root, Command = ["perl", script] });
        await Node.IsIdle("talker");
        Assert.Equal("pane", (await Node.Client.GetOutputAsync("talker")).Source);

        await Node.Client.StopAgentAsync("talker");
        await Node.Is("talker", "offline");
        await AllLinesAreKept();
        Assert.Empty(Node.PanesOf("talker"));

        await Node.Client.EndAgentAsync("talker");
        await Node.Is("talker", "terminated");
        await AllLinesAreKept();
        Assert.Contains("line 300", (await Node.Client.GetOutputAsync("talker", lines: 2)).Text, StringComparison.Ordinal);

        async Task AllLinesAreKept()
        {
            var kept = await Node.Client.GetOutputAsync("talker");
            Assert.Equal("ended", kept.Source);
            Assert.Equal(Enumerable.Range(1, Lines).Select(static i => $"line {i}"), kept.Text.Split('\n').Where(static l => l.StartsWith("line ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_stopped_agent_keeps_its_messages_and_gets_them_when_it_is_started_again()
    {
        var agent = await Node.SpawnFakeInAsync("stopped", shared.Root);
        var first = await Node.IsIdle(agent.Name);
        await Node.TellAsync(agent, "before the stop");
        await Node.Client.StopAgentAsync(agent.Name);
        var stopped = await Node.Is(agent.Name, "offline");
        Assert.Equal(("stopped", "exited"), (stopped.Desired, stopped.Activity));
        Assert.Contains("fake agent ready", (await Node.Client.GetOutputAsync(agent.Name)).Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{first.Pane!.Pid}"), "the program has ended");

        var waiting = await Node.Client.SendMessageAsync(new SendRequest { To = agent.Name, Text = "for the next start" });
        await Node.Client.StartAgentAsync(agent.Name);
        await Node.IsIdle(agent.Name, generation: 2);
        await Node.MessageIs(waiting.Id, ["confirmed"]);
        Assert.Equal(["1", "2"], agent.Log().Select(static s => s.Generation));
    }

    [Fact]
    public async Task A_restart_is_a_new_process_in_a_new_generation()
    {
        var agent = await Node.SpawnFakeInAsync("restarted", shared.Root);
        var first = await Node.IsIdle(agent.Name);
        await Node.Client.RestartAgentAsync(agent.Name);
        var second = await Node.IsIdle(agent.Name, generation: 2);
        Assert.NotEqual(first.Pane!.Pid, second.Pane!.Pid);
        Assert.Single(Node.PanesOf(agent.Name));
        await Node.Client.RestartAgentAsync(agent.Name, force: true);
        await Node.IsIdle(agent.Name, generation: 3);
        await Node.TellAsync(agent, "to the third");
    }

    [Fact]
    public async Task A_program_that_hangs_on_to_its_terminal_is_stopped_all_the_same()
    {
        var script = Path.Combine(shared.Root, "stubborn.pl");
        await File.WriteAllTextAsync(script, "$SIG{$_} = 'IGNORE' for qw(INT TERM HUP QUIT); $| = 1; print \"I stay\\n\"; sleep 1 while 1;\n");
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "stubborn", Profile = "shell", Folder = shared.Root, Command = ["perl", script] });
        var pid = (await Node.IsIdle("stubborn")).Pane!.Pid;
        await Node.Client.StopAgentAsync("stubborn");
        await Node.Is("stubborn", "offline");
        Assert.False(Directory.Exists($"/proc/{pid}"), "the program has ended");
    }

    [Fact]
    public async Task The_name_of_an_ended_agent_can_be_spawned_anew_as_the_next_generation()
    {
        var agent = await Node.SpawnFakeInAsync("again", shared.Root);
        await Node.IsIdle(agent.Name);
        await Node.Client.StopAgentAsync(agent.Name);
        await Node.Is(agent.Name, "offline");
        var never = await Node.Client.SendMessageAsync(new SendRequest { To = agent.Name, Text = "never to be typed" });
        await Node.Client.EndAgentAsync(agent.Name);
        await Node.Is(agent.Name, "terminated");
        Assert.Equal("dead_letter", (await Node.Client.GetMessageAsync(never.Id)).State);
        await Assert.ThrowsAsync<ApiException>(() => Node.Client.StartAgentAsync(agent.Name));

        await Node.SpawnFakeInAsync(agent.Name, shared.Root);
        await Node.IsIdle(agent.Name, generation: 2);
        await Node.TellAsync(agent, "to the new one");
        Assert.Single(agent.Log());
    }

    [Fact]
    public async Task An_agent_that_runs_is_ended_with_its_program()
    {
        var agent = await Node.SpawnFakeInAsync("ended", shared.Root);
        var pid = (await Node.IsIdle(agent.Name)).Pane!.Pid;
        await Node.Client.EndAgentAsync(agent.Name);
        await Node.Is(agent.Name, "terminated");
        Assert.Contains("fake agent ready", (await Node.Client.GetOutputAsync(agent.Name)).Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{pid}"), "the program has ended");
        Assert.Empty(Node.PanesOf(agent.Name));
    }
}

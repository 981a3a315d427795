using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>What a role says reaches the program, as far as its profile says how.</summary>
[Collection(nameof(Lifecycle))]
public sealed class RolesOnNodeTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_program_is_told_its_roles_prompt_and_model_and_the_agents_own_come_first()
    {
        await Node.SpawnFakeInAsync("told", shared.Root, static r => r with { Profile = "fake-told", Role = "clerk" });
        var (words, environment) = await StartedWithAsync("told");
        Assert.Equal(["--prompt", "You are told, a clerk.", "--model", "big"], words[^4..]);
        Assert.Contains("FAKE_MODEL=big", environment);
        Assert.DoesNotContain(environment, static v => v.StartsWith("FAKE_TEMPERATURE", StringComparison.Ordinal));

        await Node.SpawnFakeInAsync("told-2", shared.Root, static r => r with { Profile = "fake-told", Role = "clerk", Model = "own", Temperature = 0.5 });
        (words, environment) = await StartedWithAsync("told-2");
        Assert.Equal(["--model", "own", "--temperature", "0.5"], words[^4..]);
        Assert.Contains("FAKE_TEMPERATURE=0.5", environment);
    }

    [Fact]
    public async Task What_a_program_cannot_be_told_is_refused_and_shown()
    {
        await Assert.ThrowsAsync<ApiException>(() => Node.SpawnFakeInAsync("untold", shared.Root, static r => r with { Model = "big" }));
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = Node.Data;
        Assert.Contains("clerk", (await orc.RunAsync("role", "ls")).Expect(0), StringComparison.Ordinal);
        var shown = (await orc.RunAsync("role", "show", "clerk")).Expect(0);
        Assert.Matches(@"(?m)^fake-told +--prompt \{prompt\} +--model \{model\} +--temperature \{temperature\}", shown);
        Assert.Matches(@"(?m)^qwen +--append-system-prompt \{prompt\} +--model \{model\} +not told", shown);
        (await orc.RunAsync("role", "show", "king")).Expect(1);
    }

    [Fact]
    public async Task A_roles_limits_hold_and_a_failure_is_acknowledged_by_hand()
    {
        await Node.SpawnFakeInAsync("limited", shared.Root, static r => r with { Role = "clerk", Start = false });
        for (var i = 0; i < 3; i++)
        {
            await Node.Client.SendMessageAsync(new SendRequest { To = "limited", Text = "waits" });
        }

        Assert.Equal("overloaded", (await Assert.ThrowsAsync<ApiException>(() => Node.Client.SendMessageAsync(new SendRequest { To = "limited", Text = "too many" }))).Code);
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = Node.Data;
        (await orc.RunAsync("transition", "limited", "--from", "idle", "--to", "offline")).Expect(1);
        Assert.Contains("limited is error", (await orc.RunAsync("transition", "limited", "--from", "offline", "--to", "error", "--reason", "its folder moves")).Expect(0), StringComparison.Ordinal);
        Assert.Equal("stale", (await Assert.ThrowsAsync<ApiException>(() => Node.Client.TransitionAgentAsync("limited", new TransitionRequest("offline", "error", null)))).Code);
        Assert.Contains("agent.transition_refused.v1", (await Node.Client.GetHistoryAsync("limited")).Select(static e => e.Type));
        Assert.Contains("its folder moves", (await orc.RunAsync("show", "limited")).Expect(0), StringComparison.Ordinal);
    }

    private async Task<(string[] Words, string[] Environment)> StartedWithAsync(string name)
    {
        var pid = (await Node.IsIdle(name)).Pane!.Pid;
        return (Split("cmdline"), Split("environ"));

        string[] Split(string file) => File.ReadAllText($"/proc/{pid}/{file}").Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}

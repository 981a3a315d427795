using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>What the first start of Qwen Code asks, and what a turn looks like, as a user of a node sees it.</summary>
[Collection(nameof(Chaos))]
public sealed class FirstStartOnNodeTests
{
    [Fact]
    public async Task Without_a_provider_it_is_shown_as_waiting_for_a_sign_in_and_nothing_is_typed_into_that()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram(new QwenHomeOptions { SignedIn = false }));
        await qwen.SpawnAsync("q");

        await qwen.IsAsync("q", "auth_required");

        var id = await qwen.SendAsync("q", "hello");
        var explained = await qwen.Client.ExplainAsync("q");
        Assert.Equal("sign-in", explained.Rules.Single(static rule => rule.Won).Name);
        Assert.NotNull(explained.Waiting);
        Assert.Equal("queued", (await qwen.Client.GetMessageAsync(id)).State);
        Assert.Empty(qwen.Model.Messages);
    }

    [Fact]
    public async Task Whether_to_trust_a_folder_is_left_to_a_person_unless_the_profile_says_so()
    {
        await using var qwen = await ProgramNode.StartAsync(
            new QwenProgram(new QwenHomeOptions { AsksForTrust = true }),
            ("trusting", "inherits = qwen\ndescription = \"Qwen Code that trusts its folders\"\ntrust-folder = true\n"));
        await qwen.SpawnAsync("q");
        var asking = await qwen.IsAsync("q", "awaiting_approval");
        Assert.Equal("trust-folder", await qwen.RuleAsync("q"));
        var id = await qwen.SendAsync("q", "hello");

        await qwen.PressAsync("q", "Enter");

        await qwen.ConfirmedAsync("q", id);
        Assert.Equal(asking.Pane!.Pid, (await qwen.IsAsync("q", "ready")).Pane!.Pid);
        Assert.Equal([(id, "hello")], await qwen.ArrivedAsync(1));

        // In another folder, which nobody has answered for yet.
        var other = Directory.CreateDirectory(Path.Combine(qwen.Node.Work, "other")).FullName;
        await qwen.Client.SpawnAsync(new Client.SpawnRequest { Name = "t", Profile = "trusting", Folder = other });
        await qwen.IsAsync("t", "ready");
        var history = await qwen.Client.GetHistoryAsync("t");
        Assert.Contains(history, static e => e.Data.ToString().Contains("trust-folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_is_shown_as_working_its_question_as_waiting_for_an_approval_and_its_end_as_ready()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        await qwen.SpawnReadyAsync("q");
        Assert.Equal("ready", await qwen.RuleAsync("q"));
        var thinking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        qwen.Model.Script = turn => turn.ToolResult is not null
            ? new ModelScript.Talk(thinking.Task, TimeSpan.FromMilliseconds(100))
            : turn.Text.Contains("run it", StringComparison.Ordinal) ? ModelScript.RunShell("echo ran > proof.txt") : new ModelScript.Answer("ok");

        var first = await qwen.SendAsync("q", "run it");
        var asking = await qwen.IsAsync("q", "awaiting_approval");
        Assert.Equal("busy", asking.State);
        await Eventually.True(async () => await qwen.RuleAsync("q") == "approval", "explain names the rule of the dialog");
        await qwen.ConfirmedAsync("q", first);
        var second = await qwen.SendAsync("q", "and then?");
        Assert.False(File.Exists(Path.Combine(qwen.Home.Folder, "proof.txt")));

        await qwen.PressAsync("q", "Enter");
        var working = await qwen.IsAsync("q", "working");
        Assert.Equal("busy", working.State);
        Assert.StartsWith("working-", await qwen.RuleAsync("q"), StringComparison.Ordinal);
        Assert.Equal("ran\n", await File.ReadAllTextAsync(Path.Combine(qwen.Home.Folder, "proof.txt")));
        Assert.Equal("queued", (await qwen.Client.GetMessageAsync(second)).State);
        thinking.SetResult();

        await qwen.ConfirmedAsync("q", second);
        await qwen.IsAsync("q", "ready", static agent => agent.State == "idle");
        Assert.Equal([(first, "run it"), (second, "and then?")], await qwen.ArrivedAsync(2));
    }
}

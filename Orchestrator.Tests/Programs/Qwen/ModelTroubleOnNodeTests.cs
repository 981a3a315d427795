using Orchestrator.Tests.Node.Chaos;

using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>A model that limits, fails or is silent: what is shown, and that the messages that come meanwhile are delivered afterwards.</summary>
[Collection(nameof(Chaos))]
public sealed class ModelTroubleOnNodeTests
{
    [Fact]
    public async Task A_turn_that_the_model_refuses_is_shown_as_failed_and_the_next_message_is_delivered()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var refuses = true;
        qwen.Model.Script = _ => Volatile.Read(ref refuses) ? new ModelScript.Fail(400, "no such thing") : new ModelScript.Answer("ok");
        await qwen.SpawnReadyAsync("q");

        var first = await qwen.SendAsync("q", "to be refused");

        await qwen.ConfirmedAsync("q", first);
        await qwen.IsAsync("q", "turn_failed", static agent => agent.State == "idle");
        Assert.Equal("turn-failed", await qwen.RuleAsync("q"));
        Volatile.Write(ref refuses, false);
        var second = await qwen.SendAsync("q", "and this?");
        await qwen.ConfirmedAsync("q", second);
        await qwen.IsAsync("q", "ready");
        Assert.Equal([(first, "to be refused"), (second, "and this?")], qwen.Known());
    }

    [Fact]
    public async Task While_the_program_waits_for_the_end_of_a_limit_messages_wait_too()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram(new QwenHomeOptions { WaitsForLimit = TimeSpan.FromSeconds(20) }));
        var limited = true;
        qwen.Model.Script = _ => Volatile.Read(ref limited) ? new ModelScript.RateLimit(TimeSpan.FromSeconds(1)) : new ModelScript.Answer("ok");
        await qwen.SpawnReadyAsync("q");

        var first = await qwen.SendAsync("q", "into a limit");

        await qwen.ConfirmedAsync("q", first);
        await qwen.IsAsync("q", "rate_limited", static agent => agent.State == "busy");
        var second = await qwen.SendAsync("q", "behind a limit");
        Assert.Equal("queued", (await qwen.Client.GetMessageAsync(second)).State);
        Volatile.Write(ref limited, false);
        await qwen.ConfirmedAsync("q", second);
        await qwen.IsAsync("q", "ready");
        Assert.Equal([(first, "into a limit"), (second, "behind a limit")], qwen.Known());
    }

    [Fact]
    public async Task At_a_limit_at_which_the_program_has_given_up_messages_wait_until_the_time_that_the_server_has_told_it()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var limited = true;
        var resets = DateTimeOffset.UnixEpoch;
        qwen.Model.Script = _ =>
        {
            resets = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(45);
            return Volatile.Read(ref limited) ? new ModelScript.Fail(429, $"Your quota is exhausted and will reset at {resets:yyyy-MM-ddTHH:mm:ssZ}") : new ModelScript.Answer("ok");
        };
        await qwen.SpawnReadyAsync("q");

        var first = await qwen.SendAsync("q", "beyond the quota");

        await qwen.ConfirmedAsync("q", first);
        await qwen.IsAsync("q", "rate_limited", static agent => agent.State == "busy");
        Assert.Equal("rate-limited", await qwen.RuleAsync("q"));
        var end = resets.AddTicks(-(resets.Ticks % TimeSpan.TicksPerSecond));
        await Eventually.Value(() => qwen.Client.ListQuotasAsync(), quotas => quotas is [{ Limited: true, By: "q" } quota] && quota.Until == end, $"the account is limited until {end}", ProgramNode.Patience);
        Volatile.Write(ref limited, false);
        var second = await qwen.SendAsync("q", "a day later");
        var delivered = await qwen.ConfirmedAsync("q", second);
        Assert.True(delivered.Steps.Single(static step => step.State == "typed").At >= end, "nothing is typed before the end");
        await qwen.IsAsync("q", "ready");
        Assert.Equal([(first, "beyond the quota"), (second, "a day later")], qwen.Known());
    }

    [Fact]
    public async Task A_silent_model_is_told_as_hung_by_the_limit_of_the_profile_and_the_queue_goes_on_when_it_speaks_again()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram(), ("hasty", "inherits = qwen\nhang.quiet = 20s\n"));
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        qwen.Model.Script = turn => turn.Text.Contains("silence", StringComparison.Ordinal) ? new ModelScript.Hang(silent.Task) : new ModelScript.Answer("ok");
        await qwen.SpawnReadyAsync("q", "hasty");

        var first = await qwen.SendAsync("q", "into silence");

        await qwen.ConfirmedAsync("q", first);
        await qwen.IsAsync("q", "working", static agent => agent.State == "busy");
        var second = await qwen.SendAsync("q", "behind the silence");
        var hung = await qwen.IsAsync("q", "hung", static agent => agent.State == "error");
        Assert.Contains("20 s", hung.Detail, StringComparison.Ordinal);
        Assert.Equal("queued", (await qwen.Client.GetMessageAsync(second)).State);
        silent.SetResult();

        await qwen.ConfirmedAsync("q", second);
        await qwen.IsAsync("q", "ready", static agent => agent.State == "idle");
        Assert.Equal([(first, "into silence"), (second, "behind the silence")], qwen.Known());
    }
}

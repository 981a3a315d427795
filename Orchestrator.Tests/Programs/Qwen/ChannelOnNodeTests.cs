using System.Diagnostics;
using System.Globalization;

using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>Messages through the channel of the real Qwen Code: the file that it reads beside its screen.</summary>
[Collection(nameof(Chaos))]
public sealed class ChannelOnNodeTests(ITestOutputHelper output)
{
    private static readonly string[] FailPoints = ["channel-writing", "channel-written", "channel-marked"];

    [Fact]
    public async Task Every_message_reaches_the_model_whole_once_and_in_order_also_when_the_node_is_killed_at_any_step()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var pid = (await qwen.SpawnReadyAsync("q")).Pane!.Pid;
        var sent = new List<(string Id, string Text)>();
        string[] texts = ["one line", "two\nlines", "/quit is no command here", "!ls", "mail @file behind it", "ends with a backslash\\", "\"quotes\" {braces} 表示 🙂\ttab", new string('x', 100_000) + "\nend"];
        var said = 0;
        var watch = Stopwatch.StartNew();
        foreach (var text in texts)
        {
            var id = await qwen.SendAsync("q", text);
            sent.Add((id, text));
            var message = await qwen.ConfirmedAsync("q", id);
            Assert.Contains("channel", message.Steps[^1].Evidence, StringComparison.Ordinal);
            said += message.Steps.Count(static step => step.State == "submitted" && step.Evidence!.StartsWith("the program says that it has taken it", StringComparison.Ordinal));
        }

        Assert.True(said > 0, "the program's own output has told of no message before its transcript did");

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds / texts.Length:0.00} s each"));
        foreach (var point in FailPoints)
        {
            await qwen.IsAsync("q", "ready");
            await qwen.Node.KillAsync();
            qwen.Node.Environment["ORC_FAIL_POINT"] = point;
            await qwen.Node.StartAgainAsync();
            var (id, text) = (Ulid.New(DateTimeOffset.UtcNow), $"killed at {point}\n{new string('y', 20_000)}");
            await SendAsync(qwen, id, text);
            await Eventually.True(() => qwen.Node.HasEnded, $"{point} kills the node", ProgramNode.Patience);
            qwen.Node.Environment.Remove("ORC_FAIL_POINT");
            await qwen.Node.StartAgainAsync();

            // Whether the first try was acknowledged does not matter: it is one message.
            Assert.True(await SendAsync(qwen, id, text), "the node is there again");
            sent.Add((id, text));
            sent.Add((await qwen.SendAsync("q", "after it"), "after it"));
            foreach (var (last, _) in sent.TakeLast(2))
            {
                await qwen.ConfirmedAsync("q", last);
            }
        }

        var ready = await qwen.IsAsync("q", "ready");
        Assert.Equal((pid, 1), (ready.Pane!.Pid, ready.Generation));
        Assert.Equal(sent, await qwen.ArrivedAsync(sent.Count));
        Assert.Empty(qwen.Model.Problems);
    }

    [Fact]
    public async Task A_channel_that_is_gone_is_no_loss_because_messages_are_typed_then()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        await qwen.SpawnReadyAsync("q");
        await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "through the channel"));
        File.Delete(Path.Combine(qwen.Node.Data, "state", "q", "channel", "1.jsonl"));
        var typed = await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "by the pane"));
        Assert.Contains("Enter pressed 1 time", typed.Steps[^1].Evidence, StringComparison.Ordinal);
        Assert.Equal(["through the channel", "by the pane"], (await qwen.ArrivedAsync(2)).Select(static message => message.Text));
    }

    private static async Task<bool> SendAsync(ProgramNode qwen, string id, string text)
    {
        try
        {
            await qwen.Client.SendMessageAsync(new SendRequest { Id = id, To = "q", Text = text });
            return true;
        }
        catch (Exception exception) when (exception is NodeUnreachableException or ApiException)
        {
            // It was killed before it could say that it has it.
            return false;
        }
    }
}

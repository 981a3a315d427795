using Orchestrator.Client;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>What the real Qwen Code answers to a message, as the node reads it from its transcript.</summary>
public sealed class AnswersOnNodeTests
{
    private const string Words = "First line.\n\n    indented \"quoted\" \\ back, {braces} and a tab\tin it.\n表示 ✓ 🙂 é\n";

    // The scripted model streams words, a blank behind each.
    private const string Streamed = " ";

    [Fact]
    public async Task They_are_the_models_words_byte_for_byte_after_its_last_tool_and_survive_a_killed_node_and_a_turn_that_fails_has_none()
    {
        await using var qwen = await ProgramNode.StartAsync(new QwenProgram());
        var file = Path.Combine(qwen.Home.Folder, "there.txt");
        await File.WriteAllTextAsync(file, "what the tool reads");
        var go = new TaskCompletionSource();
        qwen.Model.Script = turn => turn switch
        {
            { ToolResult: not null } => new ModelScript.Answer(Words + "after the tool"),
            { Text: var text } when text.Contains("use a tool", StringComparison.Ordinal) => ModelScript.ReadFile(file),
            { Text: var text } when text.Contains("wait for it", StringComparison.Ordinal) => new ModelScript.Hang(go.Task),
            { Text: var text } when text.Contains("fail", StringComparison.Ordinal) => new ModelScript.Fail(400, "refused"),
            _ => new ModelScript.Answer(Words),
        };
        await qwen.SpawnReadyAsync("q");

        var plain = await AnsweredAsync(qwen, await qwen.SendAsync("q", "say it"));
        Assert.Equal(Words + Streamed, plain.Text);
        Assert.False(plain.Cut);
        Assert.True(plain is { TokensIn: > 0, TokensOut: > 0 }, $"{plain}");

        var afterTool = await AnsweredAsync(qwen, await qwen.SendAsync("q", "use a tool"));
        Assert.Equal(Words + "after the tool" + Streamed, afterTool.Text);

        // The node is away while it answers.
        var waiting = await qwen.SendAsync("q", "wait for it");
        await qwen.ConfirmedAsync("q", waiting);
        await qwen.Node.KillAsync();
        go.SetResult();
        await qwen.Node.StartAgainAsync();
        Assert.Equal("At last." + Streamed, (await AnsweredAsync(qwen, waiting)).Text);

        var failed = await AnsweredAsync(qwen, await qwen.SendAsync("q", "fail"));
        Assert.Null(failed.Text);
        Assert.Contains("without an answer", failed.Evidence, StringComparison.Ordinal);
        Assert.Equal("message.answered.v1", (await qwen.Client.GetHistoryAsync("q")).Last(static e => e.Type.StartsWith("message.answered", StringComparison.Ordinal)).Type);
    }

    private static async Task<AnswerInfo> AnsweredAsync(ProgramNode qwen, string id)
        => (await Support.Eventually.Value(() => qwen.Client.GetMessageAsync(id), static m => m.Answer is not null || m.State is "failed", $"message {id} is answered", ProgramNode.Patience)).Answer!;
}

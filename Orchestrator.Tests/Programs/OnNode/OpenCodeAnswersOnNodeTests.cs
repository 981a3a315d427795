using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>What the real OpenCode answers to a message, as the node reads it from its database.</summary>
public sealed class OpenCodeAnswersOnNodeTests : IDisposable
{
    private const string Words = "There are 12 files.\n\n    indented ✓ 表示\nand more";
    private readonly Orc _orc = new();

    /// <inheritdoc/>
    public void Dispose() => _orc.Dispose();

    [Fact]
    public async Task They_are_the_models_words_after_its_last_tool_and_survive_a_killed_node()
    {
        await using var node = await ProgramNode.StartAsync(new OpenCodeProgram());
        _orc.Environment["ORC_DATA"] = node.Node.Data;
        var file = Path.Combine(node.Home.Folder, "there.txt");
        await File.WriteAllTextAsync(file, "what the tool reads");
        var go = new TaskCompletionSource();
        node.Model.Script = turn => turn switch
        {
            { ToolResult: not null } => new ModelScript.Answer(Words),
            { Text: var text } when text.Contains("wait for it", StringComparison.Ordinal) => new ModelScript.Hang(go.Task),
            _ => new ModelScript.CallTool("read", new { filePath = file }),
        };
        await node.SpawnReadyAsync("q");
        Assert.Equal(Words, (await _orc.RunAsync("send", "q", "How many?", "--wait", "answered")).Expect(0).TrimEnd());

        var waiting = await node.SendAsync("q", "wait for it");
        await node.ConfirmedAsync("q", waiting);
        await node.Node.KillAsync();
        go.SetResult();
        await node.Node.StartAgainAsync();
        var answered = await Support.Eventually.Value(() => node.Client.GetMessageAsync(waiting), static m => m.Answer is not null, "it is answered", ProgramNode.Patience);
        Assert.Equal("At last.", answered.Answer!.Text?.TrimEnd());
        Assert.True(answered.Answer is { TokensIn: > 0, TokensOut: > 0 }, $"{answered.Answer}");
    }
}

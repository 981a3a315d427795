namespace Orchestrator.Tests.Programs.Live;

/// <summary>What the waits of the profiles are for: without them messages fail.</summary>
public sealed class HastyLiveTests
{
    private const int Messages = 4;

    [Theory]
    [InlineData("gemini")]
    [InlineData("qwen")]
    public async Task Without_the_wait_between_the_paste_and_Enter_messages_do_not_arrive(string name)
    {
        // As the shipped profile types, but Enter follows the paste at once.
        var hasty = $$"""
            inherits = {{name}}
            channel { arguments = [], line = "" }
            typing { look-before-submit = false, settle = 0ms, proven-within = 3s }

            """;
        await using var node = await ProgramNode.StartAsync(AgentProgram.Named(name), ("hasty", hasty));
        await node.SpawnReadyAsync("a", "hasty");

        // The first that has not arrived is enough: it blocks those behind it.
        for (var i = 0; i < Messages; i++)
        {
            var text = string.Join('\n', Enumerable.Range(1, 110).Select(row => $"{row:000} {new string((char)('a' + i), 70)}"));
            var id = await node.SendAsync("a", text);
            await node.EndedAsync("a", id);
            if (!node.Model.Messages.Any(message => Envelopes.Open(message.Text, []) == (id, text)))
            {
                return;
            }
        }

        Assert.Fail($"all {Messages} messages have arrived without the wait: is it still needed?");
    }
}

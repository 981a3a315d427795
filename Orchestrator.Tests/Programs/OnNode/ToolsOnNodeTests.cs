using System.Collections.Immutable;
using Orchestrator.Client;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>The tools of the orchestrator in real programs; Qwen Code has a test of its own.</summary>
public sealed class ToolsOnNodeTests
{
    private const int MostTries = 5;
    private const string Deferred = "mcp__orchestrator__send_message";

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode")]
    public async Task Its_model_sends_another_agent_a_message_in_its_own_name_and_nobody_is_asked(string name)
    {
        var program = AgentProgram.Named(name);
        await using var node = await ProgramNode.StartAsync(program);
        var tools = ImmutableArray<string>.Empty;
        node.Model.IsTurn = request =>
        {
            var turn = program.IsTurn(request);
            tools = turn ? request.Tools : tools;
            return turn;
        };

        // A program may be ready before it knows its servers, and may want to be asked for their tools first.
        var (searched, sent) = (false, false);
        node.Model.Script = turn =>
        {
            if (sent || !turn.Text.Contains("tell b", StringComparison.Ordinal))
            {
                return ScriptedModelServer.EchoTheId(turn);
            }

            if ((tools.FirstOrDefault(static tool => tool.EndsWith("send_message", StringComparison.Ordinal)) ?? (searched ? Deferred : null)) is { } known)
            {
                sent = true;
                return new ModelScript.CallTool(known, new { to = "b", text = "the tests are green" });
            }

            searched = tools.Contains("ToolSearch");
            return searched ? new ModelScript.CallTool("ToolSearch", new { query = $"select:{Deferred}" }) : ScriptedModelServer.EchoTheId(turn);
        };
        await node.Client.SpawnAsync(new SpawnRequest { Name = "b", Profile = "demo", Folder = node.Home.Folder });
        await node.SpawnReadyAsync("q");
        for (var tries = 0; tries < MostTries && (await node.Client.ListMessagesAsync("b")).IsEmpty; tries++)
        {
            await node.ConfirmedAsync("q", await node.SendAsync("q", "tell b how the tests are"));
            await node.IsAsync("q", "ready");
        }

        Assert.True(sent, $"its model was not offered the tool: {string.Join(' ', tools)}");
        var told = await Eventually.Value(() => node.Client.ListMessagesAsync("b"), static messages => messages is [{ State: "confirmed" }], "b has the message", ProgramNode.Patience);
        Assert.Equal(("agent/q", "the tests are green"), (told[0].From, told[0].Text));
    }
}

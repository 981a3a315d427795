using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>The tools of the orchestrator in the real Qwen Code.</summary>
public sealed class ToolsOnNodeTests
{
    private const int MostTries = 5;

    [Fact]
    public async Task Its_model_sends_another_agent_a_message_in_its_own_name_its_users_settings_stay_and_without_tools_it_has_none()
    {
        var program = new QwenProgram();
        await using var qwen = await ProgramNode.StartAsync(program);
        var settings = Path.Combine(qwen.Home.Home, ".qwen", "settings.json");
        var tools = ImmutableArray<string>.Empty;
        string? result = null;
        qwen.Model.IsTurn = request =>
        {
            var turn = program.IsTurn(request);
            tools = turn ? request.Tools : tools;
            return turn;
        };
        qwen.Model.Script = turn =>
        {
            result = turn.ToolResult ?? result;
            return turn.ToolResult is null && turn.Text.Contains("tell b", StringComparison.Ordinal) && tools.FirstOrDefault(static name => name.EndsWith("send_message", StringComparison.Ordinal)) is { } tool
                ? new ModelScript.CallTool(tool, new { to = "b", text = "the tests are green" })
                : ScriptedModelServer.EchoTheId(turn);
        };
        await qwen.Client.SpawnAsync(new SpawnRequest { Name = "b", Profile = "demo", Folder = qwen.Home.Folder });
        await qwen.SpawnReadyAsync("q");

        // It may be ready before it knows its servers.
        for (var tries = 0; tries < MostTries && (await qwen.Client.ListMessagesAsync("b")).IsEmpty; tries++)
        {
            await qwen.ConfirmedAsync("q", await qwen.SendAsync("q", "tell b how the tests are"));
            await qwen.IsAsync("q", "ready");
        }

        Assert.True(tools.Any(static name => name.EndsWith("send_message", StringComparison.Ordinal)), $"{string.Join(' ', tools)}\n{await qwen.DiagnosisAsync("q")}");
        var told = await Eventually.Value(() => qwen.Client.ListMessagesAsync("b"), static messages => messages is [{ State: "confirmed" }], "b has the message", ProgramNode.Patience);
        Assert.Equal(("agent/q", "the tests are green"), (told[0].From, told[0].Text));
        await qwen.IsAsync("q", "ready");
        Assert.Contains(told[0].Id, result, StringComparison.Ordinal);
        Assert.DoesNotContain("mcpServers", await File.ReadAllTextAsync(settings), StringComparison.Ordinal);
        var given = await File.ReadAllTextAsync(Path.Combine(qwen.Node.Data, "state", "q", "hooks", "system-defaults.json"));
        Assert.DoesNotMatch("orc_[0-9a-f]{64}", given);
        Assert.Equal("$ORC_TOKEN", JsonDocument.Parse(given).RootElement.GetProperty("mcpServers").GetProperty("orchestrator").GetProperty("env").GetProperty("ORC_TOKEN").GetString());

        tools = [];
        await qwen.Client.SpawnAsync(new SpawnRequest { Name = "plain", Profile = "qwen", Folder = qwen.Home.Folder, Tools = false });
        await qwen.IsAsync("plain", "ready");
        await qwen.ConfirmedAsync("plain", await qwen.SendAsync("plain", "what can you do?"));
        Assert.NotEmpty(tools);
        Assert.DoesNotContain(tools, static name => name.EndsWith("send_message", StringComparison.Ordinal));
    }
}

using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>What tests of a program's dialogs have in common: a model that takes the steps it is given, and <c>orc</c> against the node.</summary>
public abstract class ProgramDialogs : IDisposable
{
    internal const string Agent = "q";
    private readonly Orc _orc = new();
    private readonly Queue<ModelScript> _steps = new();

    internal abstract AgentProgram Program { get; }

    internal Orc Orc => _orc;

    /// <summary>What the tool that was called last gave back.</summary>
    internal string LastResult { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public void Dispose()
    {
        _orc.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<ProgramNode> StartAsync(string settings = "")
    {
        var node = await ProgramNode.StartAsync(Program);
        _orc.Environment["ORC_DATA"] = node.Node.Data;
        node.Model.Script = turn =>
        {
            LastResult = turn.ToolResult ?? LastResult;
            lock (_steps)
            {
                return _steps.TryDequeue(out var step) ? step : ScriptedModelServer.EchoTheId(turn);
            }
        };
        if (settings.Length > 0)
        {
            await File.WriteAllTextAsync(Path.Combine(node.Node.Data, "node.conf"), settings);
            await node.Node.KillAsync();
            await node.Node.StartAgainAsync();
        }

        return node;
    }

    /// <summary>A turn in which the model takes these steps.</summary>
    internal async Task TurnAsync(ProgramNode node, params ModelScript[] steps)
    {
        lock (_steps)
        {
            foreach (var step in steps)
            {
                _steps.Enqueue(step);
            }
        }

        await node.SendAsync(Agent, "go on");
    }

    internal static string InFolder(ProgramNode node, string file) => Path.Combine(node.Home.Folder, file);

    internal static async Task<DialogInfo> AsksAsync(ProgramNode node, string kind, string? other = null)
        => (await node.IsAsync(Agent, kind == "question" ? "awaiting_answer" : "awaiting_approval", agent => agent.Dialog?.Kind == kind && agent.Dialog.Id != other)).Dialog!;

    internal static async Task<List<EventInfo>> EventsAsync(ProgramNode node, string type)
        => [.. (await node.Client.GetHistoryAsync(Agent, limit: 1000)).Where(e => e.Type == type)];

    internal static async Task<List<(string Label, string By, string? Rule)>> DecisionsAsync(ProgramNode node)
    {
        static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
        return [.. (await EventsAsync(node, "agent.dialog_decided.v1")).Select(static e => e.Data.GetProperty("decision")).Select(static d => (Text(d.GetProperty("option"), "label")!, Text(d, "by")!, Text(d, "rule")))];
    }
}

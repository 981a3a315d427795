using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>The tools of agents as an MCP server. Everything goes through the API with the token of the caller, which decides what is allowed and who speaks; nothing is decided here.</summary>
public sealed class AgentToolServer(TimeProvider? time = null)
{
    /// <summary>The name by which programs know the server.</summary>
    public const string Name = "orchestrator";

    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The options of a server whose calls go to the node that <paramref name="connect"/> gives, asked at each call: a node may be back under another address.</summary>
    public McpServerOptions Options(Func<IServiceProvider?, OrchestratorClient> connect) => new()
    {
        ServerInfo = new Implementation { Name = Name, Version = "1.0" },
        ServerInstructions = ToolCatalog.Instructions,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = async (request, cancellationToken) =>
            {
                using var client = connect(request.Services);
                return new ListToolsResult { Tools = [.. (await AllowedAsync(client, cancellationToken)).Select(Described)] };
            },
            CallToolHandler = async (request, cancellationToken) =>
            {
                var arguments = request.Params?.Arguments?.ToDictionary(static a => a.Key, static a => a.Value, StringComparer.Ordinal) ?? [];
                return await CallAsync(() => connect(request.Services), request.Params?.Name ?? string.Empty, arguments, cancellationToken);
            },
        },
    };

    /// <summary>Serves a program by its standard input and output until that ends.</summary>
    public async Task ServeAsync(Func<OrchestratorClient> connect, CancellationToken cancellationToken)
    {
        await using var transport = new StdioServerTransport(Name);
        await using var server = McpServer.Create(transport, Options(_ => connect()));
        await server.RunAsync(cancellationToken);
    }

    // Without an answer of the node all are shown: a program asks once, and the node may be back by the time that it calls one.
    private static async Task<ImmutableArray<AgentTool>> AllowedAsync(OrchestratorClient client, CancellationToken cancellationToken)
    {
        try
        {
            var self = await client.GetSelfAsync(cancellationToken);
            return [.. ToolCatalog.All.Where(tool => self.Scopes.Contains("admin") || tool.Permissions.Any(self.Scopes.Contains))];
        }
        catch (NodeUnreachableException)
        {
            return ToolCatalog.All;
        }
    }

    private static Tool Described(AgentTool tool) => new()
    {
        Name = tool.Name,
        Description = tool.Description,
        InputSchema = tool.Schema,
        Annotations = new ToolAnnotations { ReadOnlyHint = tool.ReadOnly, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    };

    private async Task<CallToolResult> CallAsync(Func<OrchestratorClient> connect, string name, Dictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var tool = ToolCatalog.All.FirstOrDefault(tool => tool.Name == name) ?? throw new ToolException($"there is no tool {name}: there are {string.Join(", ", ToolCatalog.All.Select(static tool => tool.Name))}");
            if (arguments.Keys.Except(tool.Arguments, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            {
                throw new ToolException($"{name} has no argument {unknown}: it has {string.Join(", ", tool.Arguments)}");
            }

            using var client = connect();
            var self = await client.GetSelfAsync(cancellationToken);
            return Answer(JsonSerializer.Serialize(await tool.Run(new ToolCall(tool, client, self, arguments, _time, cancellationToken)), Written), failed: false);
        }
        catch (ToolException e)
        {
            return Answer(e.Message, failed: true);
        }
        catch (ApiException e)
        {
            return Answer(e.Message, failed: true);
        }
        catch (OrchestratorException e)
        {
            return Answer($"{e.Message} What you wanted may or may not have been done. Call the same tool with the same arguments again in a while: nothing is done twice.", failed: true);
        }
    }

    private static CallToolResult Answer(string text, bool failed) => new() { Content = [new TextContentBlock { Text = text }], IsError = failed };
}

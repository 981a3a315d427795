using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;
using Orchestrator.Mcp;

namespace Orchestrator.Cli.Own;

/// <summary><c>orc mcp</c>.</summary>
internal static class McpCommand
{
    public static Command Create() => new OrcCommand(
        "mcp",
        "Serve the tools of agents to a program that speaks MCP, by standard input and output, with the token of the agent (ORC_TOKEN).",
        "claude --mcp-config '{\"mcpServers\":{\"orchestrator\":{\"command\":\"orc\",\"args\":[\"mcp\"]}}}'").Runs(static async (context, cancellationToken) =>
    {
        await new AgentToolServer().ServeAsync(() => new OrchestratorClient(NodeLocator.Find(context.Choice)), cancellationToken);
        return ExitCodes.Happened;
    });
}

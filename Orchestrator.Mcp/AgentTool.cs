using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Mcp;

/// <summary>A tool that agents have.</summary>
/// <param name="Name">Its name, as a model calls it.</param>
/// <param name="Description">What it does and when to use it, for a model.</param>
/// <param name="Permissions">What lets an agent use it: any of these permissions of its role, or scopes.</param>
/// <param name="ReadOnly">It changes nothing.</param>
/// <param name="Schema">A JSON schema of its arguments.</param>
/// <param name="Run">Does it, and returns what the model is told: a value that is written as JSON, or a text.</param>
internal sealed record AgentTool(string Name, string Description, ImmutableArray<string> Permissions, bool ReadOnly, JsonElement Schema, Func<ToolCall, Task<object>> Run)
{
    /// <summary>The arguments that it knows.</summary>
    public IEnumerable<string> Arguments => Schema.GetProperty("properties").EnumerateObject().Select(static property => property.Name);
}

/// <summary>What a model has done wrong, in words that let it do better.</summary>
internal sealed class ToolException(string message) : Exception(message);

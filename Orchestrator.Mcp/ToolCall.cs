using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>One call of a tool: who calls, with which arguments, and the API, which decides everything.</summary>
internal sealed class ToolCall(AgentTool tool, OrchestratorClient client, SelfInfo self, IReadOnlyDictionary<string, JsonElement> arguments, TimeProvider time, CancellationToken cancellationToken)
{
    /// <summary>Within this time the same call with the same arguments is the same, unless it names an id of its own.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public OrchestratorClient Client => client;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>The agent that calls.</summary>
    public string Agent => self.Agent ?? throw new ToolException("this tool is for agents: the token that this server uses is not that of an agent");

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw new ToolException($"{tool.Name} needs the argument {name}");

    /// <summary>A text, or null.</summary>
    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString() is { Length: > 0 } text ? text : null,
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => throw new ToolException($"{name} of {tool.Name} is a text"),
    };

    /// <summary>A list of texts, empty if it is missing; one text is a list of one.</summary>
    public ImmutableArray<string> Texts(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } value => [value.GetString()!],
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String) => [.. value.EnumerateArray().Select(static item => item.GetString()!)],
        _ => throw new ToolException($"{name} of {tool.Name} is a list of texts"),
    };

    /// <summary>A number, or null.</summary>
    public double? Number(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { ValueKind: JsonValueKind.String } value when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ToolException($"{name} of {tool.Name} is a number"),
    };

    /// <summary>A yes or no; no if it is missing.</summary>
    public bool Flag(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw new ToolException($"{name} of {tool.Name} is true or false"),
    };

    /// <summary>A time, or null.</summary>
    public DateTimeOffset? Time(string name) => OptionalText(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new ToolException($"{name} of {tool.Name} is a time: 2026-03-01T17:00:00Z");

    /// <summary>The ids that this call may have been made under, the present one first: they follow from caller and arguments, and change with the time.</summary>
    public ImmutableArray<string> MessageIds()
    {
        var now = Now;
        var begun = now - TimeSpan.FromTicks(now.Ticks % Window.Ticks);
        return [MessageId.Derived(begun, Hash(begun)), MessageId.Derived(begun - Window, Hash(begun - Window))];
    }

    /// <summary>The same for what is named by at most 40 lower-case letters, digits and dashes.</summary>
    public ImmutableArray<string> ShortIds(string prefix) => [.. MessageIds().Select(id => $"{prefix}-{id[^12..].ToLowerInvariant()}")];

    private JsonElement? Find(string name) => arguments.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    private byte[] Hash(DateTimeOffset begun)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{self.Name}/{tool.Name}/{begun.UtcTicks}"));
        foreach (var (name, value) in arguments.OrderBy(static argument => argument.Key, StringComparer.Ordinal))
        {
            text.Append('/').Append(name).Append('=').Append(value.GetRawText());
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}

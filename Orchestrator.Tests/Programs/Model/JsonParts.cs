using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>What the forms of the models' requests have in common: optional properties, and texts that are a string or a list of parts.</summary>
internal static class JsonParts
{
    public static bool Flag(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static string Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static IEnumerable<JsonElement> Items(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A property that is one text, or a list of parts some of which have a text.</summary>
    public static ImmutableArray<string> Texts(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(static part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out _)).Select(static part => Text(part, "text"))],
            _ => [],
        };
    }
}

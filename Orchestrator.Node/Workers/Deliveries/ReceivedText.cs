using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Deliveries;

/// <summary>Compares what a program wrote down with what it was told.</summary>
internal static class ReceivedText
{
    /// <summary>In words: whether a line of a transcript carries a text byte for byte, and if not, why not. Empty if the line does not show the text.</summary>
    /// <param name="line">The line.</param>
    /// <param name="typed">The text as it was typed, with its envelope.</param>
    /// <param name="transforms">What the program is known to change.</param>
    public static string Compared(string line, string typed, ImmutableArray<TextTransform> transforms)
    {
        if (Received(line, typed.Split('\n')[0]) is not { } received)
        {
            return "";
        }

        try
        {
            var (same, found) = TextTransform.Compare(transforms, typed, received);
            var changes = found.IsEmpty ? "byte for byte" : $"byte for byte but for what the program changes by itself ({string.Join(", ", found)})";
            return same ? $", {changes}" : ", but not with the same text";
        }
        catch (RegexMatchTimeoutException)
        {
            return ", with a text that could not be compared in time";
        }
    }

    /// <summary>The string in the line's JSON that holds the first line of what was typed.</summary>
    private static string? Received(string line, string opening)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return Strings(json.RootElement).FirstOrDefault(text => text.Contains(opening, StringComparison.Ordinal));
        }
        catch (JsonException)
        {
            // Not every transcript is JSON.
            return null;
        }
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static property => Strings(property.Value)),
        _ => [],
    };
}

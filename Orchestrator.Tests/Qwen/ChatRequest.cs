using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Tests.Qwen;

/// <summary>The parts of a chat completion request that matter here.</summary>
internal sealed record ChatRequest(string Model, bool Streaming, bool IsTurn, ImmutableArray<ImmutableArray<string>> UserMessages, string? ToolResult, int Messages)
{
    // Its own requests (titles, memories, suggestions, summaries) carry another instruction than the conversation does.
    private const string TurnInstruction = "You are Qwen Code, an interactive CLI agent";

    public static ChatRequest Read(JsonElement body)
    {
        var messages = body.GetProperty("messages").EnumerateArray().ToList();
        var users = messages.Where(message => Role(message) == "user").Select(Texts).ToImmutableArray();
        var first = messages[0];
        return new ChatRequest(
            body.GetProperty("model").GetString() ?? "",
            body.TryGetProperty("stream", out var stream) && stream.GetBoolean(),
            Role(first) == "system" && string.Concat(Texts(first)).StartsWith(TurnInstruction, StringComparison.Ordinal),
            users,
            Role(messages[^1]) == "tool" ? string.Concat(Texts(messages[^1])) : null,
            messages.Count);
    }

    /// <summary>What the user wrote: without the reminders that the program puts beside it.</summary>
    public static string Written(ImmutableArray<string> parts)
        => string.Concat(parts.Where(static part => !IsReminder(part)));

    /// <summary>Whether a part is the program's own.</summary>
    public static bool IsReminder(string part) => part.StartsWith("<system-reminder>", StringComparison.Ordinal);

    private static string? Role(JsonElement message) => message.GetProperty("role").GetString();

    private static ImmutableArray<string> Texts(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return [];
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => [content.GetString()!],
            JsonValueKind.Array => [.. content.EnumerateArray()
                .Where(part => part.TryGetProperty("text", out _))
                .Select(part => part.GetProperty("text").GetString()!)],
            _ => [],
        };
    }
}

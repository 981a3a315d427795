using System.Collections.Immutable;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>The parts of a request to a model that matter here, whatever form it came in.</summary>
/// <param name="Model">Which model is asked.</param>
/// <param name="Streaming">Whether the answer is wanted piece by piece.</param>
/// <param name="Instructions">What the program tells the model to be.</param>
/// <param name="Tools">The names of the tools that the model may call.</param>
/// <param name="UserMessages">The text parts of every message of the user, in order; a message that only brings results of tools has none.</param>
/// <param name="ToolResult">What the tool that was called last gave back, if this request brings it.</param>
/// <param name="Messages">How many messages of anybody there are.</param>
internal sealed record ModelRequest(
    string Model,
    bool Streaming,
    string Instructions,
    ImmutableArray<string> Tools,
    ImmutableArray<ImmutableArray<string>> UserMessages,
    string? ToolResult,
    int Messages)
{
    /// <summary>What the tools that were called since the newest message of the user gave back, in order; only the form of OpenAI's chat completions tells.</summary>
    public ImmutableArray<string> Results { get; init; } = [];

    // What the programs put beside, before or after the user's own words.
    private static readonly string[] Reminders = ["<system-reminder>", "<environment_context>", "<session_context>", "<user_instructions>", "<permissions instructions>", "# AGENTS.md instructions"];

    /// <summary>What the user wrote: without the reminders that the program puts beside it.</summary>
    public static string Written(ImmutableArray<string> parts)
        => string.Concat(parts.Where(static part => !IsReminder(part)));

    /// <summary>Whether a part is the program's own.</summary>
    public static bool IsReminder(string part)
        => Reminders.Any(reminder => part.StartsWith(reminder, StringComparison.Ordinal));
}

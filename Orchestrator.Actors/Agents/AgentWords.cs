using System.Text.Json;

namespace Orchestrator.Actors.Agents;

/// <summary>States and activities as they are spelled in API, CLI and docs: lower case with underscores.</summary>
public static class AgentWords
{
    /// <summary>The spelling of a state, an activity or another enum of the domain.</summary>
    public static string Words<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value that is spelled so; null if none is.</summary>
    public static T? Parse<T>(string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (value.Words() == word)
            {
                return value;
            }
        }

        return null;
    }
}

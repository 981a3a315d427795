using System.Collections.Immutable;

namespace Orchestrator.Node.Profiles;

/// <summary>How a program is told what its agent's role says. What is empty the program cannot be told.</summary>
/// <param name="PromptArguments">Added to the command where there is a prompt, with <c>{prompt}</c>.</param>
/// <param name="ModelArguments">Added to the command where there is a model, with <c>{model}</c>.</param>
/// <param name="TemperatureArguments">Added to the command where there is a temperature, with <c>{temperature}</c>.</param>
/// <param name="Environment">Variables that are set where there is a value for each placeholder in them.</param>
public sealed record RoleRules(
    ImmutableArray<string> PromptArguments,
    ImmutableArray<string> ModelArguments,
    ImmutableArray<string> TemperatureArguments,
    ImmutableSortedDictionary<string, string> Environment)
{
    /// <summary>The placeholders that these rules may use beside those of every launch.</summary>
    internal static readonly ImmutableArray<string> Placeholders = ["prompt", "model", "temperature", "role"];

    /// <summary>How the prompt is told, in words; null if it is not.</summary>
    public string? PromptBy => By(PromptArguments, "prompt");

    /// <summary>How the model is told, in words; null if it is not.</summary>
    public string? ModelBy => By(ModelArguments, "model");

    /// <summary>How the temperature is told, in words; null if it is not.</summary>
    public string? TemperatureBy => By(TemperatureArguments, "temperature");

    private string? By(ImmutableArray<string> arguments, string placeholder)
    {
        if (!arguments.IsEmpty)
        {
            return string.Join(' ', arguments);
        }

        var variables = Environment.Where(v => v.Value.Contains($"{{{placeholder}}}", StringComparison.Ordinal)).Select(static v => v.Key).ToList();
        return variables.Count == 0 ? null : string.Join(", ", variables);
    }
}

/// <summary>What the role of an agent comes to for one launch: what the agent itself says comes first.</summary>
/// <param name="Name">The role.</param>
/// <param name="Prompt">What it is told; null for nothing.</param>
/// <param name="Model">Its model; null leaves it to the program.</param>
/// <param name="Temperature">Its temperature; null leaves it to the program.</param>
public sealed record LaunchRole(string Name, string? Prompt, string? Model, double? Temperature);

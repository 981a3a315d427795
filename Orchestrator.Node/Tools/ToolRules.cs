using System.Collections.Immutable;

using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Tools;

/// <summary>How a program is told of the tools of the orchestrator, an MCP server, for one process of it and without a change to its user's settings.</summary>
public sealed record ToolRules : IProgramSettings
{
    /// <summary>Whether it is told of them.</summary>
    public required bool On { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <inheritdoc/>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<HookFile> Files { get; init; }

    /// <inheritdoc/>
    public required bool OnlyIfRootOwned { get; init; }

    /// <inheritdoc/>
    public bool IsOn => On && (!Files.IsEmpty || !Arguments.IsEmpty || !Environment.IsEmpty);

    /// <summary>Reads the section <c>tools</c> of a profile.</summary>
    internal static ToolRules Read(ProfileSection section)
    {
        var environment = section.Section("environment");
        var files = section.Section("files");
        var rules = new ToolRules
        {
            On = section.Flag("on"),
            Arguments = section.Filled("arguments"),
            Environment = environment.Keys.Where(environment.Has).ToImmutableDictionary(name => name, name => environment.Filled(name, environment.Text(name)), StringComparer.Ordinal),
            Files = [.. files.Keys.Where(files.Has).Select(name => HookRulesReader.File(files.Section(name)))],
            OnlyIfRootOwned = section.Flag("only-if-root-owned"),
        };
        section.WarnOfTheRest();
        return rules;
    }
}

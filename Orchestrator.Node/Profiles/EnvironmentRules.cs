using System.Collections.Immutable;

namespace Orchestrator.Node.Profiles;

/// <summary>The environment of a program: what it may have of the node's, and what is set for it. Nothing else gets through.</summary>
/// <param name="Allow">Names; a star at the end stands for any ending.</param>
/// <param name="Set">Values set in any case; the placeholders of <see cref="LaunchContext"/> are replaced.</param>
public sealed record EnvironmentRules(ImmutableArray<string> Allow, ImmutableDictionary<string, string> Set)
{
    /// <summary>Whether a variable of the node's environment gets through.</summary>
    /// <param name="name">The variable's name.</param>
    public bool Allows(string name) => Allow.Any(allowed => allowed.EndsWith('*')
        ? name.StartsWith(allowed.AsSpan(0, allowed.Length - 1), StringComparison.Ordinal)
        : string.Equals(name, allowed, StringComparison.Ordinal));
}

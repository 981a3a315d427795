using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Profiles;

/// <summary>
/// All profiles of a node: every <c>NAME.conf</c> of its folders is one. A profile begins with what the profile it
/// <c>inherits</c> says (a line of its own, without substitutions), <c>base</c> unless it names another; <c>base</c> itself is none.
/// </summary>
public sealed class ProfileCatalog
{
    private readonly ImmutableSortedDictionary<string, AgentProfile> _profiles;

    private ProfileCatalog(ImmutableSortedDictionary<string, AgentProfile> profiles, ImmutableArray<string> warnings)
    {
        _profiles = profiles;
        Warnings = warnings;
    }

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Names => _profiles.Keys;

    /// <summary>Keys that nobody knows, a line each with file and line.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Reads all profiles.</summary>
    /// <param name="folders">Folders of <c>*.conf</c> files; a file in a later one takes the place of its namesake in an earlier one. Folders that do not exist are empty.</param>
    /// <exception cref="HoconException">A profile cannot be used; the message says where and what to do.</exception>
    public static ProfileCatalog Load(params IEnumerable<string> folders)
    {
        var files = ProfileFiles.In(folders);
        var warnings = new List<string>();
        var profiles = files.Names.ToImmutableSortedDictionary(name => name, name => ProfileReader.Read(name, files.Resolve(name), warnings), StringComparer.Ordinal);
        return new ProfileCatalog(profiles, [.. warnings]);
    }

    /// <summary>The profile with a name, if there is one.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out AgentProfile profile) => _profiles.TryGetValue(name, out profile);

    /// <summary>The profile with a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names those there are.</exception>
    public AgentProfile this[string name] => TryGet(name, out var profile)
        ? profile
        : throw new KeyNotFoundException($"there is no profile {name}: known are {string.Join(", ", Names)}");
}

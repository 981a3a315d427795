using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Profiles;

/// <summary>
/// All profiles of a node: every <c>NAME.conf</c> of its folders is one. A profile begins with what the profile it
/// <c>inherits</c> says (a line of its own, without substitutions), <c>base</c> unless it names another; <c>base</c> itself is none.
/// </summary>
public sealed partial class ProfileCatalog
{
    private const string Root = "base";
    private const int MostAncestors = 8;

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
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.conf")))
        {
            files[Path.GetFileNameWithoutExtension(file)] = file;
        }

        var warnings = new List<string>();
        var profiles = files.Keys.Where(name => name != Root)
            .ToImmutableSortedDictionary(name => name, name => ProfileReader.Read(name, Layers(name, files).Resolve(), warnings), StringComparer.Ordinal);
        return new ProfileCatalog(profiles, [.. warnings]);
    }

    /// <summary>The profile with a name, if there is one.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out AgentProfile profile) => _profiles.TryGetValue(name, out profile);

    /// <summary>The profile with a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names those there are.</exception>
    public AgentProfile this[string name] => TryGet(name, out var profile)
        ? profile
        : throw new KeyNotFoundException($"there is no profile {name}: known are {string.Join(", ", Names)}");

    private static HoconDocument Layers(string name, SortedDictionary<string, string> files)
    {
        var document = HoconDocument.Empty;
        var seen = new List<string>();
        for (string? next = name; next is not null;)
        {
            if (seen.Contains(next, StringComparer.Ordinal) || seen.Count == MostAncestors)
            {
                throw new HoconException($"profile {name} inherits without end: {string.Join(" from ", seen.Append(next))}");
            }

            seen.Add(next);
            if (!files.TryGetValue(next, out var file))
            {
                throw new HoconException($"profile {seen[Math.Max(0, seen.Count - 2)]} inherits from {next}, which does not exist: known are {string.Join(", ", files.Keys)}");
            }

            var layer = HoconParser.ParseFile(file);
            document = document.WithFallback(layer);
            next = next == Root ? null : Parent(file);
        }

        return document;
    }

    // Before its layers are known a file cannot be resolved: this one key is looked for as a line.
    private static string Parent(string file)
    {
        var line = File.ReadLines(file).Select(text => Inherits().Match(text)).FirstOrDefault(match => match.Success);
        return line?.Groups["parent"].Value ?? Root;
    }

    [GeneratedRegex("""^inherits\s*[=:]\s*"?(?<parent>[a-z0-9-]+)"?\s*(?:(?:#|//).*)?$""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inherits();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Profiles;

/// <summary>Where profiles are written, and which of them each begins with.</summary>
internal sealed partial class ProfileFiles
{
    private const string Root = "base";
    private const int MostAncestors = 8;

    private readonly ImmutableSortedDictionary<string, string> _files;

    private ProfileFiles(ImmutableSortedDictionary<string, string> files) => _files = files;

    /// <summary>The names of all profiles, in order; <c>base</c> is none.</summary>
    public IEnumerable<string> Names => _files.Keys.Where(static name => name != Root);

    /// <summary>The profiles of some folders; a file in a later one takes the place of its namesake in an earlier one. Folders that do not exist are empty.</summary>
    public static ProfileFiles In(IEnumerable<string> folders)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var file in folders.Where(Directory.Exists).SelectMany(static folder => Directory.EnumerateFiles(folder, "*.conf")))
        {
            files[Path.GetFileNameWithoutExtension(file)] = file;
        }

        return new ProfileFiles(files.ToImmutable());
    }

    /// <summary>The same, with one file more, or in place of its namesake.</summary>
    public ProfileFiles With(string file) => new(_files.SetItem(Path.GetFileNameWithoutExtension(file), file));

    /// <summary>The file of a profile; null if there is none.</summary>
    public string? FileOf(string name) => _files.GetValueOrDefault(name);

    /// <summary>A profile and those it begins with, itself first, <c>base</c> last.</summary>
    /// <exception cref="HoconException">One of them does not exist, or they inherit in a circle.</exception>
    public ImmutableArray<string> Lineage(string name)
    {
        var lineage = ImmutableArray.CreateBuilder<string>();
        for (string? next = name; next is not null; next = next == Root ? null : Parent(_files[next]))
        {
            if (lineage.Contains(next) || lineage.Count == MostAncestors)
            {
                throw new HoconException($"profile {name} inherits without end: {string.Join(" from ", lineage.Append(next))}");
            }

            lineage.Add(next);
            if (!_files.ContainsKey(next))
            {
                throw new HoconException($"profile {lineage[Math.Max(0, lineage.Count - 2)]} inherits from {next}, which does not exist: known are {string.Join(", ", _files.Keys)}");
            }
        }

        return lineage.ToImmutable();
    }

    /// <summary>The configuration of a profile with everything it inherits.</summary>
    /// <exception cref="HoconException">A file cannot be read; the message says where and what to do.</exception>
    public HoconObject Resolve(string name)
        => Lineage(name).Aggregate(HoconDocument.Empty, (document, layer) => document.WithFallback(HoconParser.ParseFile(_files[layer]))).Resolve();

    // Before its layers are known a file cannot be resolved: this one key is looked for as a line.
    private static string Parent(string file)
    {
        var line = File.ReadLines(file).Select(text => Inherits().Match(text)).FirstOrDefault(match => match.Success);
        return line?.Groups["parent"].Value ?? Root;
    }

    [GeneratedRegex("""^inherits\s*[=:]\s*"?(?<parent>[a-z0-9-]+)"?\s*(?:(?:#|//).*)?$""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inherits();
}

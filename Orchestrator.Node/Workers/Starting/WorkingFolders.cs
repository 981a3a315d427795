namespace Orchestrator.Node.Workers.Starting;

/// <summary>Which folders agents may work in: canonical paths under the configured roots, checked when an agent is made and again when it is started.</summary>
internal sealed class WorkingFolders(IReadOnlyList<string> roots)
{
    private readonly string[] _roots = [.. roots.Select(Canonical)];

    /// <summary>The canonical path of an existing folder under one of the roots.</summary>
    /// <exception cref="StartRefusedException">It is not one; says why.</exception>
    public string Check(string folder)
    {
        if (!Path.IsPathFullyQualified(folder) || folder.Any(char.IsControl))
        {
            throw new StartRefusedException($"'{folder}' is not an absolute path: give the whole path of the working folder");
        }

        if (!Directory.Exists(folder))
        {
            throw new StartRefusedException($"the folder {folder} does not exist on this node: make it, or choose another");
        }

        var canonical = Canonical(folder);
        return _roots.Any(root => IsUnder(root, canonical))
            ? canonical
            : throw new StartRefusedException($"the folder {canonical} lies outside of the folders that agents may work in ({string.Join(", ", _roots)}): see orchestrator.agents.folders");
    }

    private static bool IsUnder(string root, string path)
        => root == "/" || path == root || path.StartsWith(root + "/", StringComparison.Ordinal);

    private static string Canonical(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var resolved = "/";
        foreach (var part in full.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            resolved = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Canonical(target.FullName) : next;
        }

        return resolved;
    }
}

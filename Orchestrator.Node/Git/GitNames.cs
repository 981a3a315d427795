using System.Text.RegularExpressions;

namespace Orchestrator.Node.Git;

/// <summary>Which names of branches and tags are handed to git: fewer than git itself would take, and none that it could take for an option.</summary>
internal static partial class GitNames
{
    /// <summary>Whether <paramref name="name"/> can be the name of a branch or a tag.</summary>
    public static bool IsBranch(string name)
        => Pattern().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal) && !name.EndsWith(".lock", StringComparison.Ordinal) && name[^1] is not ('/' or '.');

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}

using System.Text;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Teams;
using Orchestrator.Node.Policies;

namespace Orchestrator.Node.Git;

/// <summary>Which files have no place in a commit: secrets, what can be made again, what is too large. By name first, then by what is in them.</summary>
/// <param name="policy">What a team says beside it.</param>
internal sealed partial class RefusalRules(TeamGit policy)
{
    private static readonly HashSet<string> JunkFolders = new(
        ["node_modules", "bower_components", "__pycache__", ".venv", "venv", ".tox", ".nox", ".cache", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".gradle", ".next", ".nuxt", ".parcel-cache", ".terraform", ".npm", ".yarn-cache"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Samples = [".example", ".sample", ".template", ".dist"];
    private static readonly HashSet<string> SecretNames = new([".env", ".netrc", ".pgpass", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials.json", "service-account.json"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> SecretEndings = new([".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> JunkEndings = new([".pyc", ".pyo", ".class", ".swp", ".tmp", ".core"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> JunkNames = new([".DS_Store", "Thumbs.db", "desktop.ini"], StringComparer.OrdinalIgnoreCase);

    private readonly PathPattern[] _patterns = [.. policy.Refuse.Select(PathPattern.Parse)];

    /// <summary>Why a file is not committed; null if it is.</summary>
    /// <param name="root">The worktree.</param>
    /// <param name="path">The file, from there.</param>
    public string? Of(string root, string path)
    {
        if (path.EndsWith('/'))
        {
            return "is a repository of its own: add it to .gitignore, or move it elsewhere";
        }

        // What is gone is taken out of the repository, whatever it was.
        var file = new FileInfo(Path.Combine(root, path));
        return file.Exists || file.LinkTarget is not null ? OfName(root, path) ?? OfContent(file) : null;
    }

    /// <summary>Why a file of this name is not committed; null if its name is none of those.</summary>
    public string? OfName(string root, string path)
    {
        var parts = path.Split('/');
        var name = parts[^1];
        if (parts[..^1].FirstOrDefault(JunkFolders.Contains) is { } folder)
        {
            return $"lies in {folder}, which is made again from what is committed: add it to .gitignore";
        }

        if (JunkNames.Contains(name) || JunkEndings.Contains(Path.GetExtension(name)))
        {
            return "is left behind by a program: add it to .gitignore";
        }

        if (IsSecret(name))
        {
            return "is a file that holds secrets: keep it out of the repository and add it to .gitignore";
        }

        return _patterns.FirstOrDefault(pattern => pattern.Means(root, Path.Combine(root, path))) is { } pattern ? $"the team's file refuses {pattern.Text}" : null;
    }

    /// <summary>Why a file of so many bytes is not committed; null if it is not too large.</summary>
    public string? OfSize(long bytes)
        => bytes > policy.LargestFile ? $"has {bytes} bytes, and the team's file allows {policy.LargestFile}: keep it elsewhere, or raise git.largest-file" : null;

    /// <summary>What of a text looks like a secret; null if nothing.</summary>
    public static string? OfText(string text)
        => PrivateKey().IsMatch(text) ? "holds a private key: take it out, and replace the key"
            : Token().Match(text) is { Success: true } match ? $"holds what looks like a token ({match.Value[..Math.Min(6, match.Value.Length)]}…): take it out, and replace the token"
            : null;

    private string? OfContent(FileInfo file)
    {
        // A link is committed as the path that it leads to, not as what is there.
        if (file.LinkTarget is not null)
        {
            return null;
        }

        return OfSize(file.Length) ?? OfText(Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName)));
    }

    private static bool IsSecret(string name)
        => !Samples.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            && (SecretNames.Contains(name) || name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase) || SecretEndings.Contains(Path.GetExtension(name)));

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PrivateKey();

    // Known by their first letters: this product's, providers of models, forges, clouds, chat.
    [GeneratedRegex(@"\b(orc(join)?_[0-9a-f]{32,}|sk-(ant-|proj-)?[A-Za-z0-9_-]{24,}|gh[opsru]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{20,}|AIza[0-9A-Za-z_-]{35}|(AKIA|ASIA)[0-9A-Z]{16}|npm_[A-Za-z0-9]{36})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Token();
}

using System.Collections.Immutable;
using System.Globalization;

using Orchestrator.Actors.Teams;

namespace Orchestrator.Node.Git;

/// <summary>Looks at what a merge would bring: every commit of the branch that the target has not, because what one of them adds and a later one deletes stays in the history.</summary>
/// <param name="git">Git in the repository.</param>
/// <param name="policy">What a team says of files.</param>
internal sealed class BranchFiles(GitProgram git, TeamGit policy)
{
    private const int MostRefused = 200;
    private const long MostReadAtOnce = 4 * 1024 * 1024;
    private const string Link = "120000";
    private const string Repository = "160000";

    private readonly RefusalRules _rules = new(policy);

    /// <summary>The files that must not be merged, by their paths; at most the first 200.</summary>
    /// <exception cref="GitException">Git failed; says why.</exception>
    public async Task<ImmutableArray<RefusedFile>> RefusedAsync(string target, string commit, CancellationToken cancellation)
    {
        var root = (await git.RunAsync(["rev-parse", "--show-toplevel"], cancellation)).Text;
        var files = await AddedAsync(target, commit, cancellation);
        var refused = files.Select(file => (file.Path, Reason: file.IsNewRepository ? _rules.Of(root, $"{file.Path}/") : _rules.OfName(root, file.Path))).Where(static f => f.Reason is not null).ToList();
        var named = refused.Select(static f => f.Path).ToHashSet(StringComparer.Ordinal);
        refused.AddRange(await ByContentAsync([.. files.Where(f => f.Mode is not (Link or Repository) && !named.Contains(f.Path))], cancellation));
        return [.. refused.DistinctBy(static f => f.Path, StringComparer.Ordinal).OrderBy(static f => f.Path, StringComparer.Ordinal).Take(MostRefused).Select(static f => new RefusedFile(WorkCommits.Shown(f.Path), f.Reason!))];
    }

    // What a merge on the branch itself has brought in beside its parents is in none of the other commits, so the whole is looked at too.
    private async Task<List<AddedFile>> AddedAsync(string target, string commit, CancellationToken cancellation)
    {
        string[] words = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-commit-id", "--diff-filter=d"];
        var commits = (await git.RunAsync(["rev-list", "--no-merges", $"{target}..{commit}"], cancellation)).Output;
        var each = await git.RunAsync([.. words, "--root", "--stdin"], cancellation, commits);
        var common = await git.TryAsync(["merge-base", target, commit], input: null, cancellation);
        var whole = common.Code == 0 ? await git.RunAsync([.. words, common.Text, commit], cancellation) : null;
        return [.. Read(each.Output).Concat(Read(whole?.Output ?? string.Empty)).Distinct()];
    }

    // :OLDMODE NEWMODE OLDBLOB NEWBLOB STATUS, then the path: each ended by a NUL.
    private static IEnumerable<AddedFile> Read(string raw)
        => raw.Split('\0', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(static pair =>
        {
            var words = pair[0].Split(' ');
            return new AddedFile(pair[1], words[1], words[3], IsNewRepository: words[1] == Repository && words[0] != $":{Repository}");
        });

    private async Task<List<(string Path, string? Reason)>> ByContentAsync(List<AddedFile> files, CancellationToken cancellation)
    {
        var sizes = await SizesAsync([.. files.Select(static f => f.Blob).Distinct(StringComparer.Ordinal)], cancellation);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var (some, bytes) = (new List<string>(), 0L);
        foreach (var (blob, size) in sizes)
        {
            if (_rules.OfSize(size) is { } reason)
            {
                reasons[blob] = reason;
                continue;
            }

            some.Add(blob);
            bytes += size;
            if (bytes >= MostReadAtOnce)
            {
                await ReadAsync(some, reasons, cancellation);
                (some, bytes) = ([], 0);
            }
        }

        await ReadAsync(some, reasons, cancellation);
        return [.. files.Where(f => reasons.ContainsKey(f.Blob)).Select(f => (f.Path, (string?)reasons[f.Blob]))];
    }

    private async Task<List<(string Blob, long Size)>> SizesAsync(List<string> blobs, CancellationToken cancellation)
    {
        var answer = await git.RunAsync(["cat-file", "--batch-check=%(objectname) %(objectsize)"], cancellation, Lines(blobs));
        return [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')).Select(static words => (words[0], long.Parse(words[1], CultureInfo.InvariantCulture)))];
    }

    // Many at once: which of them it is, is asked only where something was found.
    private async Task ReadAsync(List<string> blobs, Dictionary<string, string> reasons, CancellationToken cancellation)
    {
        if (blobs.Count == 0 || RefusalRules.OfText((await git.RunAsync(["cat-file", "--batch"], cancellation, Lines(blobs))).Output) is null)
        {
            return;
        }

        foreach (var blob in blobs)
        {
            if (RefusalRules.OfText((await git.RunAsync(["cat-file", "blob", blob], cancellation)).Output) is { } reason)
            {
                reasons[blob] = reason;
            }
        }
    }

    private static string Lines(IEnumerable<string> blobs) => string.Concat(blobs.Select(static blob => $"{blob}\n"));

    private sealed record AddedFile(string Path, string Mode, string Blob, bool IsNewRepository);
}

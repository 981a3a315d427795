using Orchestrator.Actors.Teams;
using Orchestrator.Node.Git;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>Branches of members are merged, and states tagged, by real git.</summary>
public sealed class MergeTests : IDisposable
{
    private const int LargestFile = 1000;

    private static readonly TeamGit Policy = new(TimeSpan.FromMinutes(30), BeforeSwitch: true, LargestFile, [], "main");

    private readonly GitRepository _repository = new();
    private readonly string _tree;

    public MergeTests()
    {
        _tree = _repository.Worktree("d1");
        Commit(_tree, "src/a.cs", "class A;\n");
    }

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_branch_is_merged_with_a_commit_of_its_own_and_the_working_tree_follows()
    {
        var merged = await MergeAsync();
        Assert.Null(merged.Problem);
        Assert.Equal(merged.Commit, _repository.Git("rev-parse", "main"));
        Assert.Equal(2, _repository.Git("rev-list", "--parents", "-1", "main").Split(' ').Length - 1);
        Assert.Equal("class A;\n", await File.ReadAllTextAsync(Path.Combine(_repository.Path, "src", "a.cs")));
        Assert.Equal(string.Empty, _repository.Git("status", "--porcelain"));

        // Run again after the node ended in the middle, it is merged already.
        Assert.Equal(merged.Commit, (await MergeAsync()).Commit);
    }

    [Fact]
    public async Task A_target_that_nobody_has_checked_out_is_merged_too()
    {
        _repository.Git("checkout", "--quiet", "-b", "elsewhere");
        var merged = await MergeAsync();
        Assert.Equal(merged.Commit, _repository.Git("rev-parse", "main"));
        Assert.False(File.Exists(Path.Combine(_repository.Path, "src", "a.cs")));
    }

    [Fact]
    public async Task A_conflict_names_the_files_and_leaves_everything_as_it_was()
    {
        Commit(_tree, "readme.md", "mine\n");
        Commit(_repository.Path, "readme.md", "yours\n");
        var before = _repository.Git("rev-parse", "main");
        var merged = await MergeAsync();
        Assert.Null(merged.Commit);
        Assert.Equal(["readme.md"], merged.Conflicts.AsEnumerable());
        Assert.Equal(before, _repository.Git("rev-parse", "main"));
        Assert.Equal("yours\n", await File.ReadAllTextAsync(Path.Combine(_repository.Path, "readme.md")));
        Assert.Equal(string.Empty, _repository.Git("status", "--porcelain"));
    }

    [Fact]
    public async Task What_a_person_has_changed_and_not_committed_is_not_overwritten()
    {
        GitRepository.Write(_repository.Path, "src/a.cs", "by hand\n");
        var before = _repository.Git("rev-parse", "main");
        var merged = await MergeAsync();
        Assert.Contains("changes that are not committed", merged.Problem, StringComparison.Ordinal);
        Assert.Equal((before, "by hand\n"), (_repository.Git("rev-parse", "main"), await File.ReadAllTextAsync(Path.Combine(_repository.Path, "src", "a.cs"))));
        File.Delete(Path.Combine(_repository.Path, "src", "a.cs"));
        Assert.NotNull((await MergeAsync()).Commit);
    }

    [Fact]
    public async Task What_was_reviewed_is_merged_and_what_came_after_is_not_and_is_said()
    {
        var reviewed = (await InspectAsync()).Commit;
        Assert.Equal(_repository.Git("rev-parse", "agent/d1"), reviewed);
        Commit(_tree, "src/late.cs", "class Late;\n");
        var merged = await MergeAsync(reviewed);
        Assert.Equal((merged.Commit, reviewed), (_repository.Git("rev-parse", "main"), _repository.Git("rev-parse", "main^2")));
        Assert.Equal("readme.md\nsrc/a.cs", _repository.Git("ls-tree", "-r", "--name-only", "main"));
        Assert.Contains($"moved on to {_repository.Git("rev-parse", "agent/d1")} since {reviewed}", merged.Note, StringComparison.Ordinal);

        // Run again after the node ended in the middle, it is merged already, and nothing more is.
        Assert.Equal(merged.Commit, (await MergeAsync(reviewed)).Commit);
        Assert.Contains("is not in the repository any more", (await MergeAsync(new string('0', 40))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_an_agent_has_committed_itself_and_that_have_no_place_are_not_merged()
    {
        Commit(_tree, ".env", "TOKEN=1\n");
        Commit(_tree, "web/node_modules/a/index.js", "1\n");
        Commit(_tree, "notes with a blank.txt", $"ghp_{new string('a', 36)}\n");
        Commit(_tree, "big.txt", new string('x', LargestFile + 1));
        var before = _repository.Git("rev-parse", "main");
        string[] expected = [".env", "big.txt", "notes with a blank.txt", "web/node_modules/a/index.js"];
        var seen = await InspectAsync();
        Assert.Equal(expected, seen.Refused.Select(static file => file.Path));
        Assert.Contains(".env is a file that holds secrets", seen.Problem, StringComparison.Ordinal);
        Assert.Contains("what looks like a token (ghp_aa…)", seen.Refused[2].Reason, StringComparison.Ordinal);
        var merged = await MergeAsync(seen.Commit);
        Assert.Equal((null, seen.Problem), (merged.Commit, merged.Problem));
        Assert.Equal(expected, merged.Refused.Select(static file => file.Path));
        Assert.Equal(before, _repository.Git("rev-parse", "main"));
    }

    [Fact]
    public async Task A_secret_that_a_later_commit_deletes_is_still_in_the_history_and_one_that_is_taken_out_of_it_is_not()
    {
        Commit(_tree, ".env", "TOKEN=1\n");
        File.Delete(Path.Combine(_tree, ".env"));
        TestGit.Git(_tree, "commit", "--quiet", "--all", "--message", "delete it");
        Assert.Equal(".env", Assert.Single((await InspectAsync()).Refused).Path);

        TestGit.Git(_tree, "reset", "--quiet", "--soft", TestGit.Git(_tree, "merge-base", "main", "HEAD"));
        TestGit.Git(_tree, "commit", "--quiet", "--message", "without it");
        var clean = await InspectAsync();
        Assert.Equal((0, null), (clean.Refused.Length, clean.Problem));
        Assert.NotNull((await MergeAsync(clean.Commit)).Commit);
    }

    [Fact]
    public async Task What_a_merge_on_the_branch_brings_in_is_looked_at_and_what_the_target_has_already_is_not()
    {
        Commit(_repository.Path, "old.pem", "of long ago\n");
        TestGit.Git(_tree, "merge", "--quiet", "--no-edit", "main");
        Assert.Empty((await InspectAsync()).Refused);
        Commit(_repository.Path, "b.txt", "b\n");
        TestGit.Git(_tree, "merge", "--quiet", "--no-commit", "main");
        Commit(_tree, "id_rsa", "a key\n");
        Assert.Equal(2, TestGit.Git(_tree, "rev-list", "--parents", "-1", "HEAD").Split(' ').Length - 1);
        Assert.Equal("id_rsa", Assert.Single((await InspectAsync()).Refused).Path);
    }

    [Fact]
    public async Task A_branch_that_is_not_there_is_said_so() => Assert.Contains("there is no branch agent/d9", (await MergeAsync(source: "agent/d9")).Problem, StringComparison.Ordinal);

    [Fact]
    public async Task A_tag_names_the_target_and_is_not_moved()
    {
        Assert.Equal(_repository.Git("rev-parse", "main"), (await TagAsync()).Commit);
        Assert.Equal(_repository.Git("rev-parse", "main"), _repository.Git("rev-parse", "stable-1^{commit}"));
        Assert.NotNull((await TagAsync()).Commit);
        Commit(_repository.Path, "b.txt", "b");
        Assert.Contains("on another commit", (await TagAsync()).Problem, StringComparison.Ordinal);
    }

    private static void Commit(string folder, string file, string text)
    {
        GitRepository.Write(folder, file, text);
        TestGit.Git(folder, "add", "--all");
        TestGit.Git(folder, "commit", "--quiet", "--message", file);
    }

    private Task<ReportMerge> MergeAsync(string? commit = null, string source = "agent/d1")
        => Merges.RunAsync(new MergeBranch(1, _repository.Path, source, "main", "Merge it") { Commit = commit, Policy = Policy }, _repository.Path, TimeProvider.System, CancellationToken.None);

    private Task<ReportBranch> InspectAsync() => Merges.InspectAsync(new InspectBranch(1, _repository.Path, "agent/d1", "main", Policy), _repository.Path, TimeProvider.System, CancellationToken.None);

    private Task<ReportTag> TagAsync() => Merges.TagAsync(new MakeTag(_repository.Path, "main", "stable-1", "known to work"), _repository.Path, TimeProvider.System, CancellationToken.None);
}

using Orchestrator.Actors.Teams;
using Orchestrator.Node.Git;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>Branches of members are merged, and states tagged, by real git.</summary>
public sealed class MergeTests : IDisposable
{
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
    public async Task A_branch_that_is_not_there_is_said_so() => Assert.Contains("there is no branch agent/d9", (await MergeAsync("agent/d9")).Problem, StringComparison.Ordinal);

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

    private Task<ReportMerge> MergeAsync(string source = "agent/d1") => Merges.RunAsync(new MergeBranch(1, _repository.Path, source, "main", "Merge it"), _repository.Path, TimeProvider.System, CancellationToken.None);

    private Task<ReportTag> TagAsync() => Merges.TagAsync(new MakeTag(_repository.Path, "main", "stable-1", "known to work"), _repository.Path, TimeProvider.System, CancellationToken.None);
}

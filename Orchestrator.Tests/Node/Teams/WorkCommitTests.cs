using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Node.Git;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>The work of members is committed by real git; secrets and junk are not.</summary>
public sealed class WorkCommitTests : IDisposable
{
    private const string Key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n";

    private static readonly TeamGit Policy = new(TimeSpan.FromMinutes(30), BeforeSwitch: true, LargestFile: 2000, ["*.sqlite"], "main");

    private readonly GitRepository _repository = new();
    private readonly string _tree;

    public WorkCommitTests() => _tree = _repository.Worktree("d1");

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Changes_new_files_and_removals_are_committed_to_the_agents_own_branch_and_nothing_twice()
    {
        GitRepository.Write(_tree, "readme.md", "hello again\n");
        GitRepository.Write(_tree, "src/with space ü\"'.cs", "class A;\n");
        var result = await CommitAsync();
        Assert.Equal((2, null, true), (result.Files, result.Problem, result.Refused.IsEmpty));
        Assert.Equal(result.Commit, _repository.Git("rev-parse", "agent/d1"));
        Assert.Equal("d1: work in progress|d1|d1@orchestrator.invalid", _repository.Git("log", "-1", "--format=%s|%an|%ae", "agent/d1"));
        Assert.Equal("begin", _repository.Git("log", "-1", "--format=%s", "main"));
        File.Delete(Path.Combine(_tree, "readme.md"));
        Assert.NotNull((await CommitAsync()).Commit);
        Assert.Null((await CommitAsync()).Commit);
        Assert.Equal(string.Empty, TestGit.Git(_tree, "status", "--porcelain"));
    }

    [Fact]
    public async Task Secrets_and_junk_are_listed_with_their_reasons_and_left_uncommitted_also_if_they_were_added_by_hand()
    {
        (string File, string Text, string Says)[] files =
        [
            (".env", "A=1", "holds secrets"),
            ("config/.env.local", "A=1", "holds secrets"),
            ("deploy/server.pem", "x", "holds secrets"),
            ("node_modules/left-pad/index.js", "x", "node_modules"),
            ("app/__pycache__/a.pyc", "x", "__pycache__"),
            ("notes.txt", $"see\n{Key}", "private key"),
            ("src/keys.cs", "var k = \"AKIA" + "ABCDEFGHIJKLMNOP\";", "token (AKIAAB…)"),
            ("src/more.py", "t = 'ghp_" + new string('a', 36) + "'", "token"),
            ("big.bin", new string('x', 2001), "2001 bytes"),
            ("data/shop.sqlite", "x", "token-free"),
            (".DS_Store", "x", "left behind"),
        ];
        foreach (var (file, text, _) in files)
        {
            GitRepository.Write(_tree, file, text);
        }

        GitRepository.Write(_tree, "src/good.cs", "class A;\n");
        GitRepository.Write(_tree, ".env.example", "A=\n");
        GitRepository.Write(_tree, "src/risk-assessment.md", "sk-short is no key, tasks-are-fine");
        TestGit.Git(_tree, "add", "--force", "--all");
        var result = await CommitAsync(Policy with { Refuse = ["*.sqlite", "data/**"] });
        Assert.Equal(3, result.Files);
        Assert.Equal([".env.example", "readme.md", "src/good.cs", "src/risk-assessment.md"], _repository.Git("ls-tree", "-r", "--name-only", "agent/d1").Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal(files.Select(static f => f.File).Order(StringComparer.Ordinal), result.Refused.Select(static r => r.Path).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Contains(file.Says == "token-free" ? "data/**" : file.Says, result.Refused.Single(r => r.Path == file.File).Reason, StringComparison.Ordinal));
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(_tree, file.File))));
    }

    [Fact]
    public async Task Hooks_and_monitors_of_the_repository_do_not_run()
    {
        var mark = _repository["ran"];
        var hooks = Path.Combine(_repository.Path, ".git", "hooks");
        foreach (var hook in new[] { "pre-commit", "commit-msg", "post-commit", "prepare-commit-msg", "reference-transaction", "post-index-change" })
        {
            await File.WriteAllTextAsync(Path.Combine(hooks, hook), $"#!/bin/sh\necho {hook} >> '{mark}'\nexit 0\n");
            File.SetUnixFileMode(Path.Combine(hooks, hook), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await File.WriteAllTextAsync(_repository["monitor"], $"#!/bin/sh\necho monitor >> '{mark}'\n");
        File.SetUnixFileMode(_repository["monitor"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _repository.Git("config", "core.fsmonitor", _repository["monitor"]);
        _repository.Git("config", "commit.gpgSign", "true");
        _repository.Git("config", "gpg.program", _repository["monitor"]);
        File.Delete(mark);
        GitRepository.Write(_tree, "a.txt", "a");
        Assert.NotNull((await CommitAsync()).Commit);
        Assert.False(File.Exists(mark), File.Exists(mark) ? await File.ReadAllTextAsync(mark) : string.Empty);
    }

    [Fact]
    public async Task On_another_branch_or_in_the_middle_of_a_merge_nothing_is_committed()
    {
        GitRepository.Write(_tree, "readme.md", "mine\n");
        Assert.NotNull((await CommitAsync()).Commit);
        GitRepository.Write(_repository.Path, "readme.md", "yours\n");
        _repository.Git("commit", "--quiet", "--all", "--message", "yours");
        Assert.Throws<Xunit.Sdk.TrueException>(() => TestGit.Git(_tree, "merge", "main"));
        Assert.Contains("a merge is under way", (await CommitAsync()).Problem, StringComparison.Ordinal);
        TestGit.Git(_tree, "merge", "--abort");
        TestGit.Git(_tree, "checkout", "--quiet", "-b", "elsewhere");
        GitRepository.Write(_tree, "b.txt", "b");
        Assert.Contains("is on the branch elsewhere, not on agent/d1", (await CommitAsync()).Problem, StringComparison.Ordinal);
        TestGit.Git(_tree, "checkout", "--quiet", "--detach");
        Assert.Contains("is on no branch", (await CommitAsync()).Problem, StringComparison.Ordinal);
    }

    private Task<CommitResult> CommitAsync(TeamGit? policy = null)
        => WorkCommits.RunAsync(new CommitWork(AgentName.Parse("d1"), _tree, "agent/d1", "d1: work in progress", policy ?? Policy), _tree, TimeProvider.System, CancellationToken.None);
}

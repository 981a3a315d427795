using Orchestrator.Actors.Agents;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Tests.Support;

using static Orchestrator.Tests.Support.TestGit;

namespace Orchestrator.Tests.Node.Workers;

/// <summary>The branch of an agent that may go on elsewhere is pushed where it works and fetched where it goes on; with real git, two clones and their remote.</summary>
public sealed class PushedBranchTests : IDisposable
{
    private static readonly AgentName Agent = AgentName.Parse("a1");
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly string _here;
    private readonly string _there;

    public PushedBranchTests()
    {
        Git(_folder.Path, "init", "-q", "--bare", "-b", "main", "remote.git");
        Git(_folder.Path, "clone", "-q", "remote.git", "here");
        (_here, _there) = (_folder["here"], _folder["there"]);
        Commit(_here, "first");
        Git(_here, "push", "-q", "origin", "HEAD:main");
        Git(_folder.Path, "clone", "-q", "remote.git", "there");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_committed_goes_on_at_the_new_place_and_is_pushed_once()
    {
        var worktree = await new GitWorktrees(_folder["n1"]).EnsureAsync(Agent, _here, "agent/a1", moved: false, fetch: null, None);
        Commit(worktree.Path, "work");
        var pushed = (await GitWorktrees.PushAsync(worktree, known: null, None))!.Value;
        Assert.Equal(("origin", Git(worktree.Path, "rev-parse", "HEAD")), (pushed.Remote, pushed.Commit));
        Assert.Null(await GitWorktrees.PushAsync(worktree, pushed.Commit, None));

        // Also what was written anew.
        Commit(worktree.Path, "work, better", "--amend");
        pushed = (await GitWorktrees.PushAsync(worktree, pushed.Commit, None))!.Value;
        var elsewhere = await new GitWorktrees(_folder["n2"]).EnsureAsync(Agent, _there, "agent/a1", moved: true, Work(pushed.Commit), None);
        Assert.Equal((pushed.Commit, "agent/a1"), (Git(elsewhere.Path, "rev-parse", "HEAD"), elsewhere.Branch));

        // And back again, where an older state of it still lies.
        Commit(elsewhere.Path, "more");
        pushed = (await GitWorktrees.PushAsync(elsewhere, known: null, None))!.Value;
        var back = await new GitWorktrees(_folder["n1"]).EnsureAsync(Agent, _here, "agent/a1", moved: true, Work(pushed.Commit), None);
        Assert.Equal(pushed.Commit, Git(back.Path, "rev-parse", "HEAD"));
    }

    [Fact]
    public async Task Work_that_the_new_place_has_of_its_own_is_never_thrown_away()
    {
        var worktree = await new GitWorktrees(_folder["n1"]).EnsureAsync(Agent, _here, "agent/a1", moved: false, fetch: null, None);
        Commit(worktree.Path, "work");
        var pushed = (await GitWorktrees.PushAsync(worktree, known: null, None))!.Value;
        var elsewhere = await new GitWorktrees(_folder["n2"]).EnsureAsync(Agent, _there, "agent/a1", moved: false, fetch: null, None);
        Commit(elsewhere.Path, "something else");
        var own = Git(elsewhere.Path, "rev-parse", "HEAD");
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => new GitWorktrees(_folder["n2"]).EnsureAsync(Agent, _there, "agent/a1", moved: true, Work(pushed.Commit), None));
        Assert.Contains("has work of its own", refused.Message, StringComparison.Ordinal);
        Assert.Equal(own, Git(elsewhere.Path, "rev-parse", "HEAD"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => GitWorktrees.PushAsync(elsewhere, known: null, None));
    }

    [Fact]
    public async Task In_a_repository_that_both_nodes_share_the_branch_goes_on_without_a_remote()
    {
        Git(_here, "remote", "remove", "origin");
        var worktree = await new GitWorktrees(_folder["n1"]).EnsureAsync(Agent, _here, "agent/a1", moved: false, fetch: null, None);
        Commit(worktree.Path, "work");
        Assert.Null(await GitWorktrees.PushAsync(worktree, known: null, None));
        var elsewhere = await new GitWorktrees(_folder["n2"]).EnsureAsync(Agent, _here, "agent/a1", moved: true, fetch: null, None);
        Assert.Equal(Git(worktree.Path, "rev-parse", "HEAD"), Git(elsewhere.Path, "rev-parse", "HEAD"));
    }

    private static PushedWork Work(string commit) => new(commit, "origin", "n1", DateTimeOffset.UnixEpoch);

    private static void Commit(string folder, string text, params string[] more)
    {
        File.WriteAllText(Path.Combine(folder, "work.txt"), text);
        Git(folder, "add", "work.txt");
        Git(folder, ["commit", "-q", "-m", text, .. more]);
    }
}

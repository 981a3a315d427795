using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

using static Orchestrator.Tests.Support.TestGit;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>An agent that asks for it gets a git worktree and a branch of its own, and keeps them.</summary>
[Collection(nameof(Lifecycle))]
public sealed class WorktreeTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task Agents_of_one_repository_have_a_worktree_and_a_branch_each_and_use_it_again()
    {
        var repository = Repository("shared");
        var one = await Working("tree-one", repository);
        var two = await Working("tree-two", repository, branch: "topic/two");
        Assert.Equal(("agent/tree-one", "topic/two"), (one.Worktree!.Branch, two.Worktree!.Branch));
        Assert.NotEqual(one.Worktree.Path, two.Worktree.Path);
        Assert.Equal("agent/tree-one", Git(one.Worktree.Path, "rev-parse", "--abbrev-ref", "HEAD"));
        Assert.Equal("topic/two", Git(two.Worktree.Path, "rev-parse", "--abbrev-ref", "HEAD"));
        Assert.Equal(one.Worktree.Path, Node.Tmux("display-message", "-p", "-t", one.Pane!.Id, "#{pane_current_path}"));
        Assert.Equal("main", Git(repository, "rev-parse", "--abbrev-ref", "HEAD"));

        // What it has not committed yet must be there after a restart, and after an end and a new spawn.
        await File.WriteAllTextAsync(Path.Combine(one.Worktree.Path, "unfinished.txt"), "half");
        await Node.Client.RestartAgentAsync("tree-one");
        var again = await Node.IsIdle("tree-one", generation: 2);
        Assert.Equal(one.Worktree, again.Worktree);
        await Node.Client.EndAgentAsync("tree-one");
        await Node.Is("tree-one", "terminated");
        var anew = await Working("tree-one", repository, generation: 3);
        Assert.Equal(one.Worktree, anew.Worktree);
        Assert.Equal("half", await File.ReadAllTextAsync(Path.Combine(anew.Worktree!.Path, "unfinished.txt")));
    }

    [Fact]
    public async Task Without_a_repository_there_is_no_worktree_and_the_reason_is_told()
    {
        var plain = Directory.CreateDirectory(Path.Combine(shared.Root, "plain")).FullName;
        await Node.SpawnFakeInAsync("treeless", plain, static r => r with { Worktree = true });
        var refused = await Node.AgentIs("treeless", static a => a.State == "error", "is in error");
        Assert.Contains("no git repository", refused.Detail, StringComparison.Ordinal);
        Assert.Empty(Node.PanesOf("treeless"));
    }

    private async Task<AgentInfo> Working(string name, string repository, string? branch = null, long generation = 1)
    {
        await Node.SpawnFakeInAsync(name, repository, r => r with { Worktree = true, Branch = branch });
        return await Node.IsIdle(name, generation);
    }

    private string Repository(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(shared.Root, name)).FullName;
        Git(folder, "init", "-q", "-b", "main");
        File.WriteAllText(Path.Combine(folder, "README"), "a repository");
        Git(folder, "add", "README");
        Git(folder, "commit", "-q", "-m", "First");
        return folder;
    }
}

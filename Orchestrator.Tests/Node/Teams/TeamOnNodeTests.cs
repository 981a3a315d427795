using System.Text;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>Teams with a real node, real panes and a real repository.</summary>
public sealed class TeamOnNodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    private readonly GitRepository _repository = new();
    private NodeUnderTest _node = null!;

    public async Task InitializeAsync() => _node = await NodeUnderTest.StartAsync();

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task A_node_that_is_killed_in_the_middle_of_a_deployment_completes_it_and_nobody_is_made_or_briefed_twice()
    {
        string[] names = ["lead", "d1", "d2", "d3"];
        var request = File("1 h", names);
        await _node.Client.DeployTeamAsync(request);
        await _node.KillAsync();
        await _node.StartAgainAsync();
        await UpAsync(names.Length);
        Assert.True((await _node.Client.DeployTeamAsync(request)).Unchanged);
        foreach (var name in names)
        {
            var told = await Eventually.Value(() => Task.FromResult(new FakeAgentOnNode(name, LogOf(name)).Log()), static log => log.Count > 0, $"{name} is briefed", Within);
            Assert.Contains($"You are team-{name}", Assert.Single(told).Text, StringComparison.Ordinal);
            Assert.Equal(1, (await _node.Client.GetAgentAsync($"team-{name}")).Generation);
        }
    }

    [Fact]
    public async Task The_work_of_a_member_is_committed_without_its_secrets_merged_by_its_reviewer_and_tagged()
    {
        await _node.Client.DeployTeamAsync(File("1 s", "lead", "d1"));
        await UpAsync(2);
        var tree = (await _node.Client.GetAgentAsync("team-d1")).Worktree!.Path;
        GitRepository.Write(tree, "src/a.cs", "class A;\n");
        GitRepository.Write(tree, ".env", "TOKEN=1\n");
        var member = await Eventually.Value(MemberAsync, static m => m.Commit is not null && !m.RefusedFiles.IsEmpty, "its work is committed", Within);
        Assert.Equal(_repository.Git("rev-parse", "agent/team-d1"), member.Commit);
        Assert.Equal("readme.md\nsrc/a.cs", _repository.Git("ls-tree", "-r", "--name-only", "agent/team-d1"));
        Assert.Equal(".env", Assert.Single(member.RefusedFiles).Path);
        var gap = Assert.Single(await Eventually.Value(async () => await _node.Client.ListGapsAsync(), static gaps => !gaps.IsEmpty, "there is a gap", Within));
        Assert.Equal(("refused_files", "team-d1"), (gap.Kind, gap.Agent));
        System.IO.File.Delete(Path.Combine(tree, ".env"));
        await Eventually.True(async () => (await _node.Client.ListGapsAsync()).IsEmpty, "the gap is closed", Within);

        var merge = await _node.Client.RequestMergeAsync(new MergeRequestRequest { Id = "m1", Agent = "team-d1", Title = "class A" });
        Assert.Equal(("open", "team-lead", "merge-m1"), (merge.State, merge.Reviewer, merge.Task));
        merge = await Eventually.Value(() => _node.Client.GetMergeAsync("m1"), static m => m.SourceCommit is not null, "its commit is known", Within);
        Assert.Equal(_repository.Git("rev-parse", "agent/team-d1"), merge.SourceCommit);
        await Eventually.True(async () => (await _node.Client.ListTasksAsync()).Any(static t => t is { Id: "merge-m1", State: "in_progress" }), "the reviewer has it", Within);
        await _node.Client.AcceptMergeAsync("m1", merge.SourceCommit);
        merge = await Eventually.Value(() => _node.Client.GetMergeAsync("m1"), static m => m.State is not "merging", "it is merged", Within);
        Assert.Equal(("merged", _repository.Git("rev-parse", "main")), (merge.State, merge.Commit));
        Assert.Equal("class A;\n", await System.IO.File.ReadAllTextAsync(Path.Combine(_repository.Path, "src", "a.cs")));
        await Eventually.True(async () => (await _node.Client.GetTaskAsync("merge-m1")).State == "done", "the review is done", Within);

        await _node.Client.TagStableAsync("team", "one");
        var tag = await Eventually.Value(async () => (await _node.Client.GetTeamAsync("team")).Tags[0], static t => (t.Commit ?? t.Problem) is not null, "it is tagged", Within);
        Assert.Equal((merge.Commit, merge.Commit), (tag.Commit, _repository.Git("rev-parse", "stable-one^{commit}")));

        var history = await _node.Client.GetWholeHistoryAsync("team/team");
        Assert.Equal(history.Select(static e => e.Position).Order(), history.Select(static e => e.Position));
        Assert.All(new[] { "team.deployed.v1", "agent.enlisted.v1", "team.work_reported.v1", "gap.opened.v1", "task.execution_started.v1", "merge.ended.v1", "team.tag_reported.v1" }, type => Assert.Contains(history, e => e.Type == type));
    }

    private async Task<TeamMemberInfo> MemberAsync() => (await _node.Client.GetTeamAsync("team")).Members.Single(static m => m.Name == "team-d1");

    private Task UpAsync(int members)
        => Eventually.True(async () => (await _node.Client.GetTeamAsync("team")) is { State: "running" } team && team.Members.Count(static m => m.State == "up") == members, "everybody is up", Within);

    private string LogOf(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(_node.Data, "state", $"team-{name}")).FullName, "fake.jsonl");

    // Each has a log of its own, so a section of its own.
    private TeamFileRequest File(string commitEvery, params string[] names)
    {
        var text = new StringBuilder($"name = team\nfolder = \"{_repository.Path}\"\ngit.commit-every = {commitEvery}\nmember-defaults.profile = fake\n");
        foreach (var name in names)
        {
            var words = new[] { "perl", Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl"), "--log", LogOf(name) };
            text.Append($"members.{name} {{ {(name == "lead" ? "role = project_manager" : "reports-to = lead, worktree = true")}, command = [{string.Join(", ", words.Select(static w => $"\"{w}\""))}] }}\n");
        }

        return new TeamFileRequest { Text = text.ToString(), Source = "team.conf" };
    }
}

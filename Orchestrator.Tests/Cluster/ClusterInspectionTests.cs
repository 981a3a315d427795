using System.Globalization;
using Orchestrator.Actors;
using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster;

/// <summary>What an operator sees of several members through one of them, and how members are taken out and back.</summary>
public sealed class ClusterInspectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly Orc _orc = new();
    private string _connection = "";
    private ManifestTable _manifests = null!;

    public async Task InitializeAsync()
    {
        _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        ClusterNode.FoundAuthority(_folder.Path);
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await PostgresServer.DropDatabaseAsync(_connection);
        _folder.Dispose();
    }

    [Fact]
    public async Task One_member_shows_all_members_their_shards_and_what_they_have_in_memory()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await using var api = await ClusterApi.StartAsync(a, "a", _manifests);
        await SettledAsync(api, 3);
        var names = new[] { a, b, c }.Select(static node => node.OwnAccount()).ToList();
        foreach (var name in names)
        {
            await a.AskAsync(name, new Deposit(7, "x"));
        }

        var cluster = await api.Client.GetClusterAsync();
        Assert.Equal(("a", false), (cluster.Self, cluster.Alone));
        Assert.Equal(["a", "b", "c"], cluster.Members.Select(static m => m.Name));
        Assert.All(cluster.Members, static m => Assert.Equal("up", m.State));
        Assert.Equal(64, cluster.Members.Sum(static m => m.Shards));
        await Eventually.True(async () => (await api.Client.GetClusterAsync()).Members.Where(static m => !m.Self).All(static m => m.Reachable is true), "the others are seen beating");

        var accounts = await api.Client.ListActorsAsync(kind: "account");
        Assert.Empty(accounts.Unanswered);
        Assert.Equal(
            names.Zip(["a", "b", "c"]).OrderBy(static x => x.First, StringComparer.Ordinal).Select(static x => ($"account/{x.First}", x.Second)),
            accounts.Actors.OrderBy(static x => x.Entity, StringComparer.Ordinal).Select(static x => (x.Entity, x.Node)));
        Assert.Equal((3, 3), (await api.Client.ListRegionsAsync()).Regions.Where(static r => r.Kind == "account").Select(static r => (r.Entities, r.Nodes)).Single());
        var there = await api.Client.GetEntityAsync($"account/{names[1]}");
        Assert.Equal(("b", "b", 1L), (there.Shard.Owner, there.Live!.Node, there.Version));
        Assert.Equal(7, there.State!.Value.GetProperty("balance").GetInt64());
    }

    [Fact]
    public async Task A_member_leaves_when_told_to_and_joins_again_and_the_last_one_may_not_leave()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var api = await ClusterApi.StartAsync(a, "a", _manifests);
        await SettledAsync(api, 2);
        var account = b.OwnAccount();
        await b.AskAsync(account, new Deposit(1, "before"));

        (await PbmAsync(api, "cluster", "leave", "b")).Expect(0);
        Assert.Equal((0, 64), (b.System.OwnedShards.Count, a.System.OwnedShards.Count));
        await b.AskAsync(account, new Deposit(1, "meanwhile"));
        Assert.Contains("nobody could take the shards", (await PbmAsync(api, "cluster", "leave", "a")).Fails(1), StringComparison.Ordinal);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<ApiException>(() => api.Client.LeaveClusterAsync("x"))).Code);

        (await PbmAsync(api, "cluster", "join", "b")).Expect(0);
        Assert.InRange(b.System.OwnedShards.Count, 8, 56);
        await b.AskAsync(account, new Deposit(1, "after"));
        Assert.Equal(["before", "meanwhile", "after"], (await a.BalanceAsync(account)).Notes);
    }

    [Fact]
    public async Task A_member_that_is_marked_down_never_commits_again_and_comes_back_as_another()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var api = await ClusterApi.StartAsync(a, "a", _manifests);
        await SettledAsync(api, 2);
        Assert.Equal("illegal-state", (await Assert.ThrowsAsync<ApiException>(() => api.Client.MarkDownAsync("a"))).Code);

        (await PbmAsync(api, "cluster", "down", "b")).Expect(0);
        await Eventually.True(async () => (await api.Client.GetClusterAsync()).Members.Single(static m => m.Name == "b") is { State: "up", Incarnation: 2 }, "b has joined anew", Patience);
        await SettledAsync(api, 2);
        Assert.Contains("b (2) up", await TailAsync(api), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_stands_still_is_shown_as_unreachable_and_can_be_marked_at_once()
    {
        await using var a = await StartAsync("a");
        await using var api = await ClusterApi.StartAsync(a, "a", _manifests);
        await using var child = await ClusterChild.StartAsync(_connection, "b", _folder.Path);
        await SettledAsync(api, 2);
        Assert.Empty((await api.Client.MarkUnreachableDownAsync()).Members);

        child.Signal("STOP");
        var seen = await Eventually.Value(async () => (await api.Client.GetClusterAsync()).Members.Single(static m => m.Name == "b"), static m => m.Reachable is false || m.State == "down", "b is unreachable", Patience);
        var marked = (await api.Client.MarkUnreachableDownAsync()).Members;

        // Where this machine was slow the cluster has marked it by itself meanwhile.
        var now = await Eventually.Value(async () => (await api.Client.GetClusterAsync()).Members.Single(static m => m.Name == "b"), static m => m.State == "down", "b is down", Patience);
        Assert.True(marked is ["b"] || seen.State == "down" || marked.IsEmpty, $"{string.Join(", ", marked)} was marked");
        Assert.Equal(0, now.Shards);
        child.Signal("KILL");
        await SettledAsync(api, 1);
        (await PbmAsync(api, "cluster", "status")).Expect(0);
    }

    [Fact]
    public async Task Dead_letters_and_the_inbox_of_an_entity_are_seen_and_handled_through_any_member()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var api = await ClusterApi.StartAsync(a, "a", _manifests);
        await SettledAsync(api, 2);
        var there = b.OwnAccount();
        b.Behavior.Switches.Add("fuse");
        var answer = await a.AskAsync(there, new Explode("fuse", "late"));
        Assert.Equal(RefusalCodes.Poison, Assert.IsType<Refused>(answer.Reply).Code);
        var letter = Assert.Single(await api.Client.ListDeadLettersAsync());
        Assert.Equal($"account/{there}", letter.To);

        b.Behavior.Switches.Clear();
        (await PbmAsync(api, "dead-letters", "resend", letter.Id.ToString(CultureInfo.InvariantCulture))).Expect(0);
        await Eventually.True(async () => (await a.BalanceAsync(there)).Notes is ["late"], "the owner has done it now", Patience);
        Assert.Empty(await api.Client.ListDeadLettersAsync());

        // What waits for an entity that does not get on is seen through the other member.
        using var held = new ManualResetEventSlim();
        b.Behavior.Holds = _ => held.Wait(Patience);
        await a.TellAsync(there, new Deposit(1, "waits"));
        var rows = await Eventually.Value(() => api.Client.ListInboxAsync($"account/{there}"), static found => !found.IsEmpty, "the row is there", Patience);
        Assert.Equal(($"account/{there}", "account.deposit.v1"), (rows.Single().To, rows.Single().Manifest));
        held.Set();
        await Eventually.True(async () => (await api.Client.ListInboxAsync($"account/{there}")).IsEmpty, "it is processed", Patience);
    }

    private async Task<ClusterNode> StartAsync(string name) => await ClusterNode.StartAsync(_connection, name, _folder.Path, builder =>
    {
        builder.AddDomain();
        _manifests = builder.Manifests;
    });

    private static Task SettledAsync(ClusterApi api, int members) => Eventually.True(
        async () => (await api.Client.GetClusterAsync()).Members.Count(static m => m.State == "up") == members && (await api.Client.ListShardsAsync()).All(static s => s.State == "owned"), $"{members} members own all shards", Patience);

    private Task<Orc.Result> PbmAsync(ClusterApi api, params string[] words) => _orc.RunAsync(["pbm", $"127.0.0.1:{api.Address.Port}", "--token", api.Token, .. words]);

    private static async Task<string> TailAsync(ClusterApi api)
        => string.Join('\n', (await api.Client.GetClusterAsync()).Members.Select(static m => $"{m.Name} ({m.Incarnation}) {m.State}"));
}

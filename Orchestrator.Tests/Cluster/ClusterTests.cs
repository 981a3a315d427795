using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Runtime;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster;

/// <summary>Several members on one database: one view, and never two owners.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    // 8 s and 1 s are promised (docs/reliability.md has what was measured); these tests run beside others on machines of two cores.
    private static readonly TimeSpan FailsOverWithin = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan HandsOverWithin = TimeSpan.FromSeconds(3);
    private readonly TemporaryFolder _folder = new();
    private string _connection = "";

    public async Task InitializeAsync()
    {
        _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        ClusterNode.FoundAuthority(_folder.Path);
    }

    public async Task DisposeAsync()
    {
        await PostgresServer.DropDatabaseAsync(_connection);
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_shard_has_one_owner_and_any_node_reaches_any_entity()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await SettledAsync(a, b, c);
        Assert.All(new[] { a, b, c }, static node => Assert.InRange(node.System.OwnedShards.Count, 8, 40));

        foreach (var (node, i) in new[] { a, b, c }.SelectMany(static node => Enumerable.Range(0, 20).Select(i => (node, i))))
        {
            await node.AskAsync(Name(i), new Deposit(1, node.Address.ToString()));
        }

        for (var i = 0; i < 20; i++)
        {
            var balances = await Task.WhenAll(new[] { a, b, c }.Select(node => node.BalanceAsync(Name(i))));
            Assert.All(balances, balance => Assert.Equal(3, balance.Amount));
            Assert.Equal([a.Address.ToString(), b.Address.ToString(), c.Address.ToString()], balances[0].Notes);
        }
    }

    [Fact]
    public async Task What_is_told_on_one_node_reaches_the_entity_on_another_once_and_in_order()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await SettledAsync(a, b);
        var there = b.OwnAccount();
        var notes = Enumerable.Range(0, 100).Select(static i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var note in notes)
        {
            // The sender goes from node to node, each time after the acknowledgement of the last.
            await (int.Parse(note, CultureInfo.InvariantCulture) % 2 == 0 ? a : b).TellAsync(there, new Deposit(1, note));
        }

        await Eventually.True(async () => (await a.BalanceAsync(there)).Amount >= notes.Count, "all have arrived");
        Assert.Equal(notes, (await b.BalanceAsync(there)).Notes);

        // Entities of different nodes talk to each other.
        var here = a.OwnAccount();
        await b.AskAsync(there, new Transfer(Account.Named(here), 40, "from there"));
        await Eventually.True(async () => (await b.BalanceAsync(here)).Amount == 40, "the transfer has arrived");
    }

    [Fact]
    public async Task A_reminder_fires_on_whichever_node_owns_its_entity_then()
    {
        await using var a = await StartAsync("a");
        var due = a.System.Clock.Now + TimeSpan.FromSeconds(4);
        foreach (var i in Enumerable.Range(0, 10))
        {
            await a.AskAsync(Name(i), new Remind("alarm", due, "rings"));
        }

        await using var b = await StartAsync("b");
        await SettledAsync(a, b);
        foreach (var i in Enumerable.Range(0, 10))
        {
            await Eventually.True(async () => (await a.BalanceAsync(Name(i))).Notes is ["rings"], $"the reminder of {Name(i)} has fired once");
        }
    }

    [Fact]
    public async Task Nodes_come_and_go_under_load_and_no_ask_is_lost_or_doubled()
    {
        await using var a = await StartAsync("a");
        using var over = new CancellationTokenSource();
        var sent = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var load = Task.WhenAll(Enumerable.Range(0, 12).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var account = Name(((client * 7) + i) % 40);
                await a.AskAsync(account, new Deposit(1, "x"));
                sent.AddOrUpdate(account, 1, static (_, before) => before + 1);
            }
        })));
        for (var round = 0; round < 3; round++)
        {
            var before = a.System.OwnedShards;
            await using var b = await StartAsync("b");
            await using var c = await StartAsync("c");
            await SettledAsync(a, b, c);

            // Only what is rightly another's has moved.
            Assert.Equal(before.Count, a.System.OwnedShards.Count + b.System.OwnedShards.Count + c.System.OwnedShards.Count);
            await b.StopAsync();
            await SettledAsync(a, c);
            await c.StopAsync();
            await SettledAsync(a);
        }

        await over.CancelAsync();
        await load;
        foreach (var (account, count) in sent)
        {
            Assert.Equal(count, (await a.BalanceAsync(account)).Amount);
        }
    }

    [Fact]
    public async Task A_killed_node_is_noticed_and_its_entities_answer_again()
    {
        await using var a = await StartAsync("a");
        await using var child = await ClusterChild.StartAsync(_connection, "b", _folder.Path);
        await Eventually.True(() => a.System.OwnedShards.Count < EntityId.ShardCount, "b owns shards");
        await SettledAsync(a);
        var there = Enumerable.Range(0, 1000).Select(Name).First(name => !a.System.OwnedShards.Contains(Account.Named(name).Shard));
        await a.AskAsync(there, new Deposit(1, "before"));

        child.Signal("KILL");
        var watch = Stopwatch.StartNew();
        await a.AskAsync(there, new Deposit(1, "after"));
        output.WriteLine($"answers again after {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(watch.Elapsed < FailsOverWithin, $"it took {watch.Elapsed}");
        Assert.Equal(["before", "after"], (await a.BalanceAsync(there)).Notes);
        Assert.Equal(MemberState.Down, a.System.Cluster.Members.Single(static row => row.Member.Name is "b").State);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_stop_hands_over_at_once()
    {
        await using var a = await StartAsync("a");
        await using var child = await ClusterChild.StartAsync(_connection, "b", _folder.Path);
        await SettledAsync(a);
        var there = Enumerable.Range(0, 1000).Select(Name).First(name => !a.System.OwnedShards.Contains(Account.Named(name).Shard));
        await a.AskAsync(there, new Deposit(1, "before"));
        child.Signal("TERM");
        await Eventually.True(() => a.System.Cluster.Members.Any(static row => row is { Member.Name: "b", State: not MemberState.Up }), "b leaves");
        var watch = Stopwatch.StartNew();
        await a.AskAsync(there, new Deposit(1, "after"));
        output.WriteLine($"answers again after {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(watch.Elapsed < HandsOverWithin, $"it took {watch.Elapsed}");
        await child.ExitAsync();
        Assert.Contains("LEFT", child.Lines);
    }

    [Theory]
    [InlineData(FailPoints.BeforeCommit)]
    [InlineData(FailPoints.AfterCommit)]
    [InlineData(FailPoints.Decided)]
    [InlineData("-")]
    public async Task A_node_that_stands_still_is_marked_down_and_its_late_commit_is_refused(string point)
    {
        await using var a = await StartAsync("a");
        var account = "stopped";
        await using var child = await ClusterChild.StartAsync(_connection, "b", _folder.Path, account, point);
        await SettledAsync(a);
        if (point is "-")
        {
            await child.SaysMoreAsync(() => child.Acknowledged.Count > 20);
            child.Signal("STOP");
        }
        else
        {
            await Eventually.True(() => child.Lines.Contains("STOPPED"), $"it has stopped itself at {point}");
        }

        var watch = Stopwatch.StartNew();
        await Eventually.True(() => a.System.Cluster.Members.Single(static row => row.Member.Name is "b").State is MemberState.Down, "b is marked down", FailsOverWithin);
        await SettledAsync(a);
        await a.AskAsync(account, new Deposit(1000, "meanwhile"));
        Assert.True(watch.Elapsed < FailsOverWithin + TimeSpan.FromSeconds(1), $"it took {watch.Elapsed}");
        Assert.Equal(EntityId.ShardCount, a.System.OwnedShards.Count);

        // It comes back as a new incarnation, with nothing of the old one.
        var incarnation = a.System.Cluster.Members.Single(static row => row.Member.Name is "b").Member.Incarnation;
        child.Signal("CONT");
        await Eventually.True(() => a.System.Cluster.Members.Single(static row => row.Member.Name is "b") is { State: MemberState.Up } row && row.Member.Incarnation == incarnation + 1, "b has come back");
        var acknowledged = child.Acknowledged.Count;
        await child.SaysMoreAsync(() => child.Acknowledged.Count > acknowledged + 20);
        child.Signal("TERM");
        await child.ExitAsync();

        // Nothing acknowledged is lost, nothing done twice, whoever owned the account when.
        await SettledAsync(a);
        var notes = (await a.BalanceAsync(account)).Notes;
        Assert.Equal(notes.Distinct(StringComparer.Ordinal), notes);
        Assert.Empty(child.Acknowledged.Except(notes, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_transaction_is_thrown_out_of_the_database_and_its_write_is_never_seen()
    {
        const string Key = "20263";
        await using var a = await StartAsync("a");
        await PostgresServer.RunAsync(_connection, $"""
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_setting('application_name') LIKE 'orchestrator/b/%' THEN PERFORM pg_advisory_xact_lock_shared({Key}); END IF; RETURN NULL; END $$;
            CREATE TRIGGER hold AFTER INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION hold();
            """);
        await using var holder = await PostgresServer.OpenAsync(_connection);
        await using (var hold = new NpgsqlCommand($"SELECT pg_advisory_lock({Key})", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        // Its account is rightly its own; its first deposit waits in the transaction that has read the fence, and so keeps the rows that mark it and its shards.
        await using var child = await ClusterChild.StartAsync(_connection, "b", _folder.Path);
        await SettledAsync(a);
        var (own, there) = (a.OwnAccount(), Enumerable.Range(0, 1000).Select(Name).First(name => !a.System.OwnedShards.Contains(Account.Named(name).Shard)));
        var late = UntilAcknowledgedAsync(a, there, new Deposit(1, "late"));
        await Eventually.True(() => PostgresServer.ScalarAsync<bool>(_connection, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'orchestrator/b/%' AND wait_event_type = 'Lock' AND wait_event = 'advisory')"), "b is in the middle of its transaction");
        child.Signal("STOP");

        // The others go on meanwhile.
        await a.AskAsync(own, new Deposit(1, "meanwhile"));
        await Eventually.True(() => a.System.Cluster.Members.Single(static row => row.Member.Name is "b").State is MemberState.Down, "b is marked down, whatever it holds");
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'orchestrator/b/%' AND wait_event = 'advisory'"));

        // Under its id it is done once, by the next owner.
        await late;
        Assert.Equal(["late"], (await a.BalanceAsync(there)).Notes);
    }

    [Fact]
    public async Task A_second_node_with_the_name_of_one_that_is_up_is_refused()
    {
        await using var a = await StartAsync("a");
        var refused = await Assert.ThrowsAsync<JournalRefusedException>(() => ClusterNode.StartAsync(_connection, "a", _folder.Path));
        Assert.Contains("give this one another name", refused.Message, StringComparison.Ordinal);
        await a.AskAsync("x", new Deposit(1, "still here"));
    }

    [Fact]
    public async Task A_database_that_is_away_marks_nobody_down_and_acknowledges_nothing()
    {
        await using var server = await PostgresServer.StartAsync();
        var connection = await server.CreateDatabaseAsync();
        await using var a = await ClusterNode.StartAsync(connection, "a", _folder.Path);
        await using var b = await ClusterNode.StartAsync(connection, "b", _folder.Path);
        await SettledAsync(a, b);
        var incarnations = Incarnations(a);
        await PostgresServer.SignalAsync(server.ProcessId, "STOP");
        var asked = Enumerable.Range(0, 10).Select(i => a.AskAsync(Name(i), new Deposit(1, "late"))).ToList();
        await Task.Delay(TimeSpan.FromSeconds(8));
        Assert.All(asked, static ask => Assert.False(ask.IsCompletedSuccessfully));
        await PostgresServer.SignalAsync(server.ProcessId, "CONT");
        await Eventually.True(
            async () =>
            {
                try
                {
                    await a.AskAsync("again", new Deposit(1, "x"));
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            "it acknowledges again");
        await Task.WhenAll(asked).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Equal(incarnations, Incarnations(a));
        Assert.All(a.System.Cluster.Members, static row => Assert.Equal(MemberState.Up, row.State));
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    private static async Task UntilAcknowledgedAsync(ClusterNode node, string account, Command command)
    {
        for (var id = Bank.NewId(); ;)
        {
            try
            {
                await node.AskAsync(account, command, id);
                return;
            }
            catch (StoreUnavailableException)
            {
                // Not acknowledged, so it is sent again under the same id.
                continue;
            }
        }
    }

    private static Dictionary<string, long> Incarnations(ClusterNode node) => node.System.Cluster.Members.ToDictionary(static row => row.Member.Name, static row => row.Member.Incarnation);

    private static string Name(int i) => FormattableString.Invariant($"a{i}");

    private Task<ClusterNode> StartAsync(string name) => ClusterNode.StartAsync(_connection, name, _folder.Path);

    /// <summary>Every shard is owned by whom it should be, and nobody hands anything over.</summary>
    private static Task SettledAsync(params ClusterNode[] nodes) => Eventually.True(
        () => nodes.All(static node =>
        {
            var table = node.System.Cluster;
            return Enumerable.Range(0, EntityId.ShardCount).All(shard => table.OwnerOf(shard) is { } owner && owner == table.RightfulOwnerOf(shard, ClusterOptions.EntityRole));
        })
            && (nodes.Length == 1 || nodes.Sum(static node => node.System.OwnedShards.Count) == EntityId.ShardCount || nodes[0].System.Cluster.Members.Count(static row => row.IsLive) > nodes.Length)
            && nodes.All(node => node.System.Cluster.Members.Where(static row => row.IsLive).Count() >= nodes.Length),
        "the shards have settled");
}

using Npgsql;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

/// <summary>The runtime on PostgreSQL: alone, with lost connections, and beside another node.</summary>
public sealed class PostgresRuntimeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public async Task DisposeAsync()
    {
        await PostgresServer.DropDatabaseAsync(_connection);
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using (var bank = await OpenAsync("n1"))
        {
            await bank.AskAsync("a", new Deposit(10, "one"));
            await bank.TellAsync("a", new Transfer(Account.Named("b"), 4, "two"));
            await bank.NotedAsync("b", "two");
            var answer = await bank.AskAsync("a", new Deposit(1, "three"));
            await bank.System.Views.WaitForAsync(answer.Position).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(7, (await bank.System.Views.GetAsync<AccountRow>("accounts", "a"))!.Balance);
            await bank.AskAsync("a", new Remind("soon", bank.System.Clock.Now.AddMilliseconds(50), "reminded"));
            await bank.NotedAsync("a", "one", "three", "reminded");
        }

        await using var again = await OpenAsync("n1");
        Assert.Equal(["one", "three", "reminded"], (await again.BalanceAsync("a")).Notes);
        Assert.Equal(8, (await again.BalanceAsync("a")).Amount);
        Assert.Equal(4, (await again.BalanceAsync("b")).Amount);
    }

    [Fact]
    public async Task Nothing_is_lost_doubled_or_reordered_while_connections_are_cut_again_and_again()
    {
        const int Clients = 4;
        const int Commands = 90;
        await using (var bank = await OpenAsync("n1", static builder => builder.Options.MaximumBackoff = TimeSpan.FromMilliseconds(50)))
        {
            using var done = new CancellationTokenSource();
            var cuts = 0L;
            var acknowledged = 0;
            var cutting = Task.Run(async () =>
            {
                for (var at = 0; !done.IsCancellationRequested; await Task.Delay(1))
                {
                    // As often as there is progress, so that there is some however slow the machine is; others are always under way.
                    if (Volatile.Read(ref acknowledged) >= at + 12)
                    {
                        at = Volatile.Read(ref acknowledged);
                        cuts += await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'orchestrator/n1/%' AND datname = current_database() OFFSET 0) AS cut");
                    }
                }
            });
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
            {
                for (var number = 0; number < Commands; number++)
                {
                    await bank.UntilAcknowledgedAsync(client, number);
                    Interlocked.Increment(ref acknowledged);
                }
            })));
            await done.CancelAsync();
            await cutting;
            Assert.True(cuts > 10, $"{cuts} connections were cut");
            await Eventually.True(
                async () => (await bank.System.Inspection.InboxesAsync()).Count == 0,
                "all inboxes are empty");
        }

        await using var calm = await OpenAsync("n1");
        for (var client = 0; client < Clients; client++)
        {
            Assert.Equal(Enumerable.Range(0, Commands).Where(static n => n % 3 < 2).Select(static n => $"{n}"), (await calm.BalanceAsync($"direct-{client}")).Notes);
            Assert.Equal(Enumerable.Range(0, Commands).Where(static n => n % 3 == 2).Select(static n => $"{n}"), (await calm.BalanceAsync($"passed-{client}")).Notes);
        }

        Assert.Empty(await calm.System.DeadLetters.ListAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_node_stores_for_an_entity_of_this_one_is_done_here(bool notified)
    {
        // Without notifications the polls find it; without polls the notifications do.
        var poll = notified ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(200);
        await using var here = await JoinAsync("n1", static shard => shard % 2 == 0, poll);
        await using var there = await JoinAsync("n2", static shard => shard % 2 == 1, poll);
        var (mine, theirs) = (Named(0), Named(1));
        await here.AskAsync(mine, new Deposit(100, "start"));
        if (notified)
        {
            await here.AskAsync(mine, new Transfer(Account.Named(theirs), 40, "from n1"));
            await there.NotedAsync(theirs, "from n1");
            await there.AskAsync(theirs, new Transfer(Account.Named(mine), 15, "and back"));
            await here.NotedAsync(mine, "start", "and back");
            Assert.Equal(75, (await here.BalanceAsync(mine)).Amount);
        }
        else
        {
            var shard = Account.Named(theirs).Shard;
            await PostgresServer.RunAsync(_connection, $$"""INSERT INTO inbox(shard, persistence_id, command_id, sender, dedupe, created, manifest, message) VALUES({{shard}}, 'account/{{theirs}}', 'x', 'client:x', 0, 0, 'account.deposit.v1', '{"amount":1,"note":"unannounced"}')""");
            await there.NotedAsync(theirs, "unannounced");
        }
    }

    [Fact]
    public async Task A_row_that_becomes_visible_below_one_that_was_processed_is_processed_too()
    {
        await using var here = await JoinAsync("n1", static _ => true, TimeSpan.FromMilliseconds(100));
        var account = Account.Named("a");
        await using var slow = await PostgresServer.OpenAsync(_connection);
        await using var transaction = await slow.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand($$"""INSERT INTO inbox(shard, persistence_id, command_id, sender, dedupe, created, manifest, message) VALUES({{account.Shard}}, 'account/a', 'slow', 'client:x', 0, 0, 'account.deposit.v1', '{"amount":1,"note":"slow"}')""", slow);
        await insert.ExecuteNonQueryAsync();
        await here.AskAsync("b", new Transfer(account, 1, "quick"));
        await here.NotedAsync("a", "quick");
        await transaction.CommitAsync();
        await here.NotedAsync("a", "quick", "slow");
    }

    [Fact]
    public async Task A_projection_has_one_owner_among_nodes_is_seen_by_all_and_is_taken_over()
    {
        var poll = TimeSpan.FromMilliseconds(200);
        await using var here = await JoinAsync("n1", static shard => shard % 2 == 0, poll);
        var there = await JoinAsync("n2", static shard => shard % 2 == 1, poll);
        var (mine, theirs) = (Named(0), Named(1));
        for (var i = 0; i < 20; i++)
        {
            var answers = await Task.WhenAll(here.AskAsync(mine, new Deposit(1, $"{i}")), there.AskAsync(theirs, new Deposit(1, $"{i}")));
            var newest = new JournalPosition(answers.Max(static answer => answer.Position.Value));
            foreach (var node in new[] { here, there })
            {
                // Each node reads what either has written, and no event is folded twice.
                await node.System.Views.WaitForAsync(newest).WaitAsync(TimeSpan.FromSeconds(30));
                Assert.Equal(i + 1, (await node.System.Views.GetAsync<AccountRow>("accounts", mine))!.Balance);
                Assert.Equal(i + 1, (await node.System.Views.GetAsync<AccountRow>("accounts", theirs))!.Balance);
            }
        }

        // Whoever is left goes on, whichever of the two was the owner.
        await there.DisposeAsync();
        var last = await here.AskAsync(mine, new Deposit(1, "last"));
        await here.System.Views.WaitForAsync(last.Position).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(21, (await here.System.Views.GetAsync<AccountRow>("accounts", mine))!.Balance);
    }

    private static string Named(int parity) => Enumerable.Range(0, 1000).Select(static i => $"acc-{i}").First(name => Account.Named(name).Shard % 2 == parity);

    private Task<Bank> OpenAsync(string node, Action<RuntimeBuilder>? configure = null) => Bank.OpenAsync(_folder[node], builder =>
    {
        builder.AddProjection(new AccountView());
        builder.Journal = builder => new PostgresJournal(new PostgresOptions { Connection = _connection, Node = node, MinimumBackoff = TimeSpan.FromMilliseconds(1), MaximumBackoff = TimeSpan.FromMilliseconds(50) }, builder.Time);
        configure?.Invoke(builder);
    });

    private async Task<Bank> JoinAsync(string node, Func<int, bool> owns, TimeSpan poll)
    {
        await using (var connection = await PostgresServer.OpenAsync(_connection))
        {
            await PostgresSchema.UpgradeAsync(connection, CancellationToken.None);
        }

        var fence = await ClusterNodes.JoinAsync(_connection, node, 1, owns);
        return await Bank.OpenAsync(_folder[node], builder =>
        {
            builder.AddProjection(new AccountView());
            builder.Journal = builder => new PostgresJournal(new PostgresOptions { Connection = _connection, Node = node, Alone = false, PollEvery = poll }, builder.Time) { Fence = fence };
        });
    }
}

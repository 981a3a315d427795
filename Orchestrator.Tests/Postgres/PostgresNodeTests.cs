using System.Text.Json;
using Orchestrator.Runtime;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Lifecycle;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

/// <summary>A whole node on PostgreSQL, and how it gets there from SQLite.</summary>
public sealed class PostgresNodeTests : IAsyncLifetime
{
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public Task DisposeAsync() => PostgresServer.DropDatabaseAsync(_connection);

    [Fact]
    public async Task A_node_keeps_its_agents_and_messages_in_the_database_over_a_restart()
    {
        await using var node = await NodeUnderTest.StartAsync("-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"{_connection}\"");
        var agent = await node.SpawnFakeInAsync("kept", node.Work);
        var before = await node.IsIdle(agent.Name);
        await node.TellAsync(agent, "before the restart");
        await node.StopAsync();
        Assert.False(File.Exists(Path.Combine(node.Data, "orchestrator.db")), "nothing is stored beside the database");
        Assert.True(await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal WHERE persistence_id = 'agent/kept'") > 0);

        await node.StartAgainAsync();
        var now = await node.IsIdle(agent.Name);
        Assert.Equal((before.Pane, before.Generation), (now.Pane, now.Generation));
        await node.TellAsync(agent, "after the restart");
        Assert.Equal(2, agent.Log().Count);
    }

    [Fact]
    public async Task A_history_moves_from_sqlite_to_an_empty_database_and_nowhere_else()
    {
        using var orc = new Orc();
        orc.Environment["ORC_NODE_PROGRAM"] = NodeUnderTest.Program;
        using var folder = new TemporaryFolder();
        var id = Bank.NewId();
        await using (var bank = await Bank.OpenAsync(folder.Path, static builder => builder.AddProjection(new AccountView())))
        {
            Assert.Contains("is in use by", (await orc.RunAsync("journal", "copy", "--from", folder.Path, "--to", _connection)).Errors, StringComparison.Ordinal);
            for (var i = 0; i < 250; i++)
            {
                await bank.TellAsync("a", new Deposit(i, $"{i}"));
            }

            await bank.AskAsync("a", new Remind("later", bank.System.Clock.Now.AddDays(1), "later"));
            await bank.AskAsync("a", new Order("nobody", "print"));
            var last = await bank.AskAsync("a", new Transfer(Account.Named("b"), 7, "moved"), id);
            await bank.NotedAsync("b", "moved");
            await bank.System.Views.WaitForAsync(last.Position).WaitAsync(TimeSpan.FromSeconds(30));
        }

        var answer = await orc.RunAsync("journal", "copy", "--from", folder.Path, "--to", _connection, "--json");
        using var counts = JsonDocument.Parse(answer.Expect(0));
        Assert.Equal(253, counts.RootElement.GetProperty("journal").GetInt64());
        Assert.Equal(1, counts.RootElement.GetProperty("reminders").GetInt64());
        Assert.Contains("is not empty", (await orc.RunAsync("journal", "copy", "--from", folder.Path, "--to", _connection)).Errors, StringComparison.Ordinal);

        await using var moved = await Bank.OpenAsync(folder["elsewhere"], builder =>
        {
            builder.AddProjection(new AccountView());
            builder.Journal = builder => new PostgresJournal(new PostgresOptions { Connection = _connection, Node = "n1" }, builder.Time);
        });
        Assert.Equal(251, (await moved.BalanceAsync("a")).Notes.Count);
        Assert.Equal(7, (await moved.BalanceAsync("b")).Amount);
        Assert.True((await moved.AskAsync("a", new Transfer(Account.Named("b"), 7, "moved"), id)).Repeated);
        Assert.Equal(7, (await moved.System.Views.GetAsync<AccountRow>("accounts", "b"))!.Balance);

        // What is new comes after what was copied, for entities, inboxes and readers.
        var head = await moved.System.Events.GetHeadAsync();
        Assert.True(head.Value > 0);
        var next = await moved.AskAsync("a", new Transfer(Account.Named("b"), 1, "new"));
        Assert.True(next.Position.Value > head.Value);
        await moved.NotedAsync("b", "moved", "new");
        await moved.System.Views.WaitForAsync(next.Position).WaitAsync(TimeSpan.FromSeconds(30));
        var all = await moved.System.Events.ReadAsync(JournalPosition.Start, EventFilter.All, 1000);
        Assert.Equal(255, all.Count);
        Assert.Equal(all.Select(static e => e.Position.Value).Order(), all.Select(static e => e.Position.Value));
    }

    [Fact]
    public async Task A_node_whose_database_does_not_come_says_what_it_waits_for_and_then_what_to_do()
    {
        await using var node = NodeUnderTest.Create("-D", "orchestrator.store=postgres", "-D", "orchestrator.postgres.connection=\"Host=/nowhere;Username=me;Database=x\"", "-D", "orchestrator.postgres.wait-at-start=\"1 s\"");
        node.Launch();
        await Eventually.True(() => node.HasEnded && node.Log.Contains("error: ", StringComparison.Ordinal), "the node gives up");
        Assert.Contains("The database /nowhere/x is not there yet", node.Log, StringComparison.Ordinal);
        Assert.Contains("error: the database /nowhere/x cannot be opened", node.Log, StringComparison.Ordinal);
        Assert.Contains("look at orchestrator.postgres.connection", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_the_settings_is_refused_and_not_repeated()
    {
        await using var node = NodeUnderTest.Create("-D", "orchestrator.store=postgres", "-D", "orchestrator.postgres.connection=\"Host=localhost;Database=x;Password=verysecret\"");
        node.Launch();
        await Eventually.True(() => node.HasEnded && node.Log.Contains("error", StringComparison.Ordinal), "the node refuses to start");
        Assert.Contains("ORC_POSTGRES_PASSWORD", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("verysecret", node.Log, StringComparison.Ordinal);
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

/// <summary>The conformance kit on PostgreSQL, and what only PostgreSQL has.</summary>
public sealed class PostgresJournalTests(QuietPostgres postgres) : JournalConformance, IClassFixture<QuietPostgres>, IAsyncLifetime
{
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await postgres.Server.CreateDatabaseAsync();

    public Task DisposeAsync() => PostgresServer.DropDatabaseAsync(_connection);

    protected override async Task<IJournal> OpenAsync() => await OpenPostgresAsync();

    [Fact]
    public async Task A_second_node_on_a_database_that_one_has_to_itself_is_told_who_holds_it()
    {
        await using var first = await OpenPostgresAsync();
        foreach (var alone in new[] { true, false })
        {
            var refused = await Assert.ThrowsAsync<JournalRefusedException>(() => OpenPostgresAsync(options => options with { Node = "n2", Alone = alone }));
            Assert.Matches("orchestrator/n1/[0-9a-f]+ \\(backend [0-9]+ since ", refused.Message);
        }
    }

    [Fact]
    public async Task A_node_that_was_marked_down_never_commits_again()
    {
        await using var journal = await OpenPostgresAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        await PostgresServer.RunAsync(_connection, "UPDATE nodes SET state = 'down' WHERE name = 'n1'");
        foreach (JournalWrite write in new JournalWrite[] { Turn(Alice, 1, Command("a2", "late")), Inbox(Bob, "b1"), new BeatWrite("n1", string.Empty, Guid.Empty) })
        {
            var late = await Assert.ThrowsAnyAsync<Exception>(async () => await journal.CommitAsync([write]));
            Assert.True(late is FencedException or StoreUnavailableException, late.ToString());
        }

        Assert.Equal(JournalState.Broken, journal.Health.State);
        await PostgresServer.RunAsync(_connection, "UPDATE nodes SET state = 'up', incarnation = incarnation + 1 WHERE name = 'n1'");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await journal.CommitAsync([Turn(Alice, 1, Command("a2", "late"))]));
        Assert.Equal(1, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal"));
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM inbox"));
    }

    [Fact]
    public async Task A_node_of_a_cluster_writes_only_what_its_fence_allows_and_writes_again_when_it_has_joined_anew()
    {
        await using var journal = await OpenPostgresAsync(static options => options with { Alone = false });
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await journal.CommitAsync([Inbox(Alice, "c1")]));

        journal.Fence = await ClusterNodes.JoinAsync(_connection, "n1", 1, shard => shard == Alice.Shard);
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1")), Inbox(Bob, "c1")]);
        var rejected = await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Inbox(Bob, "c2"), Turn(Bob, 0, Command("b1", "not mine"))]));
        Assert.Equal((1, RejectionReason.NotOwner), (rejected.Index, rejected.Reason));

        await PostgresServer.RunAsync(_connection, "UPDATE shards SET epoch = epoch + 1 WHERE owner = 'n1'");
        Assert.Contains("no longer owns", (await Assert.ThrowsAsync<FencedException>(async () => await journal.CommitAsync([Turn(Alice, 1, Command("a2", "late"))]))).Message, StringComparison.Ordinal);
        Assert.Equal(JournalState.Unavailable, journal.Health.State);

        journal.Fence = await ClusterNodes.JoinAsync(_connection, "n1", 2, static _ => true);
        await journal.CommitAsync([Turn(Alice, 1, Command("a2", "e2")), Turn(Bob, 0, Command("b1", "e3"))]);
        Assert.Equal(JournalState.Open, journal.Health.State);
        Assert.Equal(["e1", "e2", "e3"], (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 10)).Select(NoteOf));
    }

    [Fact]
    public async Task A_mark_waits_for_a_commit_that_is_on_its_way_and_is_seen_by_the_next()
    {
        await using var journal = await OpenPostgresAsync();
        await using var marker = await PostgresServer.OpenAsync(_connection);
        await using var transaction = await marker.BeginTransactionAsync();
        await new NpgsqlCommand("UPDATE nodes SET state = 'down' WHERE name = 'n1'", marker).ExecuteNonQueryAsync();

        // The fence waits for the mark to be decided; had it read the row together with the write it would have seen it as it was before.
        var late = Task.Run(async () => await journal.CommitAsync([Turn(Alice, 0, Command("a1", "late"))]));
        await Eventually.True(() => PostgresServer.ScalarAsync<bool>(_connection, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"), "the writer waits");
        await transaction.CommitAsync();
        await Assert.ThrowsAsync<FencedException>(() => late);
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal"));
    }

    [Fact]
    public async Task A_gap_that_fills_later_is_never_passed_over_and_readers_are_told_when_it_has()
    {
        await using var journal = await OpenPostgresAsync();
        var listener = new Listener();
        journal.Notifications.Listener = listener;
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        var head = await journal.ReadHeadAsync();

        await using var slow = await PostgresServer.OpenAsync(_connection);
        await using var transaction = await slow.BeginTransactionAsync();
        await new NpgsqlCommand("INSERT INTO journal VALUES(orchestrator_position(), 0, false, 'task/slow', 1, '\"gap\"', 'note.v1', 0, 'other')", slow).ExecuteNonQueryAsync();
        await journal.CommitAsync([Turn(Alice, 1, Command("a2", "e2"))]);
        Assert.Equal(head, await journal.ReadHeadAsync());
        Assert.Empty(await journal.ReadEventsAsync(head, EventFilter.All, 10));
        Assert.Empty(await journal.ReadEventsAsync(head, new EventFilter(Kind: "agent"), 10));
        Assert.Empty(await journal.ReadEventsAsync(head, new EventFilter(Entity: Alice), 10));
        Assert.Equal(0, listener.Events);

        await transaction.CommitAsync();
        await Eventually.True(() => listener.Events > 0, "readers are told");
        var rows = await journal.ReadEventsAsync(head, EventFilter.All, 10);
        Assert.Equal(["gap", "e2"], rows.Select(NoteOf));
        Assert.Equal(rows.Select(static row => row.Position).Order(), rows.Select(static row => row.Position));
    }

    [Fact]
    public async Task Who_listens_and_fails_is_told_again_whatever_the_error_was()
    {
        using var log = new LogLines();
        await using var journal = new PostgresJournal(new PostgresOptions { Connection = _connection, Node = "n1", Alone = false, PollEvery = TimeSpan.FromMilliseconds(50) }, logger: log.CreateLogger<PostgresJournal>());
        await journal.OpenAsync();
        var listener = new Listener { FailsFor = 3 };
        journal.Notifications.Listener = listener;
        await Eventually.True(() => listener.Works > 3, "it is told after its failures");
        Assert.True(log.Has("are not heard: the listener failed") && log.Has("System.InvalidOperationException"), log.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_lost_during_a_commit_is_looked_up(bool committed)
    {
        await using var proxy = new CuttingProxy(Path.Combine(postgres.Server.Folder, ".s.PGSQL.5432"));
        await using var journal = await OpenPostgresAsync(options => options with
        {
            Connection = new NpgsqlConnectionStringBuilder(_connection) { Host = "127.0.0.1", Port = proxy.Port }.ConnectionString,
            MinimumBackoff = TimeSpan.FromMilliseconds(1),
        });
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        journal.Sending = backend =>
        {
            journal.Sending = null;
            if (committed)
            {
                proxy.CutNextAnswer();
            }
            else
            {
                EndBackend(backend);
            }
        };
        JournalWrite[] batch = [Turn(Alice, 1, Command("a2", "e2")), Inbox(Bob, "c1")];
        await Assert.ThrowsAsync<OutcomeUnknownException>(async () => await journal.CommitAsync(batch));
        Assert.Equal(JournalState.Unavailable, journal.Health.State);
        Assert.NotNull(journal.Health.Reason);
        foreach (var write in batch)
        {
            Assert.Equal(committed, await journal.WasCommittedAsync(write));
        }

        Assert.Equal(JournalState.Open, journal.Health.State);
        if (!committed)
        {
            await journal.CommitAsync(batch);
        }

        Assert.Equal(["e1", "e2"], (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 10)).Select(NoteOf));
    }

    [Fact]
    public async Task A_backend_that_is_still_committing_is_ended_before_anybody_asks_what_it_has_done()
    {
        await using var blocker = await PostgresServer.OpenAsync(_connection);
        await using var journal = await OpenPostgresAsync(static options => options with { AnswerWithin = TimeSpan.FromSeconds(1), MinimumBackoff = TimeSpan.FromMilliseconds(1) });
        await using var transaction = await blocker.BeginTransactionAsync();
        await new NpgsqlCommand("LOCK TABLE journal IN SHARE MODE", blocker).ExecuteNonQueryAsync();
        var turn = Turn(Alice, 0, Command("a1", "e1"));
        await Assert.ThrowsAsync<OutcomeUnknownException>(async () => await journal.CommitAsync([turn]));
        Assert.False(await journal.WasCommittedAsync(turn));
        await transaction.RollbackAsync();
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal"));
        await journal.CommitAsync([turn]);
    }

    [Fact]
    public async Task A_deadlock_with_another_node_is_tried_again()
    {
        await using var journal = await OpenPostgresAsync();
        await using var other = await PostgresServer.OpenAsync(_connection);
        await new NpgsqlCommand("SET deadlock_timeout = '1h'", other).ExecuteNonQueryAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await InsertAsync("c2");
        InboxWrite[] writes = [Inbox(Alice, "c1"), Inbox(Alice, "c2")];
        var commit = Task.Run(async () => await journal.CommitAsync(writes));
        await Eventually.True(() => PostgresServer.ScalarAsync<bool>(_connection, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"), "the writer waits");
        await InsertAsync("c1");
        await transaction.CommitAsync();
        await commit;
        Assert.Equal([false, false], writes.Select(static write => write.Applied));
        Assert.Equal(2, (await journal.ReadInboxAsync(Alice, 0, 10)).Count);

        Task InsertAsync(string id) => new NpgsqlCommand($"INSERT INTO inbox(shard, persistence_id, command_id, sender, dedupe, created, manifest, message) VALUES({Alice.Shard}, '{Alice}', '{id}', 'x', 1, 0, 'm', '1')", other).ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task The_culprit_among_a_thousand_is_named_at_once()
    {
        await using var journal = await OpenPostgresAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1")), Inbox(Bob, "c1")]);
        var sent = 0;
        journal.Sending = _ => sent++;
        foreach (var (culprit, reason) in new[] { (Turn(Alice, 0, Command("x1", "again")), RejectionReason.SequenceConflict), (Turn(Alice, 1, Command("a1", "again")), RejectionReason.Duplicate), (Turn(Bob, 0, Command("x2", 424242)), RejectionReason.Duplicate) })
        {
            var batch = Many(1000);
            batch[700] = culprit;
            sent = 0;
            var rejected = await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync(batch));
            Assert.Equal((700, reason, 1), (rejected.Index, rejected.Reason, sent));
        }
    }

    [Fact]
    public async Task A_bad_row_among_a_thousand_goes_alone_and_costs_no_thousand_round_trips()
    {
        await using var journal = await OpenPostgresAsync();
        var sent = 0;
        journal.Sending = _ => sent++;
        var batch = Many(1000);
        var poison = Turn(Alice, 0, new CommandWrite { Id = new CommandId("p"), Sender = new Sender("client:test"), Dedupe = Dedupe.Id, Reply = Entry("note.v1", "r"), Events = [JournalEntry.FromStore("note.v1", "no json"u8.ToArray())] });
        batch[333] = poison;
        var writer = new GroupCommit(journal, new RuntimeOptions { BatchSize = 1000 }, new FailPoints(), new Protections(), new NoEvents(), NullLogger.Instance);
        var outcomes = batch.Select(write => writer.SubmitAsync(write)).ToList();
        writer.Start();
        var results = await Task.WhenAll(outcomes);
        writer.Stop();
        Assert.Equal([333], Enumerable.Range(0, 1000).Where(i => !results[i].IsCommitted));
        Assert.Equal(WriteStatus.Failed, results[333].Status);
        Assert.Equal(999, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal"));
        Assert.InRange(sent, 2, 25);
    }

    [Fact]
    public async Task A_runner_that_comes_second_changes_nothing()
    {
        await using var journal = await OpenPostgresAsync();
        var view = new ViewChange("k", string.Empty, "1"u8.ToArray(), 1);
        var first = new ViewWrite("v", new ProjectionOffset(1, 5), reset: true, [view]) { Expected = ProjectionOffset.None };
        var second = new ViewWrite("v", new ProjectionOffset(1, 5), reset: true, [view with { Value = "2"u8.ToArray() }]) { Expected = ProjectionOffset.None };
        await journal.CommitAsync([first]);
        await journal.CommitAsync([second]);
        Assert.Equal((true, false), (first.Applied, second.Applied));
        Assert.Equal("1"u8.ToArray(), Assert.Single(await journal.ReadViewAsync("v", ["k"])).Value);

        // A runner that holds the row is not waited for.
        await using var other = await PostgresServer.OpenAsync(_connection);
        await using var transaction = await other.BeginTransactionAsync();
        await new NpgsqlCommand("SELECT 1 FROM offsets WHERE name = 'v' FOR UPDATE", other).ExecuteNonQueryAsync();
        var third = new ViewWrite("v", new ProjectionOffset(1, 6), reset: false, [view]) { Expected = new ProjectionOffset(1, 5) };
        await journal.CommitAsync([third, Inbox(Alice, "c1")]);
        Assert.False(third.Applied);
        await transaction.RollbackAsync();
        await journal.CommitAsync([third]);
        Assert.True(third.Applied);
        Assert.Equal(new ProjectionOffset(1, 6), await journal.ReadOffsetAsync("v"));
    }

    [Fact]
    public async Task A_database_that_has_lost_history_is_refused()
    {
        using var folder = new TemporaryFolder();
        var seen = folder["postgres.seen"];
        await using (var journal = await OpenPostgresAsync(options => options with { SeenFile = seen }))
        {
            await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
            await journal.CommitAsync([Turn(Alice, 1, Command("a2", "e2"))]);
        }

        await (await OpenPostgresAsync(options => options with { SeenFile = seen })).DisposeAsync();
        await PostgresServer.RunAsync(_connection, "DELETE FROM journal WHERE sequence_number = 2");
        var refused = await Assert.ThrowsAsync<JournalRefusedException>(() => OpenPostgresAsync(options => options with { SeenFile = seen }));
        Assert.Contains("has lost history", refused.Message, StringComparison.Ordinal);
        Assert.Contains(seen, refused.Message, StringComparison.Ordinal);
        File.Delete(seen);
        await (await OpenPostgresAsync(options => options with { SeenFile = seen })).DisposeAsync();
    }

    [Fact]
    public async Task A_database_that_loses_history_while_it_is_in_use_closes_the_store()
    {
        await using var journal = await OpenPostgresAsync(static options => options with { MinimumBackoff = TimeSpan.FromMilliseconds(1) });
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        await PostgresServer.RunAsync(_connection, "DELETE FROM journal");
        await PostgresServer.RunAsync(_connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'orchestrator/n1/%' AND datname = current_database()");
        await Eventually.True(
            async () =>
            {
                await Assert.ThrowsAnyAsync<Exception>(async () => await journal.CommitAsync([Turn(Alice, 0, Command("a2", "on a past that is gone"))]));
                return journal.Health.State is JournalState.Broken;
            },
            "the store closes itself");
        Assert.Contains("has lost history", journal.Health.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(_connection, "SELECT count(*) FROM journal"));
    }

    [Fact]
    public async Task A_reader_does_not_notice_that_its_connection_was_cut_while_it_rested()
    {
        await using var journal = await OpenPostgresAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        for (var cut = 0; cut < 10; cut++)
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => Assert.Single((await journal.ReadEntityAsync(Alice, "snapshot.v1", 10)).Events)));
            await PostgresServer.RunAsync(_connection, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'orchestrator/n1/%' AND datname = current_database()");
        }
    }

    [Fact]
    public async Task Every_session_is_durable_whatever_the_database_says_by_default()
    {
        await PostgresServer.RunAsync(_connection, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_connection).Database} SET synchronous_commit = off");
        await using var journal = await OpenPostgresAsync();
        await using var session = await journal.Sessions.OpenAsync(CancellationToken.None);
        Assert.Equal("on", await PostgresSessions.ScalarAsync<string>(session, "SHOW synchronous_commit", CancellationToken.None));
        await using var reader = await journal.Sessions.ReaderAsync(CancellationToken.None);
        Assert.Equal("on", await PostgresSessions.ScalarAsync<string>(reader, "SHOW synchronous_commit", CancellationToken.None));
    }

    [Fact]
    public async Task Time_is_the_databases_and_never_goes_back()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        await using var journal = new PostgresJournal(new PostgresOptions { Connection = _connection, Node = "n1" }, time);
        await journal.OpenAsync();
        var now = journal.Clock.Now;
        Assert.InRange(now, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(now.AddMinutes(5), journal.Clock.Now);
        await journal.CommitAsync([new BeatWrite("n1", string.Empty, Guid.Empty)]);
        Assert.Equal(now.AddMinutes(5), journal.Clock.Now);
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.InRange(journal.Clock.Now, DateTimeOffset.UtcNow.AddMinutes(5), DateTimeOffset.UtcNow.AddMinutes(7));
        Assert.Equal(1, await PostgresServer.ScalarAsync<long>(_connection, "SELECT counter FROM beats WHERE name = 'n1'"));
    }

    private static List<JournalWrite> Many(int count) => [.. Enumerable.Range(0, count).Select(static i => Turn(new EntityId("agent", $"many-{i}"), 0, Command($"m{i}", $"e{i}")))];

    private void EndBackend(int backend)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connection) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand($"SELECT pg_terminate_backend({backend}, 5000)", connection);
        command.ExecuteNonQuery();
    }

    private async Task<PostgresJournal> OpenPostgresAsync(Func<PostgresOptions, PostgresOptions>? change = null)
    {
        var options = new PostgresOptions { Connection = _connection, Node = "n1" };
        var journal = new PostgresJournal(change?.Invoke(options) ?? options);
        try
        {
            await journal.OpenAsync();
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    private sealed class Listener : IJournalListener
    {
        private int _events;
        private int _works;

        public int FailsFor { get; init; }

        public int Events => Volatile.Read(ref _events);

        public int Works => Volatile.Read(ref _works);

        public void EventsVisible() => Interlocked.Increment(ref _events);

        public void WorkStored()
        {
            if (Interlocked.Increment(ref _works) <= FailsFor)
            {
                throw new InvalidOperationException("the listener failed");
            }
        }

        public ValueTask InboxStoredAsync(IReadOnlyCollection<int>? shards, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class NoEvents : IWriterEvents
    {
        public void Committed(JournalWrite write, WriteStatus status)
        {
        }

        public void BatchCommitted()
        {
        }

        public void StoreBroke()
        {
        }
    }
}

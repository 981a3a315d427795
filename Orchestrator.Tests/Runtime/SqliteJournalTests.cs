using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>The conformance kit on SQLite, and what only SQLite has.</summary>
public sealed class SqliteJournalTests : JournalConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<IJournal> OpenAsync() => await OpenSqliteAsync(maximumPages: 0);

    [Fact]
    public async Task A_second_start_on_the_same_folder_is_told_who_holds_it()
    {
        await using var first = await OpenAsync();
        var refused = await Assert.ThrowsAsync<JournalRefusedException>(OpenAsync);
        Assert.Contains($"process {Environment.ProcessId} since ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("http://here:1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        await (await OpenAsync()).DisposeAsync();
        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("INSERT INTO schema_version VALUES(1000, 0)");
        }

        var refused = await Assert.ThrowsAsync<JournalRefusedException>(OpenAsync);
        Assert.Contains("update this node", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_taken_over_with_all_that_was_processed()
    {
        await using (var journal = await OpenAsync())
        {
            await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"), Command("a2", "e2"))]);
        }

        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("""
                DROP VIEW processed_commands; DROP TABLE filed; DELETE FROM schema_version WHERE version > 1;
                ALTER TABLE journal DROP COLUMN command_id; ALTER TABLE journal DROP COLUMN reply_manifest; ALTER TABLE journal DROP COLUMN reply;
                """);
        }

        await using var again = await OpenAsync();
        await again.CommitAsync([Turn(Alice, 2, Command("a3", "e3"))]);
        Assert.Equal(["a1", "a2", "a3"], (await again.FindProcessedAsync(Alice, [new CommandId("a1"), new CommandId("a2"), new CommandId("a3")])).Select(static row => row.Id.Value));
        await Assert.ThrowsAsync<WriteRejectedException>(async () => await again.CommitAsync([Turn(Alice, 3, Command("a1", "again"))]));
        Assert.Equal(["e1", "e2", "e3"], (await again.ReadEntityEventsAsync(Alice, 0, 10)).Select(NoteOf));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(_folder["orchestrator.db"], new string('x', 10_000));
        await Assert.ThrowsAsync<JournalRefusedException>(OpenAsync);
    }

    [Fact]
    public async Task A_full_disk_takes_nothing_and_loses_nothing_and_is_used_again_when_there_is_room()
    {
        var version = 0L;
        await using (var journal = await OpenSqliteAsync(maximumPages: 200))
        {
            var big = new string('x', 10_000);
            await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            {
                while (true)
                {
                    await journal.CommitAsync([Turn(Alice, version, Command($"a{version}", big))]);
                    version++;
                }
            });
            Assert.True(version > 10);
            Assert.Equal(JournalState.Unavailable, journal.Health.State);
            Assert.Equal(version, (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 1000)).Count);
        }

        await using var again = await OpenAsync();
        await again.CommitAsync([Turn(Alice, version, Command($"a{version}", "there is room"))]);
        Assert.Equal(version + 1, (await again.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 1000)).Count);
        Assert.Equal(JournalState.Open, again.Health.State);
    }

    private async Task<IJournal> OpenSqliteAsync(int maximumPages)
    {
        var journal = new SqliteJournal(new SqliteOptions { DataFolder = _folder.Path, Address = "http://here:1", MaximumPages = maximumPages });
        await journal.OpenAsync();
        return journal;
    }
}

using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Runtime;

/// <summary>
/// Moves everything that a single node has stored in SQLite to an empty PostgreSQL database: history, inboxes, replies, reminders, views and their offsets. One transaction: what fails leaves nothing
/// behind and can be done again; the source is only read.
/// </summary>
public static class JournalCopy
{
    private static readonly Table[] Tables =
    [
        new("journal", "ordering:i created:i persistence_id:t sequence_number:i message:j manifest:t writer_uuid:t"),
        new("tags", "ordering_id:i tag:t sequence_nr:i persistence_id:t"),
        new("snapshot", "persistence_id:t sequence_number:i created:i snapshot:j manifest:t"),
        new("inbox", "ordering:i persistence_id:t command_id:t sender:t dedupe:s created:i manifest:t message:j", Sharded: true),
        new("processed", "command_id:t persistence_id:t created:i position:i manifest:t reply:j") { Source = "processed_commands" },
        new("marks", "persistence_id:t sender:t number:i"),
        new("reminders", "persistence_id:t name:t due:i manifest:t message:j", Sharded: true),
        new("worker_commands", "id:i node:t persistence_id:t created:i manifest:t message:j"),
        new("offsets", "name:t version:n position:i"),
        new("views", "view:t key:t partition:t value:j position:i"),
        new("dead_letters", "id:i persistence_id:t command_id:t sender:t manifest:t message:j reason:t attempts:n created:i"),
    ];

    /// <summary>Copies, counts both sides, and commits.</summary>
    /// <param name="dataFolder">The data folder of the node, which must not run.</param>
    /// <param name="target">The database: as <see cref="PostgresOptions"/> describes it.</param>
    /// <param name="cancellationToken">Stops the copy; nothing is then in the target.</param>
    /// <returns>How many rows each table has.</returns>
    /// <exception cref="JournalRefusedException">The node runs, there is no history, the database is not fit or not empty, or the counts differ.</exception>
    public static async Task<IReadOnlyList<CopiedTable>> RunAsync(string dataFolder, PostgresOptions target, CancellationToken cancellationToken = default)
    {
        var options = new SqliteOptions { DataFolder = dataFolder };
        if (!File.Exists(options.DatabasePath))
        {
            throw new JournalRefusedException($"there is no history in {dataFolder}: {options.DatabasePath} does not exist");
        }

        // Opening and closing the source brings its schema up to date, and refuses where its node runs.
        await using (var journal = new SqliteJournal(options))
        {
            await journal.OpenAsync(cancellationToken);
        }

        using var folder = DataFolderLock.Take(dataFolder, string.Empty, TimeProvider.System.GetUtcNow());
        using var source = new SqliteDatabase(options.DatabasePath, readOnly: true);
        await using var journalOfTarget = new PostgresJournal(target);
        await journalOfTarget.OpenAsync(cancellationToken);
        await using var connection = await journalOfTarget.Sessions.OpenAsync(cancellationToken);
        await PostgresSessions.RunAsync(connection, "SET idle_in_transaction_session_timeout = 0", cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RefuseUnlessEmptyAsync(connection, journalOfTarget.Place, cancellationToken);
        List<CopiedTable> copied = [];
        foreach (var table in Tables)
        {
            var rows = await CopyAsync(source, connection, table, cancellationToken);
            var there = await PostgresSessions.ScalarAsync<long>(connection, $"SELECT count(*) FROM {table.Name}", cancellationToken);
            var here = long.Parse(source.Scalar($"SELECT count(*) FROM {table.Source}")!, CultureInfo.InvariantCulture);
            if (there != here || rows != here)
            {
                throw new JournalRefusedException($"the table {table.Name} has {here} rows in {options.DatabasePath} and {there} in {journalOfTarget.Place}: nothing was copied");
            }

            copied.Add(new CopiedTable(table.Name, rows));
        }

        // Numbers go on above those that were given out, and positions above the last one.
        var lastInbox = long.Parse(source.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'inbox'), 0)")!, CultureInfo.InvariantCulture);
        var lastWork = long.Parse(source.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'worker_commands'), 0)")!, CultureInfo.InvariantCulture);
        var lastLetter = long.Parse(source.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'dead_letters'), 0)")!, CultureInfo.InvariantCulture);
        await PostgresSessions.RunAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"""
                SELECT setval('inbox_ordering', {lastInbox + 1}), setval(pg_get_serial_sequence('worker_commands', 'id'), {lastWork + 1}), setval(pg_get_serial_sequence('dead_letters', 'id'), {lastLetter + 1});
                UPDATE position_base SET base = greatest(base, ((SELECT coalesce(max(ordering), 0) FROM journal) >> 20) + 1)
                """),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return copied;
    }

    private static async Task RefuseUnlessEmptyAsync(NpgsqlConnection connection, string place, CancellationToken cancellationToken)
    {
        foreach (var table in Tables)
        {
            if (await PostgresSessions.ScalarAsync<bool>(connection, $"SELECT EXISTS (SELECT 1 FROM {table.Name})", cancellationToken))
            {
                throw new JournalRefusedException($"the database {place} is not empty (there are rows in {table.Name}): give a new one");
            }
        }
    }

    private static async Task<long> CopyAsync(SqliteDatabase source, NpgsqlConnection connection, Table table, CancellationToken cancellationToken)
    {
        var columns = table.Columns.Split(' ').Select(static column => column.Split(':')).Select(static parts => (Name: parts[0], Type: parts[1][0])).ToList();
        var names = string.Join(", ", columns.Select(static column => column.Name));
        await using var import = await connection.BeginBinaryImportAsync($"COPY {table.Name}({names}{(table.Sharded ? ", shard" : string.Empty)}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        var rows = 0L;
        for (var row = source.Prepare($"SELECT {names} FROM {table.Source}"); row.Step(); rows++)
        {
            await import.StartRowAsync(cancellationToken);
            for (var i = 0; i < columns.Count; i++)
            {
                await (columns[i].Type switch
                {
                    'i' => import.WriteAsync(row.Int64(i), NpgsqlDbType.Bigint, cancellationToken),
                    'n' => import.WriteAsync((int)row.Int64(i), NpgsqlDbType.Integer, cancellationToken),
                    's' => import.WriteAsync((short)row.Int64(i), NpgsqlDbType.Smallint, cancellationToken),
                    'j' => import.WriteAsync(row.Text(i), NpgsqlDbType.Json, cancellationToken),
                    _ => import.WriteAsync(row.Text(i), NpgsqlDbType.Text, cancellationToken),
                });
            }

            if (table.Sharded)
            {
                var entity = EntityId.Parse(row.Text(columns.FindIndex(static column => column.Name is "persistence_id")));
                await import.WriteAsync((short)entity.Shard, NpgsqlDbType.Smallint, cancellationToken);
            }
        }

        await import.CompleteAsync(cancellationToken);
        return rows;
    }

    private sealed record Table(string Name, string Columns, bool Sharded = false)
    {
        public string Source { get; init; } = Name;
    }
}

/// <summary>A table that was copied.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">How many rows it has.</param>
public sealed record CopiedTable(string Name, long Rows);

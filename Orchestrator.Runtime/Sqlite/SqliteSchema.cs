using System.Globalization;

namespace Orchestrator.Runtime;

/// <summary>The tables, and how an older file is brought up to them. Steps are only ever added.</summary>
internal static class SqliteSchema
{
    private const string First = """
        CREATE TABLE journal(
            ordering INTEGER PRIMARY KEY, created INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL,
            message TEXT NOT NULL, manifest TEXT NOT NULL, identifier INTEGER NOT NULL DEFAULT 0, writer_uuid TEXT NOT NULL);
        CREATE UNIQUE INDEX journal_entity ON journal(persistence_id, sequence_number);
        CREATE TABLE tags(ordering_id INTEGER NOT NULL, tag TEXT NOT NULL, sequence_nr INTEGER NOT NULL, persistence_id TEXT NOT NULL, PRIMARY KEY(ordering_id, tag)) WITHOUT ROWID;
        CREATE TABLE snapshot(
            persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL, snapshot TEXT NOT NULL, manifest TEXT NOT NULL,
            serializer_id INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(persistence_id, sequence_number));
        CREATE TABLE inbox(
            ordering INTEGER PRIMARY KEY AUTOINCREMENT, persistence_id TEXT NOT NULL, command_id TEXT NOT NULL, sender TEXT NOT NULL, dedupe INTEGER NOT NULL,
            created INTEGER NOT NULL, manifest TEXT NOT NULL, message TEXT NOT NULL);
        CREATE INDEX inbox_entity ON inbox(persistence_id);
        CREATE UNIQUE INDEX inbox_id ON inbox(persistence_id, command_id) WHERE dedupe = 1;
        CREATE TABLE processed(
            command_id TEXT NOT NULL, persistence_id TEXT NOT NULL, created INTEGER NOT NULL, position INTEGER NOT NULL, manifest TEXT NOT NULL, reply TEXT NOT NULL,
            PRIMARY KEY(command_id, persistence_id)) WITHOUT ROWID;
        CREATE TABLE marks(persistence_id TEXT NOT NULL, sender TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(persistence_id, sender)) WITHOUT ROWID;
        CREATE TABLE reminders(
            persistence_id TEXT NOT NULL, name TEXT NOT NULL, due INTEGER NOT NULL, manifest TEXT NOT NULL, message TEXT NOT NULL,
            PRIMARY KEY(persistence_id, name)) WITHOUT ROWID;
        CREATE INDEX reminders_due ON reminders(due);
        CREATE TABLE worker_commands(
            id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, persistence_id TEXT NOT NULL, created INTEGER NOT NULL, manifest TEXT NOT NULL, message TEXT NOT NULL);
        CREATE INDEX worker_commands_node ON worker_commands(node);
        CREATE TABLE offsets(name TEXT PRIMARY KEY, version INTEGER NOT NULL, position INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE views(
            view TEXT NOT NULL, key TEXT NOT NULL, partition TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(view, key)) WITHOUT ROWID;
        CREATE INDEX views_partition ON views(view, partition, key);
        CREATE TABLE dead_letters(
            id INTEGER PRIMARY KEY AUTOINCREMENT, persistence_id TEXT NOT NULL, command_id TEXT NOT NULL, sender TEXT NOT NULL, manifest TEXT NOT NULL, message TEXT NOT NULL,
            reason TEXT NOT NULL, attempts INTEGER NOT NULL, created INTEGER NOT NULL);
        CREATE TABLE nodes(name TEXT PRIMARY KEY, incarnation TEXT NOT NULL, address TEXT NOT NULL, started INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE beats(name TEXT PRIMARY KEY, counter INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // A command that is committed alone leaves its mark in its last event, which is a page less to write. Marks of events after filed.position have not been put into processed yet. The unary plus keeps
    // SQLite from reading all events of the entity.
    private const string MarksInEvents = """
        ALTER TABLE journal ADD COLUMN command_id TEXT;
        ALTER TABLE journal ADD COLUMN reply_manifest TEXT;
        ALTER TABLE journal ADD COLUMN reply TEXT;
        CREATE TABLE filed(only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL);
        INSERT INTO filed SELECT 1, coalesce(max(ordering), 0) FROM journal;
        CREATE VIEW processed_commands AS
            SELECT command_id, persistence_id, created, position, manifest, reply FROM processed
            UNION ALL
            SELECT command_id, +persistence_id, created, ordering, reply_manifest, reply FROM journal WHERE ordering > (SELECT position FROM filed) AND command_id IS NOT NULL;
        """;

    private static readonly string[] Steps = [First, MarksInEvents];

    /// <summary>Brings the schema up to date.</summary>
    /// <exception cref="JournalRefusedException">The file was written by a newer version.</exception>
    public static void Upgrade(SqliteDatabase database, DateTimeOffset now)
    {
        database.Execute("CREATE TABLE IF NOT EXISTS schema_version(version INTEGER PRIMARY KEY, applied INTEGER NOT NULL)");
        var version = int.Parse(database.Scalar("SELECT coalesce(max(version), 0) FROM schema_version")!, CultureInfo.InvariantCulture);
        if (version > Steps.Length)
        {
            throw new JournalRefusedException($"the database has schema version {version}, this program knows up to {Steps.Length}: it was written by a newer version; update this node");
        }

        for (; version < Steps.Length; version++)
        {
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {Steps[version]} INSERT INTO schema_version VALUES({version + 1}, {now.ToUnixTimeMilliseconds()}); COMMIT"));
        }
    }
}

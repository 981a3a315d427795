using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>Whether a database is one to rely on: durable, reached directly, and the one that this node knows.</summary>
internal static class PostgresChecks
{
    private const int OldestServer = 140000;

    /// <summary>Checks the server behind <paramref name="connection"/>.</summary>
    /// <exception cref="JournalRefusedException">It is not safe to use; the message says why and what to do.</exception>
    public static async Task ServerAsync(PostgresSessions sessions, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT name, current_setting(name) FROM unnest(ARRAY['server_version_num', 'server_version', 'fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding']) AS name UNION ALL SELECT 'standby', pg_is_in_recovery()::text", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                settings[reader.GetString(0)] = reader.GetString(1);
            }
        }

        if (int.Parse(settings["server_version_num"], CultureInfo.InvariantCulture) < OldestServer)
        {
            throw Refuse($"is PostgreSQL {settings["server_version"]}: 14 or newer is needed");
        }

        if (settings["standby"] is "true")
        {
            throw Refuse("is a standby, which takes no writes: connect to the primary (several hosts in the connection string with Target Session Attributes=primary find it)");
        }

        foreach (var (setting, risk) in new[]
        {
            ("fsync", "what it acknowledges would be lost, and the database with it, when its machine stops"),
            ("full_page_writes", "a page that is half written when its machine stops could not be mended"),
        })
        {
            if (settings[setting] is not "on")
            {
                throw Refuse($"runs with {setting}=off: {risk}. Set {setting} = on in postgresql.conf and reload the server");
            }
        }

        if (settings["synchronous_commit"] is not "on")
        {
            throw Refuse("does not keep synchronous_commit=on for a session: what it acknowledges would not be durable. If there is a connection pooler in between, connect to the server directly");
        }

        if (settings["server_encoding"] is not "UTF8")
        {
            throw Refuse("does not keep text as UTF-8: make the database with ENCODING 'UTF8'");
        }

        JournalRefusedException Refuse(string why) => new($"the database {sessions.Place} {why}");
    }

    /// <summary>Checks that a session is a session: a transaction pooler gives each transaction to whichever backend is free, and locks, settings and notifications are lost.</summary>
    /// <exception cref="JournalRefusedException">There is a pooler in between.</exception>
    public static async Task DirectAsync(PostgresSessions sessions, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Backend = "SELECT pg_backend_pid()";
        var first = await PostgresSessions.ScalarAsync<int>(connection, Backend, cancellationToken);
        await PostgresSessions.RunAsync(connection, "SET orchestrator.probe = 'kept'", cancellationToken);

        // A pooler that is idle gives the same backend again, so another session takes that one first.
        await using var other = await sessions.OpenAsync(cancellationToken);
        await using (var transaction = await other.BeginTransactionAsync(cancellationToken))
        {
            await PostgresSessions.RunAsync(other, "SELECT 1", cancellationToken);
            var second = await PostgresSessions.ScalarAsync<int>(connection, Backend, cancellationToken);
            var probe = await PostgresSessions.ScalarAsync<string>(connection, "SELECT coalesce(current_setting('orchestrator.probe', true), '')", cancellationToken);
            if (first != second || probe is not "kept")
            {
                throw new JournalRefusedException($"the database {sessions.Place} is behind a connection pooler that changes the backend from transaction to transaction (backend {first}, then {second}): connect to the server directly, or set the pooler to session mode");
            }
        }
    }

    /// <summary>Which database this is, and how far its history has come.</summary>
    public static async Task<SeenDatabase> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var system = await PostgresSessions.ScalarAsync<long>(connection, "SELECT system_identifier FROM pg_control_system()", cancellationToken);
        return new SeenDatabase(system.ToString(CultureInfo.InvariantCulture), await PostgresSessions.ScalarAsync<long>(connection, "SELECT coalesce(max(ordering), 0) FROM journal", cancellationToken));
    }

    /// <summary>Checks what is there against what was seen before.</summary>
    /// <exception cref="JournalRefusedException">It is another database, or an older state of it.</exception>
    public static void Compare(PostgresSessions sessions, SeenDatabase now, SeenDatabase? before, string? file)
    {
        var then = file is null ? "start this node anew" : $"stop all nodes, remove {file} on each, and start them";
        if (before is not null && now.System != before.System)
        {
            throw new JournalRefusedException(
                $"the database {sessions.Place} is not the one that this node has worked with (system identifier {now.System}, was {before.System}): it was restored into another server, or the address leads elsewhere. Mend the address; if the change is wanted, {then}");
        }

        if (before is not null && now.Position < before.Position)
        {
            throw new JournalRefusedException(
                $"the database {sessions.Place} has lost history: it ends at position {now.Position}, this node has seen {before.Position}. It was restored from a backup, or a failover has lost commits. Restore it to where it was; if the loss is accepted, {then}");
        }
    }
}

/// <summary>A database as a node has seen it.</summary>
/// <param name="System">Its system identifier.</param>
/// <param name="Position">The highest position seen.</param>
internal sealed record SeenDatabase(string System, long Position)
{
    /// <summary>Reads what was seen; null if nothing was.</summary>
    public static SeenDatabase? Read(string? file)
        => file is not null && File.Exists(file) ? JsonSerializer.Deserialize<SeenDatabase>(File.ReadAllText(file), PayloadJson.Options) : null;

    /// <summary>Writes it down. It is a hint for the next start, which is why it is not flushed.</summary>
    public void Write(string? file)
    {
        if (file is null)
        {
            return;
        }

        var next = file + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(this, PayloadJson.Options));
        File.Move(next, file, overwrite: true);
    }
}

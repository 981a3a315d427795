using System.Globalization;

using Npgsql;

using Orchestrator.Runtime;
using Orchestrator.Tests.Postgres;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>
/// What the database itself writes down about owners, by triggers that the nodes know nothing of: who owned which shard, who was a member, and which session wrote which event, each with the moment of its commit.
/// From that it is told whether a writer that was no longer the owner has ever written.
/// </summary>
internal static class OwnersLog
{
    private const string Install = """
        BEGIN;
        LOCK TABLE nodes, shards, journal IN SHARE ROW EXCLUSIVE MODE;
        CREATE TABLE chaos_members(xid xid8 NOT NULL DEFAULT pg_current_xact_id(), name text, incarnation bigint, state text, sessions text);
        CREATE TABLE chaos_owners(xid xid8 NOT NULL DEFAULT pg_current_xact_id(), shard int, owner text, incarnation bigint, epoch bigint);
        CREATE TABLE chaos_writes(xid xid8 NOT NULL DEFAULT pg_current_xact_id(), persistence_id text, sequence_number bigint, session text);
        INSERT INTO chaos_members(name, incarnation, state, sessions) SELECT name, incarnation, state, sessions FROM nodes;
        INSERT INTO chaos_owners(shard, owner, incarnation, epoch) SELECT shard, owner, incarnation, epoch FROM shards;
        CREATE FUNCTION chaos_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN INSERT INTO chaos_members(name, incarnation, state, sessions) VALUES(NEW.name, NEW.incarnation, NEW.state, NEW.sessions); RETURN NULL; END $$;
        CREATE FUNCTION chaos_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN INSERT INTO chaos_owners(shard, owner, incarnation, epoch) VALUES(NEW.shard, NEW.owner, NEW.incarnation, NEW.epoch); RETURN NULL; END $$;
        CREATE FUNCTION chaos_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN INSERT INTO chaos_writes(persistence_id, sequence_number, session) SELECT persistence_id, sequence_number, current_setting('application_name') FROM added; RETURN NULL; END $$;
        CREATE TRIGGER chaos_member AFTER INSERT OR UPDATE ON nodes FOR EACH ROW EXECUTE FUNCTION chaos_member();
        CREATE TRIGGER chaos_owner AFTER INSERT OR UPDATE ON shards FOR EACH ROW EXECUTE FUNCTION chaos_owner();
        CREATE TRIGGER chaos_write AFTER INSERT ON journal REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chaos_write();
        COMMIT;
        """;

    private sealed record Membership(DateTime At, string Name, long Incarnation, string State, string Sessions);

    private sealed record Ownership(DateTime At, string? Owner, long Incarnation);

    /// <summary>Begins to write down, in a database that has its tables and sets <c>track_commit_timestamp</c>.</summary>
    public static Task StartAsync(string connection) => PostgresServer.RunAsync(connection, Install);

    /// <summary>How many events were written since, and each that a writer wrote who was not the owner of its shard, or not up, when it committed.</summary>
    public static async Task<(long Writes, IReadOnlyList<string> Findings)> ReadAsync(string connection)
    {
        await using var open = await PostgresServer.OpenAsync(connection);
        var members = await RowsAsync(open, "SELECT pg_xact_commit_timestamp(xid::xid), name, incarnation, state, sessions FROM chaos_members ORDER BY 1", static row => new Membership(row.GetDateTime(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4)));
        var owners = (await RowsAsync(open, "SELECT pg_xact_commit_timestamp(xid::xid), shard, owner, incarnation FROM chaos_owners ORDER BY 1, epoch", static row => (Shard: row.GetInt32(1), What: new Ownership(row.GetDateTime(0), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3)))))
            .GroupBy(static row => row.Shard, static row => row.What).ToDictionary(static group => group.Key, static group => group.ToList());
        var writes = await RowsAsync(open, "SELECT pg_xact_commit_timestamp(xid::xid), persistence_id, sequence_number, session FROM chaos_writes ORDER BY 1", static row => (At: row.GetDateTime(0), Entity: row.GetString(1), Number: row.GetInt64(2), Session: row.GetString(3)));
        var bySession = members.Where(static m => m.Sessions.Length > 0).GroupBy(static m => m.Sessions, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.Ordinal);
        var findings = new List<string>();
        foreach (var (at, entity, number, session) in writes)
        {
            Assert.True(EntityId.TryParse(entity, out var id), entity);
            var when = string.Create(CultureInfo.InvariantCulture, $"event {number} of {entity} at {at:HH:mm:ss.ffffff}");
            var writer = bySession.GetValueOrDefault(session)?.FindLast(m => m.At <= at);
            var owner = owners[id.Shard].FindLast(o => o.At <= at);
            if (writer is not { State: "up" or "leaving" })
            {
                findings.Add($"fenced: {session}, which was not up, wrote {when}");
            }
            else if (owner is null || owner.Owner != writer.Name || owner.Incarnation != writer.Incarnation)
            {
                findings.Add(string.Create(CultureInfo.InvariantCulture, $"fenced: {writer.Name} (incarnation {writer.Incarnation}) wrote {when}, and the owner of shard {id.Shard} was {owner?.Owner ?? "nobody"} (incarnation {owner?.Incarnation})"));
            }
        }

        return (writes.Count, findings);
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlConnection open, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, open) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>A database as whoever looks after it sees it: its tables, and what nodes may do with them.</summary>
public static class PostgresTables
{
    // History is only ever added to, and what a lighthouse keeps of the authority is not for nodes.
    private const string ForNodes = """
        GRANT SELECT, INSERT ON journal, tags TO {0};
        GRANT SELECT, INSERT, UPDATE, DELETE ON snapshot, inbox, processed, marks, reminders, worker_commands, offsets, views, dead_letters TO {0};
        GRANT SELECT, INSERT, UPDATE ON nodes, beats TO {0};
        GRANT SELECT, UPDATE ON shards, cluster TO {0};
        GRANT SELECT ON position_base, schema_version, revocations TO {0};
        GRANT USAGE ON SEQUENCE inbox_ordering TO {0};
        GRANT EXECUTE ON FUNCTION orchestrator_end_sessions(text) TO {0};
        """;

    /// <summary>Waits for the server where it is not there yet (<see cref="PostgresOptions.OpenWithin"/>), checks it, and creates the tables or brings them up to date.</summary>
    /// <exception cref="JournalRefusedException">It is not safe to use, or belongs to a newer version; says what to do.</exception>
    /// <exception cref="NpgsqlException">It cannot be reached, or refuses.</exception>
    public static async Task PrepareAsync(PostgresOptions options, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        await using var sessions = new PostgresSessions(options);
        await PostgresStart.OpenAsync(options, sessions.Place, PrepareAsync, TimeProvider.System, logger ?? NullLogger.Instance, cancellationToken);

        async Task PrepareAsync(CancellationToken token)
        {
            await using var connection = await sessions.OpenAsync(token);
            await PostgresChecks.ServerAsync(sessions, connection, token);
            await PostgresSchema.UpgradeAsync(connection, token);
        }
    }

    /// <summary>Grants <paramref name="role"/> what a node needs of the tables, and no more; the tables must be there.</summary>
    /// <exception cref="NpgsqlException">The role of the connection does not own the tables.</exception>
    public static async Task GrantToNodesAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken = default)
        => await PostgresSessions.RunAsync(connection, ForNodes.Replace("{0}", new NpgsqlCommandBuilder().QuoteIdentifier(role), StringComparison.Ordinal), cancellationToken);
}

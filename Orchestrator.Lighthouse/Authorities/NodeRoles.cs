using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Npgsql;

using Orchestrator.Client;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Authorities;

/// <summary>
/// The roles of nodes in the database: one for each, which may log in and nothing else, and one that they all are members of, which may use the tables. Roles belong to the whole server, so that their names
/// carry the number of the database.
/// </summary>
/// <param name="own">How this lighthouse reaches the database.</param>
/// <param name="nodesConnect">How nodes do; empty: as the lighthouse, by host, port and database.</param>
internal sealed class NodeRoles(NpgsqlConnectionStringBuilder own, string nodesConnect)
{
    // Any constant will do: it names the lock under which lighthouses prepare the common role one after the other.
    private const long PreparationLock = 0x6F7263726F6C6573;
    private const int PasswordBytes = 32;
    private const int ScramIterations = 4096;

    /// <summary>Makes the common role, and grants it what a node needs; again at each start, because tables may be new.</summary>
    /// <exception cref="LighthouseException">This lighthouse may not create roles.</exception>
    public async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.RunAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({PreparationLock})"), cancellationToken);
        if (await connection.ScalarAsync("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user", cancellationToken) is not true)
        {
            throw new LighthouseException(
                $"the role {own.Username} of the database may not create roles, and each node is to have one: ALTER ROLE {own.Username} CREATEROLE, as a superuser; or set orchestrator.lighthouse.node-roles = false, and nodes have to be told the database in their settings");
        }

        var group = await GroupAsync(connection, cancellationToken);
        if (!await ExistsAsync(connection, group, cancellationToken))
        {
            await connection.RunAsync($"CREATE ROLE {group} NOLOGIN", cancellationToken);
        }

        await PostgresTables.GrantToNodesAsync(connection, group, cancellationToken);
    }

    /// <summary>Gives the node a role, or its role a new password.</summary>
    public async Task<DatabaseAccess> GiveAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken)
    {
        var (group, role) = (await GroupAsync(connection, cancellationToken), await NameAsync(connection, node, cancellationToken));
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        var verb = await ExistsAsync(connection, role, cancellationToken) ? "ALTER" : "CREATE";
        await connection.RunAsync($"{verb} ROLE \"{role}\" LOGIN PASSWORD '{ScramOf(password)}'", cancellationToken);

        // Who may end the sessions of a role, or drop it, has to be a member of it.
        await connection.RunAsync($"GRANT {group} TO \"{role}\"; GRANT \"{role}\" TO CURRENT_USER", cancellationToken);
        return new DatabaseAccess(Connection(), role, password);
    }

    /// <summary>Nobody logs in as the node any more.</summary>
    public async Task LockAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken)
    {
        var role = await NameAsync(connection, node, cancellationToken);
        if (await ExistsAsync(connection, role, cancellationToken))
        {
            await connection.RunAsync($"ALTER ROLE \"{role}\" NOLOGIN", cancellationToken);
        }
    }

    /// <summary>Ends every session of the role of the node.</summary>
    public async Task EndSessionsAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken) => await connection.RunAsync(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", cancellationToken, await NameAsync(connection, node, cancellationToken));

    /// <summary>Drops the role of the node.</summary>
    public async Task TakeAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken)
        => await connection.RunAsync($"DROP ROLE IF EXISTS \"{await NameAsync(connection, node, cancellationToken)}\"", cancellationToken);

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
        => await connection.ScalarAsync("SELECT 1 FROM pg_roles WHERE rolname = $1", cancellationToken, role) is not null;

    private static async Task<string> GroupAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (string)(await connection.ScalarAsync("SELECT 'orc_' || oid FROM pg_database WHERE datname = current_database()", cancellationToken))!;

    // A node's name has letters, digits and dashes only.
    private static async Task<string> NameAsync(NpgsqlConnection connection, string node, CancellationToken cancellationToken) => $"{await GroupAsync(connection, cancellationToken)}_{node}";

    private string Connection() => nodesConnect.Length > 0
        ? nodesConnect
        : new NpgsqlConnectionStringBuilder { Host = own.Host, Port = own.Port, Database = own.Database, SslMode = own.SslMode }.ConnectionString;

    // As the server stores it (RFC 5803): so the password itself stands in no statement, and in no log of statements.
    private static string ScramOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, ScramIterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(CultureInfo.InvariantCulture, $"SCRAM-SHA-256${ScramIterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}");
    }
}

using System.Text.Json;

using Npgsql;

using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>What a lighthouse told this node of the database when it joined: a file of mode 0600 beside the certificate.</summary>
internal sealed class DatabaseFile(string path)
{
    /// <summary>Keeps what was told.</summary>
    public Task WriteAsync(DatabaseAccess access, CancellationToken cancellationToken) => PrivateFile.WriteAsync(path, JsonSerializer.Serialize(access, ApiJson.Wire.DatabaseAccess) + "\n", cancellationToken);

    /// <summary>The connection string with user and password.</summary>
    /// <exception cref="CertificateException">There is none that can be used; says what to do.</exception>
    public string Read(string node)
    {
        if (!File.Exists(path))
        {
            throw new CertificateException($"this node does not know its database: orchestrator.postgres.connection is empty, and no lighthouse has told it ({path} is missing). Set it, or remove the certificate beside that file and join again, with a token of 'orchestrator-lighthouse join-token --node {node}'");
        }

        try
        {
            if (PrivateFile.IsOpenToOthers(path))
            {
                throw new CertificateException($"the file {path} holds a password and can be read by others: chmod 600 {path}");
            }

            var access = JsonSerializer.Deserialize(File.ReadAllText(path), ApiJson.Wire.DatabaseAccess) ?? throw new JsonException("it is empty");
            return new NpgsqlConnectionStringBuilder(access.Connection) { Username = access.User, Password = access.Password }.ConnectionString;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new CertificateException($"{path} cannot be read ({e.GetType().Name}): remove it with the certificate beside it, and let this node join again", e);
        }
    }
}

using Npgsql;

using Orchestrator.Hocon;
using Orchestrator.Node.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Settings;

/// <summary>Where the database is, with its password from where passwords are kept.</summary>
internal static class PostgresSettings
{
    /// <summary>The environment variable with the password.</summary>
    public const string PasswordVariable = "ORC_POSTGRES_PASSWORD";

    private const string Key = "orchestrator.postgres.connection";

    /// <summary>Reads <c>orchestrator.postgres</c>.</summary>
    /// <exception cref="HoconException">It cannot be used; says what to do.</exception>
    public static PostgresOptions Read(HoconObject all, string node, string data)
    {
        var connection = Parse(all.GetString(Key));
        if (connection.Password is { Length: > 0 })
        {
            throw new HoconException($"{Key} holds a password, and settings are shown to whoever may look at them: put it into the file that orchestrator.postgres.password-file names (mode 0600), or into the environment variable {PasswordVariable}");
        }

        return WithPassword(connection, all.GetString("orchestrator.postgres.password-file"), node) with
        {
            Readers = all.GetInt("orchestrator.postgres.readers") is >= 1 and <= 64 and var readers ? readers : throw new HoconException("orchestrator.postgres.readers must be 1 to 64"),
            ConnectWithin = all.GetDuration("orchestrator.postgres.connect-within"),
            AnswerWithin = all.GetDuration("orchestrator.postgres.answer-within"),
            DataFolder = data,
            SeenFile = Path.Combine(data, "postgres.seen"),
            Alone = !all.GetBoolean("orchestrator.cluster.member"),
        };
    }

    /// <summary>A database that was named on the command line; its password may stand in the environment.</summary>
    /// <exception cref="FormatException">It is no connection string.</exception>
    public static PostgresOptions Named(string text, string node)
    {
        try
        {
            return WithPassword(Parse(text), passwordFile: string.Empty, node);
        }
        catch (HoconException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static PostgresOptions WithPassword(NpgsqlConnectionStringBuilder connection, string passwordFile, string node)
    {
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
        {
            connection.Password = password;
        }
        else if (passwordFile.Length > 0)
        {
            try
            {
                if ((File.GetUnixFileMode(passwordFile) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) is not UnixFileMode.None)
                {
                    throw new HoconException($"the file {passwordFile} can be read by others: chmod 600 {passwordFile}");
                }

                connection.Password = File.ReadAllText(passwordFile).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new HoconException($"orchestrator.postgres.password-file cannot be read: {e.Message}", e);
            }
        }

        return new PostgresOptions { Connection = connection.ConnectionString, Node = node, Version = NodeStatus.Version };
    }

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            return connection.Host is { Length: > 0 } && connection.Database is { Length: > 0 }
                ? connection
                : throw new HoconException($"{Key} names no host or no database: write Host=...;Username=...;Database=...");
        }
        catch (ArgumentException e)
        {
            // What was written may hold a password: the message of the reader says only what is wrong.
            throw new HoconException($"{Key} is no connection string ({e.Message}): write Host=...;Username=...;Database=...", e);
        }
    }
}

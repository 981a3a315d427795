using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>A connection string as it stands in settings, with its password from where passwords are kept.</summary>
public static class PostgresConnectionText
{
    /// <summary>The environment variable with the password.</summary>
    public const string PasswordVariable = "ORC_POSTGRES_PASSWORD";

    private const string Key = "orchestrator.postgres.connection";

    /// <summary>Reads what stands in the settings, which must hold no password; it is added from the environment or from a file.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="passwordFile">A file of mode 0600 with nothing but the password; empty for none.</param>
    /// <exception cref="FormatException">It cannot be used; says what to do.</exception>
    public static string OfSettings(string text, string passwordFile)
        => Parse(text).Password is { Length: > 0 }
            ? throw new FormatException($"{Key} holds a password, and settings are shown to whoever may look at them: put it into the file that orchestrator.postgres.password-file names (mode 0600), or into the environment variable {PasswordVariable}")
            : Named(text, passwordFile);

    /// <summary>Reads what was named elsewhere, where it may hold a password.</summary>
    /// <exception cref="FormatException">It cannot be used; says what to do.</exception>
    public static string Named(string text, string passwordFile = "")
    {
        var connection = Parse(text);
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
        {
            connection.Password = password;
        }
        else if (passwordFile.Length > 0)
        {
            connection.Password = PasswordIn(passwordFile);
        }

        return connection.ConnectionString;
    }

    private static string PasswordIn(string file)
    {
        try
        {
            return PrivateFile.IsOpenToOthers(file) ? throw new FormatException($"the file {file} can be read by others: chmod 600 {file}") : File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"orchestrator.postgres.password-file cannot be read: {e.Message}", e);
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            return connection.Host is { Length: > 0 } && connection.Database is { Length: > 0 }
                ? connection
                : throw new FormatException($"{Key} names no host or no database: write Host=...;Username=...;Database=...");
        }
        catch (ArgumentException e)
        {
            // What was written may hold a password: the message of the reader says only what is wrong.
            throw new FormatException($"{Key} is no connection string ({e.Message}): write Host=...;Username=...;Database=...", e);
        }
    }
}

using Orchestrator.Hocon;
using Orchestrator.Node.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Settings;

/// <summary>Where the database is, with its password from where passwords are kept.</summary>
internal static class PostgresSettings
{
    /// <summary>Reads <c>orchestrator.postgres</c>. The connection is empty where nothing is said of it: a lighthouse tells a member of a cluster.</summary>
    /// <exception cref="HoconException">It cannot be used; says what to do.</exception>
    public static PostgresOptions Read(HoconObject all, string node, string data)
    {
        var text = all.GetString("orchestrator.postgres.connection");
        return new PostgresOptions
        {
            Connection = text.Length > 0 ? HoconException.Rethrown(() => PostgresConnectionText.OfSettings(text, all.GetString("orchestrator.postgres.password-file"))) : string.Empty,
            Node = node,
            Version = NodeStatus.Version,
            Readers = all.GetInt("orchestrator.postgres.readers") is >= 1 and <= 64 and var readers ? readers : throw new HoconException("orchestrator.postgres.readers must be 1 to 64"),
            OpenWithin = all.GetDuration("orchestrator.postgres.wait-at-start"),
            ConnectWithin = all.GetDuration("orchestrator.postgres.connect-within"),
            AnswerWithin = all.GetDuration("orchestrator.postgres.answer-within"),
            DataFolder = data,
            SeenFile = Path.Combine(data, "postgres.seen"),
            Alone = !all.GetBoolean("orchestrator.cluster.member"),
        };
    }

    /// <summary>A database that was named on the command line; its password may stand in the environment.</summary>
    /// <exception cref="FormatException">It is no connection string.</exception>
    public static PostgresOptions Named(string text, string node) => new() { Connection = PostgresConnectionText.Named(text), Node = node, Version = NodeStatus.Version };
}
